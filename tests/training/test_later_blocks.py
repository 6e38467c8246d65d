import numpy as np
import pytest

from matching.rules import RuleScorer
from training.later_blocks import BLOCK_STARTS, LaterBlocks, is_chosen_on
from training.matching_cases import Cases

LATE = np.iinfo(np.int64).max


@pytest.fixture(scope="module")
def cases(make_clinic):
    """A hundred intakes in order of time, with labels for most."""
    return Cases.build(make_clinic(intakes=100, clinicians=6, spread=0.5, seed=3))


@pytest.fixture(scope="module")
def later(cases):
    """Its later episodes."""
    return LaterBlocks.build(cases, as_of=LATE)


class TestLaterBlocks:
    def test_blocks_follow_each_other(self, cases, later):
        """Every later episode is in one block, none before it begins; about .6 of all are later."""
        ends = [*later.begins[1:], LATE]
        for begin, end, rows in zip(later.begins, ends, later.episodes, strict=True):
            assert ((cases.requests[rows] >= begin) & (cases.requests[rows] < end)).all()
        assert len(later.begins) == len(BLOCK_STARTS)
        assert len(np.unique(later.rows)) == len(later.rows) == 60

    def test_each_block_is_predicted_by_what_was_known_when_it_began(self, cases, later):
        """Recipes are fitted as of the begin of each block, and predict that block alone."""
        asked = []

        def fit(as_of):
            asked.append(as_of)
            return RuleScorer(rates=np.full(5, 0.1 * len(asked)))

        said = later.said(cases, later.fits(fit))
        assert tuple(asked) == later.begins
        ends = np.cumsum([len(rows) for rows in later.episodes])
        assert said[0, [0, *ends[:-1]]] == pytest.approx([0.1, 0.2, 0.3])

    def test_labels_that_came_later_are_not_known(self, cases):
        """As of a time no label that was observed at or after it is there."""
        moment = int(np.quantile(cases.requests, 0.8))
        later = LaterBlocks.build(cases, as_of=moment)
        at = cases.outcomes.observed_at[:, later.rows]
        assert np.isnan(later.labels[at >= moment]).all()
        assert np.isfinite(later.labels).any()

    def test_a_person_is_on_one_side(self, cases, later):
        """Episodes of one person choose or calibrate, never both."""
        people = [intake.patient_id for intake in cases.intakes_of(later.rows)]
        assert later.is_for_choice.tolist() == [is_chosen_on(name) for name in people]
        assert 0 < later.is_for_choice.sum() < len(people) / 2

    def test_the_last_blocks(self, later):
        """What is left are the last rows with their labels."""
        last = later.last(1)
        assert last.rows.tolist() == later.episodes[-1].tolist()
        np.testing.assert_array_equal(last.labels, later.labels[:, -len(last.rows) :])

    def test_nothing_known_no_blocks(self, cases):
        """Before anything happened there is nothing to choose or calibrate by."""
        later = LaterBlocks.build(cases, as_of=0)
        assert later.begins == ()
        assert later.said(cases, []).shape == (5, 0)
