"""Golden requests: made-up people and clinicians whose answers are stored with a model.

Whoever loads a model asks them again; a model that answers otherwise, or that ranks where nobody
may be ranked, is not the one that was measured. Nobody in them exists.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from data.clinic import CLINICIANS
from data.directory import Directory
from data.domain import Intake, Pathway
from data.errors import BundleError
from data.frames import complete_frame
from matching.matcher import Matcher, MatchResult
from matching.triage import assess_safely

FILE = "golden.json"
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
TOLERANCE = 1e-9
"""Largest difference of a utility between the machine that trained and the one that serves."""
SEED = 0

_CLINICIANS = {
    "clinician_id": ["golden-a", "golden-b", "golden-c"],
    "licensed_regions": [("XX-1",), ("XX-1", "XX-2"), ("XX-2",)],
    "payers": [("golden-payer",), ("golden-payer",), ("golden-payer",)],
    "languages": [("en",), ("en", "es"), ("es",)],
    "formats": [("video",), ("video", "phone"), ("in_person",)],
    "specialties_top": [("anxiety",), ("depression",), ("trauma",)],
    "acuity_ceiling": ["green", "amber", "amber"],
    "next_available": [pd.Timestamp(2026, 1, day, tz="UTC") for day in (6, 12, 9)],
}
_BASE = Intake(
    intake_id="golden-routine",
    patient_id="golden-person",
    requested_at=AT,
    region="XX-1",
    age_band="26-35",
    payer="golden-payer",
    concerns=("anxiety", "depression"),
    phq9_total=12,
    gad7_total=11,
)


def requests() -> tuple[tuple[Intake, Pathway], ...]:
    """The golden intakes, each with the pathway that every model must give it."""
    changes: tuple[tuple[dict[str, Any], Pathway], ...] = (
        ({}, Pathway.ROUTINE),
        ({"languages": ("es",), "concerns": ("a word nobody knows",)}, Pathway.ROUTINE),
        ({"phq9_item9": 1}, Pathway.ELEVATED),
        ({"region": "XX-9"}, Pathway.NAVIGATOR),
        ({"payer": "another-payer"}, Pathway.NAVIGATOR),
        ({"cssrs": "high"}, Pathway.CRISIS),
        ({"violence_risk": True}, Pathway.CRISIS),
    )
    names = _BASE.__dataclass_fields__
    base = {name: getattr(_BASE, name) for name in names}
    return tuple((Intake(**{**base, **change}), pathway) for change, pathway in changes)


def answers(matcher: Matcher) -> list[MatchResult]:
    """What a matcher says to each golden request."""
    directory = Directory.build(complete_frame(CLINICIANS, pd.DataFrame(_CLINICIANS)))
    return [
        matcher.match(
            intake, directory, safety=assess_safely(intake), at=AT, limit=10, seed=SEED
        )
        for intake, _ in requests()
    ]


def golden_file(matcher: Matcher) -> bytes:
    """The answers of a matcher, as the file that goes into its bundle."""
    rows = [
        {
            "pathway": answer.pathway,
            "clinicians": [entry.clinician_id for entry in answer.results],
            "utilities": [entry.utility for entry in answer.results],
        }
        for answer in answers(matcher)
    ]
    return (json.dumps(rows, indent=1, sort_keys=True) + "\n").encode()


def check_golden(matcher: Matcher, content: bytes) -> None:
    """Ask the golden requests again.

    Raises:
        BundleError: An answer is not the stored one, or a pathway is not the one it must be.
    """
    stored = json.loads(content)
    found = answers(matcher)
    if len(stored) != len(found):
        raise BundleError("the golden answers are of another version: train again")
    for row, answer, (_, pathway) in zip(stored, found, requests(), strict=True):
        is_same = (
            answer.pathway == pathway == row["pathway"]
            and [entry.clinician_id for entry in answer.results] == row["clinicians"]
            and all(
                abs(entry.utility - utility) <= TOLERANCE
                for entry, utility in zip(answer.results, row["utilities"], strict=True)
            )
        )
        if not is_same:
            raise BundleError("the model does not give its golden answers")
