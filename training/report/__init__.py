"""The report on models: what a person would rather look at than read."""
