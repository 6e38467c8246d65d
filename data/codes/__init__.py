"""Code lists and the rules that come with them."""
