from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pytest

from data.domain import CareLevel, Pathway, Tier
from matching.continuity import Familiar
from matching.eligibility import screen
from matching.matcher import Matcher
from matching.newcomers import NEWCOMER, NewcomerBonus
from matching.ordering import SERVED, OrderPolicy
from matching.rules import RuleScorer
from matching.triage import assess

MATCHER = Matcher(scorer=RuleScorer(), default_country="GB")


@dataclass(frozen=True, eq=False)
class CountingScorer(RuleScorer):
    """Rules that have seen forty courses of everybody but the last candidate."""

    def _terms(self, intake, directory, rows, wait_days):
        terms = RuleScorer._terms(self, intake, directory, rows, wait_days)
        cases = np.full(len(rows), 40)
        cases[-1] = 0
        return replace(terms, cases=cases)


@pytest.fixture
def directory(make_directory, monday):
    """Four clinicians: b knows the concern, a and c are alike, d is licensed elsewhere."""
    soon = monday + timedelta(days=7)
    return make_directory(
        {"clinician_id": "a", "display_name": "Ana", "next_available": soon},
        {"clinician_id": "b", "specialties_top": ("ocd",), "next_available": soon},
        {"clinician_id": "c", "next_available": soon, "formats": ("phone", "video")},
        {"clinician_id": "d", "licensed_regions": ("US-NY",)},
    )


@pytest.fixture
def match(monday):
    """A match with what most tests share."""

    def run(intake, directory, **changes):
        given = {"safety": assess(intake), "at": monday, "limit": 10, "seed": 7, **changes}
        return MATCHER.match(intake, directory, **given)

    return run


def ids(result) -> list[str]:
    return [shown.clinician_id for shown in result.results]


class TestMatch:
    def test_best_first_and_ties_by_id(self, match, directory, make_intake):
        """The specialist leads; equals keep the order of their ids."""
        found = match(make_intake(concerns=("ocd",)), directory)
        assert ids(found) == ["b", "a", "c"]
        assert [shown.rank for shown in found.results] == [1, 2, 3]
        assert found.pathway is Pathway.ROUTINE
        assert (found.excluded_total, found.by_reason) == (1, {"licence": 1})
        assert (found.scorer, found.seed, found.resources, found.notes) == ("rules", 7, (), ())

    def test_what_is_shown_of_a_clinician(self, match, directory, make_intake, monday):
        """Name, slot, interval and certainty of being shown come along."""
        first = match(make_intake(), directory, limit=1).results[0]
        assert (first.display_name, first.clinician_row) == ("Ana", 0)
        assert first.next_available == (monday + timedelta(days=7)).timestamp() * 1e6
        assert first.p_engage.low < first.p_engage.value < first.p_engage.high
        assert first.p_improve.low < first.p_improve.value < first.p_improve.high
        assert first.exposure_probability == 1.0
        assert first.band == "limited_evidence"

    def test_reasons_sum_to_the_score(self, match, directory, make_intake):
        """For every clinician on the list, to 1e-9."""
        intake = make_intake(concerns=("ocd", "sleep"), pref_gender="F", languages=("en",))
        for shown in match(intake, directory).results:
            total = sum(reason.contribution for reason in shown.reasons)
            assert total == pytest.approx(shown.score, abs=1e-9)
            assert shown.score == shown.utility

    def test_the_log_holds_everyone_who_was_scored(self, match, directory, make_intake):
        """A short list leaves the whole candidate set in the answer."""
        found = match(make_intake(concerns=("ocd",)), directory, limit=1)
        assert len(found.results) == 1
        assert found.candidates.rows.tolist() == [0, 1, 2]
        assert found.candidates.order.tolist() == [1, 0, 2]
        assert found.candidates.wait_days.tolist() == [7.0, 7.0, 7.0]

    def test_same_request_same_answer(self, match, directory, make_intake):
        """Nothing is drawn, whatever the seed."""
        intake = make_intake(concerns=("ocd",))
        one, other = match(intake, directory), match(intake, directory, seed=8)
        assert one.results == other.results

    def test_served_lists_are_drawn_and_replayed(self, directory, make_intake, monday):
        """Equals change places with the seed, which gives the same list again."""
        matcher, intake = Matcher(scorer=RuleScorer(), policy=SERVED), make_intake()

        def run(seed):
            given = {"safety": assess(intake), "at": monday, "limit": 2, "seed": seed}
            return matcher.match(intake, directory, **given)

        assert run(3).results == run(3).results
        assert len({tuple(ids(run(seed))) for seed in range(40)}) == 6
        assert [entry.exposure_probability for entry in run(3).results] == pytest.approx(
            [2 / 3, 2 / 3]
        )
        assert run(3).candidates.exposures.sum() == pytest.approx(2.0)
        assert run(3).policy.name == "utility+prices+newcomers+continuity+exploration"

    @pytest.mark.parametrize(
        "values",
        [{"phq9_item9": 1}, {"pref_gender_strength": "must"}, {"age_band": "13-17"}],
    )
    def test_nothing_varies_where_it_must_not(
        self, make_directory, make_intake, monday, values
    ):
        """Amber, musts and minors are listed by utility alone, for certain, and without bonus."""
        rows = {"gender": "female", "age_bands": ("13-17", "26-35"), "acuity_ceiling": "amber"}
        directory = make_directory(*({"clinician_id": name, **rows} for name in "abc"))
        intake = make_intake(pref_gender="female", **values)
        matcher = Matcher(scorer=CountingScorer(), policy=SERVED)
        for seed in range(20):
            found = matcher.match(
                intake, directory, safety=assess(intake), at=monday, limit=2, seed=seed
            )
            assert ids(found) == ["a", "b"]
            assert found.candidates.exposures.tolist() == [1.0, 1.0, 0.0]
            assert not found.candidates.bonuses

    def test_a_newcomer_leads_by_the_bonus_and_the_utility_stays_honest(
        self, directory, make_intake, monday
    ):
        """The bonus is in the score and has a reason, so that the reasons still sum to it."""
        matcher = Matcher(
            scorer=CountingScorer(), policy=OrderPolicy(newcomers=NewcomerBonus())
        )
        intake = make_intake(concerns=("sleep",))
        found = matcher.match(
            intake, directory, safety=assess(intake), at=monday, limit=10, seed=7
        )
        assert ids(found) == ["c", "a", "b"]
        newcomer, known = found.results[:2]
        assert newcomer.utility == known.utility == known.score
        assert newcomer.score - newcomer.utility == pytest.approx(0.05)
        for shown in found.results:
            total = sum(reason.contribution for reason in shown.reasons)
            assert total == pytest.approx(shown.score, abs=1e-9)
        assert NEWCOMER in {reason.code for reason in newcomer.reasons}
        assert NEWCOMER not in {reason.code for reason in known.reasons}

    def test_no_bonus_outweighs_a_stated_wish(self, make_directory, make_intake, monday):
        """A newcomer of another gender than was asked for stays behind."""
        directory = make_directory(
            {"clinician_id": "a", "gender": "female"}, {"clinician_id": "b", "gender": "male"}
        )
        intake = make_intake(pref_gender="female", pref_gender_strength="prefer")
        matcher = Matcher(scorer=CountingScorer(), policy=SERVED)
        found = matcher.match(
            intake, directory, safety=assess(intake), at=monday, limit=2, seed=1
        )
        assert ids(found) == ["a", "b"]
        assert found.results[1].score == found.results[1].utility

    @pytest.mark.parametrize("values", [{}, {"phq9_item9": 1}, {"age_band": "13-17"}])
    def test_whom_a_person_knows_leads_among_equals(
        self, make_directory, make_intake, monday, values
    ):
        """Nothing is tried out on most of these, and whom they know counts all the same, for a reason."""
        rows = {"age_bands": ("13-17", "26-35"), "acuity_ceiling": "amber"}
        directory = make_directory(*({"clinician_id": name, **rows} for name in "abc"))
        intake = make_intake(**values)
        found = Matcher(scorer=RuleScorer(), policy=SERVED).match(
            intake,
            directory,
            safety=assess(intake),
            at=monday,
            limit=2,
            seed=1,
            familiar=Familiar(in_care=("c",), returning=("b",)),
        )
        assert set(ids(found)) == {"b", "c"}
        for shown in found.results:
            code = {"c": "in_care", "b": "returning"}[shown.clinician_id]
            parts = {reason.code: reason.contribution for reason in shown.reasons}
            assert parts[code] == pytest.approx(0.05)
            assert shown.score - shown.utility == pytest.approx(0.05)
            assert sum(parts.values()) == pytest.approx(shown.score, abs=1e-9)
            assert len({"in_care", "returning"} & set(parts)) == 1

    def test_whom_a_person_knows_is_not_let_in(self, directory, make_intake):
        """Known and not licensed, blocked or left: out, and no policy or points change that."""
        found = Matcher(scorer=RuleScorer(), policy=SERVED).match(
            make_intake(blocked_clinicians=("a",)),
            directory,
            safety=assess(make_intake()),
            at=make_intake().requested_at,
            limit=9,
            seed=1,
            previous_clinicians=("b",),
            familiar=Familiar(in_care=("a", "b", "d")),
        )
        assert ids(found) == ["c"]

    def test_red_is_never_ranked(self, match, directory, make_intake):
        """Crisis, resources of the country, and nobody scored."""
        found = match(make_intake(cssrs="high"), directory)
        assert found.pathway is Pathway.CRISIS
        assert found.care_level is CareLevel.CRISIS
        assert (found.results, found.candidates) == ((), None)
        assert "988" in found.resources[0].contact
        assert [entry.code for entry in found.notes] == ["crisis"]

    def test_amber_is_elevated_with_resources(self, match, directory, make_intake):
        """An amber person gets a list, a review and somebody to call."""
        found = match(make_intake(phq9_item9=1, region="US-CA"), directory)
        assert found.pathway is Pathway.ELEVATED
        assert found.results
        assert found.resources

    def test_the_configured_country_helps_where_the_region_names_none(
        self, match, directory, make_intake
    ):
        """A region without a country gets the lines of the default country."""
        found = match(make_intake(cssrs="high", region="north"), directory)
        assert "116 123" in found.resources[0].contact

    def test_nobody_eligible_leads_to_a_navigator(self, match, directory, make_intake):
        """The answer says what stood in the way and what relaxing would add."""
        found = match(make_intake(formats=("chat",)), directory)
        assert found.pathway is Pathway.NAVIGATOR
        assert found.results == ()
        assert found.by_reason == {"licence": 1, "format": 3}
        assert found.relaxations == {"format": 3}
        assert [entry.code for entry in found.notes] == ["nobody_eligible", "relaxing_helps"]

    def test_nothing_to_relax(self, match, directory, make_intake):
        """Where no single wish stands in the way, none is offered for relaxing."""
        found = match(make_intake(region="FR"), directory)
        assert [entry.code for entry in found.notes] == ["nobody_eligible"]

    def test_an_empty_directory(self, match, make_directory, make_intake):
        """Even then there is an answer."""
        found = match(make_intake(), make_directory())
        assert found.pathway is Pathway.NAVIGATOR
        assert [entry.code for entry in found.notes] == ["directory_empty"]

    def test_earlier_and_blocked_clinicians_stay_away(self, match, directory, make_intake):
        """Previous clinicians count beside those whom the patient blocks."""
        intake = make_intake(blocked_clinicians=("a", "c"))
        found = match(intake, directory, previous_clinicians=["b"])
        assert found.by_reason == {"licence": 1, "blocked": 2, "previous_clinician": 1}

    def test_a_list_of_none(self, match, directory, make_intake):
        """Limit 0 scores all and shows none."""
        found = match(make_intake(), directory, limit=0)
        assert found.results == ()
        assert found.pathway is Pathway.ROUTINE
        assert len(found.candidates.rows) == 3

    def test_no_path_from_red_to_a_list(self, match, directory, make_intake):
        """Whatever else a red request says, it is not ranked."""
        for flag in ("psychosis", "mania", "substance_withdrawal", "violence_risk"):
            found = match(make_intake(**{flag: True}, concerns=("ocd",)), directory)
            assert found.results == ()
            assert assess(make_intake(**{flag: True})).tier is Tier.RED


class TestScore:
    def test_scores_match_the_list(self, match, directory, make_intake, monday):
        """The batch path and the request path agree."""
        intake = make_intake(concerns=("ocd",))
        rows = screen(intake, directory, safety=assess(intake), at=monday).eligible_rows
        scored = MATCHER.score(intake, directory, rows, at=monday)
        shown = match(intake, directory).results
        assert scored.utilities[scored.order].tolist() == [entry.utility for entry in shown]
