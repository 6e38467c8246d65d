from datetime import UTC, datetime

import pandas as pd
import pytest

from data.domain import Intake, Tier
from matching.matcher import Matcher
from matching.rules import RuleScorer
from training.evaluation.matching_safety import (
    breaks_a_rule,
    clinician_profiles,
    safety_figures,
)
from training.matching_cases import Cases

FRAME = pd.DataFrame(
    {
        "clinician_id": ["a"],
        "licensed_regions": [("US-CA",)],
        "payers": [("aetna",)],
        "languages": [("en",)],
        "formats": [("video",)],
        "accepts_self_pay": pd.array([True], dtype="boolean"),
    }
)
PLAIN = {
    "intake_id": "i",
    "patient_id": "p",
    "requested_at": datetime(2026, 3, 2, tzinfo=UTC),
    "region": "US-CA",
    "age_band": "26-35",
    "payer": "aetna",
}


@pytest.fixture
def profile() -> dict:
    """One clinician as a dict."""
    return dict(clinician_profiles({"clinicians": FRAME})["a"])


class TestBreaksARule:
    @pytest.mark.parametrize(
        ("request_", "changes", "tier"),
        [
            ({}, {}, Tier.RED),
            ({}, {"acuity_ceiling": "green"}, Tier.AMBER),
            ({"region": "US-NY"}, {}, Tier.GREEN),
            ({"blocked_clinicians": ("a",)}, {}, Tier.GREEN),
            ({}, {"accepts_new": 0}, Tier.GREEN),
            ({}, {"open_slots": 0}, Tier.GREEN),
            ({"formats": ("chat",)}, {}, Tier.GREEN),
            ({"age_band": "13-17"}, {}, Tier.GREEN),
            ({"payer": "cigna"}, {}, Tier.GREEN),
            ({"payer": "self_pay"}, {"accepts_self_pay": 0}, Tier.GREEN),
            ({"languages": ("es",)}, {}, Tier.GREEN),
            ({"needs_interpreter": True}, {}, Tier.GREEN),
            (
                {"languages": ("es",), "pref_language_strength": "must"},
                {"interpreter_ok": 1},
                Tier.GREEN,
            ),
            ({"concerns": ("Eating",)}, {"not_accepted": ("eating",)}, Tier.GREEN),
            ({"psychosis": True}, {"not_accepted": ("psychosis",)}, Tier.GREEN),
            (
                {"pref_gender": "f", "pref_gender_strength": "must"},
                {"gender": "man"},
                Tier.GREEN,
            ),
            ({"pref_gender": "f", "pref_gender_strength": "must"}, {}, Tier.GREEN),
            (
                {"latest": datetime(1970, 1, 1, tzinfo=UTC)},
                {"next_available": 1},
                Tier.GREEN,
            ),
        ],
    )
    def test_each_broken_rule_is_seen(self, profile, request_, changes, tier):
        """A single broken rule is enough."""
        assert breaks_a_rule(Intake(**{**PLAIN, **request_}), {**profile, **changes}, tier)

    @pytest.mark.parametrize(
        ("request_", "changes"),
        [
            ({}, {}),
            ({"payer": "self_pay"}, {}),
            ({"payer": "cigna", "in_network_only": False}, {}),
            ({"languages": ("en-GB",)}, {}),
            ({"languages": ("es",)}, {"interpreter_ok": 1}),
            ({"needs_interpreter": True}, {"interpreter_ok": 1}),
            ({"formats": ("video", "chat")}, {}),
            ({"concerns": ("grief",)}, {"not_accepted": ("eating",)}),
            ({"pref_gender": "f", "pref_gender_strength": "must"}, {"gender": "woman"}),
            ({"pref_gender": "f", "pref_gender_strength": "prefer"}, {"gender": "man"}),
            ({"latest": datetime(2026, 3, 9, tzinfo=UTC)}, {"next_available": 1}),
            ({"age_band": "13-17"}, {"age_bands": ("13-17",)}),
        ],
    )
    def test_what_fits_breaks_none(self, profile, request_, changes):
        """A sound pair passes."""
        intake = Intake(**{**PLAIN, **request_})
        assert not breaks_a_rule(intake, {**profile, **changes}, Tier.AMBER)


class TestSafetyFigures:
    def test_a_broken_snapshot_is_found_out(self):
        """Profiles say another region than the snapshot did: every list holds a violation."""
        intakes = pd.DataFrame(
            {
                "intake_id": ["i", "j"],
                "patient_id": ["p", "q"],
                "requested_at": pd.Series([pd.Timestamp(PLAIN["requested_at"])] * 2).astype(
                    "datetime64[us, UTC]"
                ),
                "region": "US-CA",
                "age_band": "26-35",
                "payer": "aetna",
                "cssrs": pd.Series([None, "high"], dtype="str"),
            }
        )
        cases = Cases.build({"clinicians": FRAME, "intakes": intakes})
        moved = FRAME.assign(licensed_regions=[("US-NY",)])
        found = safety_figures(
            "rules", Matcher(scorer=RuleScorer()), cases, {"clinicians": moved}, [0, 1]
        )
        assert [(row.metric, row.value, row.n) for row in found] == [
            ("eligibility_violations", 1.0, 1),
            ("red_ranked", 0.0, 1),
        ]
