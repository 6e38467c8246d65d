"""Prices of capacity as they were solved, and the claims that have moved them since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, insert, select

from data.database import reading, transaction
from data.instants import instant_of, micros_of
from data.places import is_taken
from data.revisions import bump_revision
from data.tables import capacity_prices, price_lists, slot_claims

REVISION = "prices"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """What a place of each clinician was worth to others at a time, for some days."""

    model_version: str
    """Whose utilities the prices are measured in."""
    solved_at: datetime
    days: float
    """How long the openings had to last; the prices know nothing of later."""
    expected_requests: float
    """Requests expected in these days."""
    prices: Mapping[str, float]
    """By clinician id, 0 or more; who is absent costs nothing."""
    openings: Mapping[str, int]
    """Places that were free when the prices were solved, 1 or more, by the same ids."""


def store_prices(engine: Engine, found: PriceList) -> None:
    """Put a list in the place of the one before; services notice by the revision."""
    at = micros_of(found.solved_at)
    rows = [
        {
            "solved_at": at,
            "clinician_id": name,
            "price": price,
            "openings": found.openings[name],
        }
        for name, price in found.prices.items()
    ]
    head = {
        "solved_at": at,
        "days": found.days,
        "model_version": found.model_version,
        "expected_requests": found.expected_requests,
    }
    with transaction(engine) as connection:
        _clear(connection)
        connection.execute(insert(price_lists).values(head))
        if rows:
            connection.execute(insert(capacity_prices), rows)
        bump_revision(connection, REVISION)


def clear_prices(engine: Engine) -> bool:
    """Take the list away, so that lists are ordered without prices; False where there was none."""
    with transaction(engine) as connection:
        has_any = connection.scalar(select(func.count()).select_from(price_lists)) or 0
        _clear(connection)
        if has_any:
            bump_revision(connection, REVISION)
    return bool(has_any)


def find_prices(engine: Engine) -> PriceList | None:
    """The newest list, or None where there is none."""
    with reading(engine) as connection:
        newest = select(price_lists).order_by(price_lists.c.solved_at.desc()).limit(1)
        head = connection.execute(newest).one_or_none()
        if head is None:
            return None
        own = capacity_prices.c.solved_at == head.solved_at
        query = select(capacity_prices).where(own).order_by(capacity_prices.c.clinician_id)
        rows = connection.execute(query).all()
    return PriceList(
        model_version=head.model_version,
        solved_at=instant_of(head.solved_at),
        days=head.days,
        expected_requests=head.expected_requests,
        prices={row.clinician_id: row.price for row in rows},
        openings={row.clinician_id: row.openings for row in rows},
    )


def count_claims(connection: Connection, *, since: datetime, at: datetime) -> dict[str, int]:
    """Holds and bookings by clinician that were made since a time and take a place at another.

    Args:
        connection: For reading.
        since: When prices were solved; what was claimed by then is in them.
        at: The present.
    """
    is_newer = slot_claims.c.at > micros_of(since)
    query = (
        select(slot_claims.c.clinician_id, func.count())
        .where(is_newer, is_taken(micros_of(at)))
        .group_by(slot_claims.c.clinician_id)
    )
    return {name: int(count) for name, count in connection.execute(query)}


def _clear(connection: Connection) -> None:
    connection.execute(delete(capacity_prices))
    connection.execute(delete(price_lists))
