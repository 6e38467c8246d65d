"""Which self-guided content fits this person now, safely."""
