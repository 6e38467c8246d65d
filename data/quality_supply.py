"""Checks of what a clinic has to offer: clinicians and content."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codes import npi
from data.codes.concerns import concern_key, find_concern
from data.domain import Condition
from data.findings import Finding, Meanings, Severity, findings_of

CLINICIAN_COLUMNS = (
    "npi",
    "licensed_regions",
    "compact_regions",
    "payers",
    "accepts_self_pay",
    "languages",
    "formats",
    "accepts_new",
    "open_slots",
    "verified_at",
)
CONTENT_COLUMNS = (
    "item_id",
    "title",
    "kind",
    "language",
    "program_id",
    "requires",
    "contraindications",
    "reviewed_at",
    "review_expires_at",
    "retired_at",
)


MEANINGS: Meanings = {
    "npi_invalid": (Severity.WARNING, "clinicians have an NPI whose check digit is wrong"),
    "npi_shared": (Severity.WARNING, "clinicians share their NPI with another"),
    "licence_stale": (Severity.WARNING, "clinicians were last verified too long ago"),
    "licence_unverified": (
        Severity.WARNING,
        "clinicians have no date of their last verification",
    ),
    "no_region": (Severity.WARNING, "clinicians have no region, so they are never offered"),
    "no_payer": (Severity.WARNING, "clinicians have no payer and take no self-pay"),
    "no_language": (Severity.WARNING, "clinicians have no language"),
    "no_format": (Severity.WARNING, "clinicians have no format"),
    "no_opening": (Severity.NOTE, "clinicians have no opening now"),
    "review_expired": (
        Severity.WARNING,
        "content items have an expired review and are never shown",
    ),
    "review_in_future": (
        Severity.WARNING,
        "content items say that they were reviewed in the future",
    ),
    "step_without_program": (Severity.WARNING, "program steps belong to no program"),
    "program_without_items": (Severity.NOTE, "programs have no content"),
    "requires_dangling": (
        Severity.WARNING,
        "content items require items that are not there",
    ),
    "requires_circle": (
        Severity.ERROR,
        "content items require each other in a circle, so nobody can ever reach them",
    ),
    "contraindication_unknown": (
        Severity.NOTE,
        "contraindication words name no state of the safety table: check their spelling",
    ),
    "duplicate_content": (
        Severity.NOTE,
        "content items share title, kind and language with another",
    ),
    "content_retired": (Severity.NOTE, "content items are retired"),
}


def check_clinicians(frame: pd.DataFrame, *, at: datetime, licence_days: int) -> list[Finding]:
    """Clinicians who can never be offered, or whose papers are stale.

    Args:
        frame: `CLINICIAN_COLUMNS` of `clinicians`.
        at: The present.
        licence_days: How long a check of licence and sanctions holds.
    """
    numbers = frame["npi"].dropna()
    has_no_region = _is_empty(frame["licensed_regions"]) & _is_empty(frame["compact_regions"])
    takes_no_money = _is_empty(frame["payers"]) & ~_is_true(frame["accepts_self_pay"])
    is_closed = _is_true(frame["open_slots"] == 0) | _is_true(~frame["accepts_new"])
    is_stale = frame["verified_at"] < at - timedelta(days=licence_days)
    counts = {
        "npi_invalid": sum(not npi.is_valid(number) for number in numbers),
        "npi_shared": numbers.duplicated().sum(),
        "licence_stale": is_stale.sum(),
        "licence_unverified": frame["verified_at"].isna().sum(),
        "no_region": has_no_region.sum(),
        "no_payer": takes_no_money.sum(),
        "no_language": _is_empty(frame["languages"]).sum(),
        "no_format": _is_empty(frame["formats"]).sum(),
        "no_opening": is_closed.sum(),
    }
    return findings_of(MEANINGS, counts)


def check_content(
    frame: pd.DataFrame, programs: Iterable[str], *, at: datetime
) -> list[Finding]:
    """Content that may not be shown, and steps that lead nowhere.

    Args:
        frame: `CONTENT_COLUMNS` of `content`.
        programs: The ids of all programs.
        at: The present.
    """
    is_live = ~_is_true(frame["retired_at"] <= at)
    live = frame[is_live]
    is_step = live["kind"] == "program_step"
    requires = dict(zip(frame["item_id"], frame["requires"], strict=True))
    states = {word for entry in live["contraindications"] for word in entry}
    counts = {
        "review_expired": _is_true(live["review_expires_at"] <= at).sum(),
        "review_in_future": _is_true(live["reviewed_at"] > at).sum(),
        "step_without_program": live.loc[is_step, "program_id"].isna().sum(),
        "program_without_items": len(set(programs) - set(live["program_id"].dropna())),
        "requires_dangling": sum(not requires.keys() >= set(item) for item in live["requires"]),
        "requires_circle": count_unreachable(requires),
        "contraindication_unknown": sum(not _is_known_state(word) for word in states),
        "duplicate_content": live.duplicated(["title", "kind", "language"]).sum(),
        "content_retired": (~is_live).sum(),
    }
    return findings_of(MEANINGS, counts)


def count_unreachable(requires: Mapping[str, Sequence[str]]) -> int:
    """How many items stand in a circle of requirements or behind one.

    A requirement that is not there is taken as met: it is a finding of its own.

    Args:
        requires: The items to finish first, by item.

    Example:
        >>> count_unreachable({"a": ["b"], "b": ["a"], "c": ["a"], "d": ["e"], "e": []})
        3
    """
    missing = {
        item: {entry for entry in entries if entry in requires}
        for item, entries in requires.items()
    }
    followers: dict[str, list[str]] = {}
    for item, entries in missing.items():
        for entry in entries:
            followers.setdefault(entry, []).append(item)
    ready = [item for item, entries in missing.items() if not entries]
    reached = 0
    while ready:
        item = ready.pop()
        reached += 1
        for follower in followers.get(item, []):
            missing[follower].discard(item)
            if not missing[follower]:
                ready.append(follower)
    return len(missing) - reached


def _is_empty(lists: pd.Series) -> NDArray[np.bool_]:
    """Where a list column has no entries; shape (rows,)."""
    return np.array([len(entry) == 0 for entry in lists], dtype=np.bool_)


def _is_true(flags: pd.Series) -> NDArray[np.bool_]:
    """Where a column of truth values is true, and not missing; shape (rows,)."""
    return flags.fillna(False).to_numpy(np.bool_)


def _is_known_state(word: str) -> bool:
    return concern_key(word) in set(Condition) or find_concern(word) is not None
