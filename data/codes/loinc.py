"""The check digit of LOINC codes: catches typing errors, not swapped codes."""

DIGITS = "0123456789"


def is_valid(code: str) -> bool:
    """Whether a LOINC code carries its right mod-10 check digit.

    Example:
        >>> is_valid("44261-6"), is_valid("44261-7"), is_valid("44261")
        (True, False, False)
    """
    number, _, check = code.partition("-")
    if not (number.isascii() and number.isdigit() and len(check) == 1 and check in DIGITS):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return (10 - total % 10) % 10 == int(check)
