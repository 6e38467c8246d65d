"""Examples of directory and catalogue rows; the suite sends and reads them."""

from typing import Any

from data.clinic import CLINICIANS, CONTENT
from data.columns import Kind, TableSpec


def _whole(spec: TableSpec, key: str, given: dict[str, Any]) -> dict[str, Any]:
    """An answer's row: every column, what is not given empty."""
    empty: dict[str, Any] = {
        column.name: [] if column.kind is Kind.WORDS else None for column in spec.columns
    }
    return {**empty, **given, spec.key[0]: key}


CLINICIAN_GIVEN: dict[str, Any] = {
    "display_name": "Dr. Amara Okafor",
    "licensed_regions": ["US-CA"],
    "payers": ["aetna"],
    "languages": ["en", "es"],
    "formats": ["video", "in_person"],
    "specialties_top": ["anxiety"],
    "accepts_new": True,
    "open_slots": 4,
    "next_available": "2026-12-01T17:00:00Z",
}
CLINICIAN = _whole(CLINICIANS, "c-017", CLINICIAN_GIVEN)
ITEM_GIVEN: dict[str, Any] = {
    "title": "Ten minutes before sleep",
    "kind": "sleep",
    "topics": ["sleep"],
    "minutes": 10.0,
    "language": "en",
    "level": "universal",
    "reviewed_at": "2026-10-01T00:00:00Z",
}
ITEM = _whole(CONTENT, "sleep-010", ITEM_GIVEN)
