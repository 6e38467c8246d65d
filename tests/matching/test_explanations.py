import numpy as np
import pytest

from data.messages import PATIENT, Reader
from matching.explanations import Facts, bands_of, cautions_for, note, reasons_for
from matching.newcomers import NEWCOMER
from matching.rules import RuleScorer
from matching.terms import BASELINE, GROUPS, Contributions
from matching.utility import UtilityWeights

PROFILE = {
    "specialties_top": ("ocd",),
    "also_treats": ("sleep",),
    "gender": "female",
    "languages": ("es",),
    "modalities": ("ERP",),
}


@pytest.fixture
def make_facts(make_directory, make_intake):
    """Facts about one clinician with a rich profile."""

    def make(*, days=14.0, cases=20, fee=None, reader=PATIENT, **request):
        return Facts(
            intake=make_intake(**request),
            directory=make_directory({"clinician_id": "a", **PROFILE, "fee": fee}),
            rows=np.array([0]),
            wait_days=np.array([days]),
            cases=np.array([cases]),
            reader=reader,
            currency="USD",
        )

    return make


def contributions(**values) -> Contributions:
    groups = (BASELINE, *GROUPS, NEWCOMER)
    return Contributions(
        groups=groups, values=np.array([[values.get(group, 0.0)] for group in groups])
    )


def codes(facts, **values) -> set[str]:
    return {reason.code for reason in reasons_for(facts, contributions(**values), 0)}


class TestReasonsFor:
    @pytest.mark.parametrize(
        ("request_", "code"),
        [
            ({"concerns": ("ocd",)}, "specialty_top"),
            ({"concerns": ("sleep",)}, "specialty_also"),
            ({"concerns": ("grief",)}, "specialty_unlisted"),
            ({}, "specialty_not_asked"),
            ({"pref_gender": "F"}, "preferences_met"),
            ({"pref_gender": "F", "pref_modality": "CBT"}, "preferences_partly_met"),
            ({"pref_modality": "CBT"}, "preferences_not_met"),
            ({}, "preferences_not_asked"),
            ({"languages": ("es-MX",)}, "language_shared"),
            ({"languages": ("vi",)}, "language_interpreter"),
            ({}, "language_not_asked"),
            ({}, "licensed_and_in_network"),
            ({"payer": "cigna"}, "licensed_and_self_pay"),
            ({}, "baseline"),
        ],
    )
    def test_facts_choose_the_code(self, make_facts, request_, code):
        """Each group says what it rests on."""
        assert code in codes(make_facts(**request_))

    @pytest.mark.parametrize(
        ("days", "value", "code"),
        [
            (2.0, 0.02, "sooner"),
            (40.0, -0.02, "later"),
            (14.0, 0.001, "usual_wait"),
            (np.nan, 0.0, "wait_unknown"),
        ],
    )
    def test_the_wait_is_worded_by_what_it_changes(self, make_facts, days, value, code):
        """A wait that counts for the clinician is sooner than usual."""
        assert code in codes(make_facts(days=days), availability=value)

    def test_a_track_record_is_praised_never_blamed(self, make_facts):
        """What speaks against a clinician's results is not told to patients."""
        assert "track_record" in codes(make_facts(), track_record=0.1)
        assert "track_record_considered" in codes(make_facts(), track_record=-0.1)
        assert "limited_evidence" in codes(make_facts(cases=14), track_record=0.1)

    @pytest.mark.parametrize(
        ("reader", "price"),
        [
            (Reader("en"), "$1,150.00"),
            (Reader("es-MX", "clinician"), "USD1,150.00"),
            (Reader("vi"), "1.150,00\xa0US$"),
        ],
    )
    def test_who_pays_alone_is_told_the_fee(self, make_facts, reader, price):
        """In the clinic's currency as the reader writes it; the code stays the same."""
        facts = make_facts(payer="cigna", fee=1150.0, reader=reader)
        [first, *_] = reasons_for(facts, contributions(), 0)
        assert first.code == "licensed_and_self_pay"
        assert price in first.text

    def test_without_a_fee_or_in_network_no_price_is_said(self, make_facts):
        """A payer that covers the visit makes the fee nobody's business."""
        [alone, *_] = reasons_for(make_facts(payer="cigna"), contributions(), 0)
        [covered, *_] = reasons_for(make_facts(fee=150.0), contributions(), 0)
        assert alone.code == "licensed_and_self_pay"
        assert not any(letter.isdigit() for letter in alone.text + covered.text)

    def test_they_sum_to_the_score_and_lead_with_what_counts(self, make_facts):
        """Eligibility comes first with nothing, then the largest contribution."""
        found = reasons_for(
            make_facts(), contributions(baseline=0.2, concern_fit=0.3, language=-0.1), 0
        )
        assert [reason.group for reason in found[:3]] == [
            "eligibility",
            "concern_fit",
            BASELINE,
        ]
        assert found[-1].group == "language"
        assert sum(reason.contribution for reason in found) == pytest.approx(0.4)

    def test_a_newcomers_chance_is_said_only_of_newcomers(self, make_facts):
        """The points of the bonus have a reason of their own, and no points have none."""
        assert NEWCOMER in codes(make_facts(), **{NEWCOMER: 0.02})
        assert NEWCOMER not in codes(make_facts(), **{NEWCOMER: 0.0})

    def test_a_real_scorer_fits_in(self, make_facts):
        """Every group of a scorer has words."""
        facts = make_facts(concerns=("ocd",))
        why = RuleScorer().explain(
            facts.intake,
            facts.directory,
            facts.rows,
            wait_days=facts.wait_days,
            weights=UtilityWeights(),
        )
        found = reasons_for(facts, why, 0)
        assert len(found) == len(GROUPS) + 2
        assert all(reason.text for reason in found)


class TestCautionsFor:
    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"languages": ("vi",)}, "interpreter_needed"),
            ({"pref_modality": "CBT"}, "preference_not_met"),
            ({"concerns": ("grief",)}, "concern_unlisted"),
            ({"days": 28.5}, "long_wait"),
            ({"days": np.nan}, "wait_unknown"),
            ({"cases": 14}, "limited_evidence"),
        ],
    )
    def test_each_caution(self, make_facts, values, code):
        """One thing to know is one caution."""
        assert cautions_for(make_facts(**values), 0) == (note(code),)

    def test_nothing_to_warn_of(self, make_facts):
        """A match that fits has no caution."""
        facts = make_facts(
            concerns=("ocd",), languages=("es",), pref_gender="female", days=28.0
        )
        assert cautions_for(facts, 0) == ()


class TestBandsOf:
    def test_bands_by_utility_and_evidence(self):
        """The best is strong, the median good, below it possible, and few cases limited."""
        eligible = np.array([0.5, 0.4, 0.3])
        cases = np.array([15, 15, 15])
        assert bands_of(eligible, eligible, cases) == ("strong", "good", "possible")
        assert bands_of(eligible[:1], eligible, np.array([14])) == ("limited_evidence",)

    def test_equals_are_good(self):
        """Where all are alike, nobody stands out."""
        alike = np.array([0.4, 0.4])
        assert bands_of(alike, alike, np.array([20, 20])) == ("good", "good")
