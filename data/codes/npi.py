"""The check digit of US National Provider Identifiers."""

PREFIX = "80840"
"""What a card issuer's number would start with: health, United States."""


def is_valid(npi: str) -> bool:
    """Whether ten digits form an NPI: Luhn over the prefix 80840 and the number.

    Example:
        >>> is_valid("1234567893"), is_valid("1234567890"), is_valid("12345")
        (True, False, False)
    """
    if len(npi) != 10 or not (npi.isascii() and npi.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed(PREFIX + npi)):
        value = int(digit) * (2 if place % 2 == 1 else 1)
        total += value // 10 + value % 10
    return total % 10 == 0
