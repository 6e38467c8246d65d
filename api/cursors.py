"""Opaque cursors of lists: where the next page begins."""

import base64
import binascii

from api.problems import INVALID, ProblemError
from api.rules import rule_text

BAD_CURSOR = ({"loc": ["query", "cursor"], "type": "cursor", "msg": rule_text("cursor")},)
"""What is wrong with a cursor that is none of a list."""


def cursor_of(last: str) -> str:
    """The cursor of a page that ends with an id.

    Example:
        >>> last_of(cursor_of("m-1"))
        'm-1'
    """
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def last_of(cursor: str) -> str:
    """The id that the page before ended with.

    Raises:
        ProblemError: It is no cursor.
    """
    try:
        found = base64.urlsafe_b64decode(cursor.encode() + b"===").decode()
    except (binascii.Error, UnicodeError, ValueError):
        found = ""
    if not found or "\x00" in found:
        raise ProblemError(INVALID, BAD_CURSOR)
    return found
