"""A place for something unproven, with a chance that is known."""

from collections import Counter

import numpy as np
import pytest

from data.domain import Tier
from recommender.exploration import SHARE, Draw, explored, may_explore
from recommender.recommender import BoundRecommender
from recommender.request import Promotion, RecommendationRequest, Shelf
from recommender.slate import Slot

LISTS = 4_000


def slots(count: int, *, promoted: tuple[int, ...] = ()) -> list[Slot]:
    return [
        Slot(row=row, shelf=Shelf.NEW, score=0.1, is_promoted=row in promoted)
        for row in range(count)
    ]


def draw(**chances: float) -> Draw:
    return Draw(
        rows=np.array([int(name[1:]) for name in chances], np.int64),
        chances=np.array(list(chances.values())),
    )


class TestExplored:
    def test_the_logged_chances_are_the_true_ones(self):
        """Over many seeds each item takes the last place as often as its list says."""
        said: dict[int, float] = {}
        shown: Counter[int] = Counter()
        for seed in range(LISTS):
            last = explored(slots(5), draw(r7=0.75, r8=0.25), seed=seed)[-1]
            shown[last.row] += 1
            said[last.row] = last.exposure_probability
        assert said == pytest.approx({4: 0.9, 7: 0.075, 8: 0.025})
        for row, chance in said.items():
            spread = np.sqrt(chance * (1 - chance) / LISTS)
            assert shown[row] / LISTS == pytest.approx(chance, abs=4 * spread)

    def test_all_other_places_stay(self):
        """Only the lowest place is given away, and the rest is certain."""
        for seed in range(50):
            found = explored(slots(6), draw(r9=1.0), seed=seed)
            assert [slot.row for slot in found[:5]] == [0, 1, 2, 3, 4]
            assert all(slot.exposure_probability == 1.0 for slot in found[:5])

    def test_a_promoted_place_is_not_given_away(self):
        """The lowest place that nobody paid a quota for goes."""
        rows = {
            tuple(
                slot.row for slot in explored(slots(5, promoted=(4,)), draw(r9=1.0), seed=seed)
            )
            for seed in range(200)
        }
        assert rows == {(0, 1, 2, 3, 4), (0, 1, 2, 9, 4)}
        whole = slots(5, promoted=(0, 1, 2, 3, 4))
        assert explored(whole, draw(r9=1.0), seed=1) == whole

    def test_nothing_unproven_leaves_certainty(self):
        """Without anything to draw all chances are 1."""
        assert explored(slots(5), draw(), seed=3) == slots(5)

    def test_the_same_seed_gives_the_same_list(self):
        """A list can be drawn again from its log."""
        first, second = (explored(slots(5), draw(r7=0.5, r8=0.5), seed=11) for _ in range(2))
        assert first == second


class TestMayExplore:
    @pytest.mark.parametrize(
        ("tier", "count", "may"),
        [
            (Tier.GREEN, 5, True),
            (Tier.GREEN, 4, False),
            (Tier.AMBER, 9, False),
            (Tier.RED, 9, False),
        ],
    )
    def test_in_green_lists_of_five_and_more(self, make_safety, tier, count, may):
        """Whoever needs more care gets nothing by chance."""
        assert may_explore(make_safety(tier=tier), slots(count)) is may


@pytest.fixture(scope="module")
def bound(bind, make_catalogue) -> BoundRecommender:
    """Eight known items, one that nobody used, and three that must not be shown."""
    known = {f"k{number}": {"topics": ("sleep",)} for number in range(8)}
    catalogue = make_catalogue(
        **known,
        novel={"topics": ("sleep",)},
        unreviewed={"reviewed_at": None},
        long={"minutes": 60.0},
        trauma={"contraindications": ("trauma",)},
    )
    events = [(f"u{number}", f"k{number}", "complete", 1) for number in range(8)]
    events += [("u8", f"k{number}", "complete", 1) for number in range(8)]
    return bind(catalogue, *events)


class TestRecommend:
    def lists(self, bound, person, safety, noon, **wishes):
        """What 400 seeds give."""
        request = RecommendationRequest(limit=5, explore=True, **wishes)
        return [
            bound.recommend(person, safety=safety, request=request, at=noon, seed=seed).results
            for seed in range(400)
        ]

    def test_a_new_item_gets_its_share_without_retraining(
        self, bound, make_person, make_safety, noon
    ):
        """The item that the model does not know takes the last place of about a tenth of all lists."""
        found = self.lists(bound, make_person(("k0", "complete", 1)), make_safety(), noon)
        news = [entries[-1] for entries in found if entries[-1].item_id == "novel"]
        assert len(news) / len(found) == pytest.approx(SHARE, abs=0.06)
        assert all(entry.exposure_probability < SHARE + 1e-9 for entry in news)
        assert any(reason.code == "new_item" for reason in news[0].reasons)

    def test_never_what_is_withheld_too_long_or_excluded(
        self, bound, make_person, make_safety, noon
    ):
        """Chance draws among what the list could hold anyway."""
        filters = {"exclude": frozenset({"novel"})}
        shown = {
            entry.item_id
            for entries in self.lists(
                bound, make_person(("k0", "complete", 1)), make_safety(), noon, **filters
            )
            for entry in entries
        }
        assert not shown & {"novel", "unreviewed"}

    def test_not_above_green_and_not_unasked(self, bound, make_person, make_safety, noon):
        """In the amber tier, and where the request does not ask, every chance is 1."""
        person = make_person(("k0", "complete", 1))
        amber = self.lists(bound, person, make_safety(tier=Tier.AMBER), noon)
        request = RecommendationRequest(limit=5)
        plain = [
            bound.recommend(
                person, safety=make_safety(), request=request, at=noon, seed=seed
            ).results
            for seed in range(50)
        ]
        for entries in [*amber, *plain]:
            assert all(entry.exposure_probability == 1.0 for entry in entries)

    def test_a_promotion_keeps_its_place(self, bound, make_person, make_safety, noon):
        """What the clinic wants shown is shown in every list."""
        promote = Promotion(items=("k7",), share=0.2)
        found = self.lists(
            bound, make_person(("k0", "complete", 1)), make_safety(), noon, promote=promote
        )
        assert all("k7" in {entry.item_id for entry in entries} for entries in found)
