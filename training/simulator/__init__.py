"""A clinic with known truth: people, clinicians, care and content from documented parameters."""
