from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain import CareLevel, Safety, Tier
from data.errors import UsageError
from data.prices import PriceList
from matching.continuity import NOBODY, Familiar
from matching.matcher import Matcher
from matching.ordering import OrderPolicy
from matching.pricing import CAPACITY_PRICE, DirectoryPrices, PricePolicy
from matching.rules import RuleScorer

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIST = PriceList(
    model_version="m-1",
    solved_at=NOW,
    days=4.0,
    expected_requests=40.0,
    prices={"a": 0.1, "gone": 0.5, "c": 0.005},
    openings={"a": 2, "gone": 3, "c": 4},
)


@pytest.fixture(scope="module")
def directory(make_directory):
    return make_directory({"clinician_id": "a"}, {"clinician_id": "b"}, {"clinician_id": "c"})


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


class TestPricePolicy:
    def test_a_price_is_taken_off_by_its_weight(self, directory):
        """Of the candidates alone, in their order."""
        prices = np.array([0.1, 0.0, 0.3])
        found = PricePolicy(weight=0.5).points(prices, NOBODY, directory, np.array([0, 2]))
        assert found[CAPACITY_PRICE].tolist() == [-0.05, -0.15]

    def test_whom_a_person_knows_costs_nothing(self, directory):
        """In care or returning; where nobody else has a price there is nothing to say."""
        prices = np.array([0.1, 0.0, 0.3])
        known = Familiar(in_care=("a",), returning=("c",))
        rows = np.arange(3)
        assert PricePolicy().points(prices, known, directory, rows) == {}
        found = PricePolicy().points(prices, Familiar(returning=("c",)), directory, rows)
        assert found[CAPACITY_PRICE].tolist() == [-0.1, 0.0, 0.0]

    @pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
    def test_impossible_weights(self, weight):
        """Prices never count for more than they are, nor the other way round."""
        with pytest.raises(UsageError, match="between 0 and 1"):
            PricePolicy(weight=weight)


class TestDirectoryPrices:
    def test_claims_raise_and_idle_days_lower(self, directory):
        """Half the days have passed: a should have given one of two places, and gave two."""
        bound = DirectoryPrices.build(LIST, directory)
        moved = bound.now({"a": 2, "elsewhere": 9}, days(2), step=0.01)
        assert moved == pytest.approx([0.11, 0.0, 0.0])
        assert bound.now({}, days(0)) == pytest.approx([0.1, 0.0, 0.005])

    def test_a_list_ends(self, directory):
        """It says nothing of the time before it and of that after its days."""
        bound = DirectoryPrices.build(LIST, directory)
        assert bound.now({}, days(4)) is not None
        assert bound.now({}, days(4.01)) is None
        assert bound.now({}, days(-0.01)) is None

    @given(
        claims=st.dictionaries(st.sampled_from("abcd"), st.integers(0, 500)),
        passed=st.floats(0, 4),
    )
    def test_no_price_is_below_nothing(self, directory, claims, passed):
        """Whatever was claimed, whenever; and a further claim makes nothing cheaper."""
        bound = DirectoryPrices.build(LIST, directory)
        prices = bound.now(claims, days(passed))
        assert (prices >= 0).all()
        more = bound.now({**claims, "a": claims.get("a", 0) + 1}, days(passed))
        assert (more >= prices).all()


class TestMatcherWithPrices:
    @pytest.fixture
    def match(self, directory, make_intake, monday):
        """Three who fit alike, ranked at some prices."""
        matcher = Matcher(scorer=RuleScorer(), policy=OrderPolicy(prices=PricePolicy()))

        def run(prices, *, tier=Tier.GREEN, **asked):
            return matcher.match(
                make_intake(**asked),
                directory,
                safety=Safety(tier=tier, care_level=CareLevel.OUTPATIENT),
                at=monday,
                limit=3,
                seed=1,
                prices=np.array(prices),
            )

        return run

    def test_the_order_and_the_reasons_follow(self, match):
        """Three who fit alike: the dear one comes last, says why, and its reasons sum to its score."""
        found = match([0.2, 0.0, 0.1])
        assert [row.clinician_id for row in found.results] == ["b", "c", "a"]
        last = found.results[-1]
        assert last.score == pytest.approx(last.utility - 0.2)
        assert sum(reason.contribution for reason in last.reasons) == pytest.approx(last.score)
        (why,) = (reason for reason in last.reasons if reason.group == CAPACITY_PRICE)
        assert why.contribution == pytest.approx(-0.2)
        free = found.results[0].reasons
        assert CAPACITY_PRICE not in {reason.group for reason in free}

    def test_nobody_in_need_pays(self, match):
        """Amber, and a stated must: by utility alone, whatever places are worth to others."""
        for found in (
            match([0.9, 0.0, 0.0], tier=Tier.AMBER),
            match([0.9, 0.0, 0.0], pref_gender_strength="must"),
        ):
            assert [row.clinician_id for row in found.results] == ["a", "b", "c"]
            assert all(row.score == row.utility for row in found.results)
