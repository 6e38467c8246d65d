"""Instants as microseconds."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros_of(at: datetime) -> int:
    """An aware instant as whole microseconds since 1970 UTC.

    Example:
        >>> micros_of(datetime(1970, 1, 2, tzinfo=UTC))
        86400000000
    """
    return (at - _EPOCH) // timedelta(microseconds=1)
