"""Held-out comparisons of models with each other and with every baseline."""
