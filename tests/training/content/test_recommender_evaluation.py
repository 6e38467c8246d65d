"""The held-out comparison of recommenders."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from data.catalogue import Catalogue
from data.instants import micros_of
from recommender.person import Person
from recommender.recommender import Recommender
from training.content_log import ContentLog
from training.evaluation.recommender import (
    SEGMENTS,
    evaluate_recommender,
    find_test_start,
    show_everybody,
)
from training.evaluation.recommender_baselines import BASELINES
from training.evaluation.recommender_safety import count_unsafe
from training.fit_recommender import fit_recommender


class Leaking:
    """A filter that lets everything through."""

    def __init__(self, items: int) -> None:
        self.items = items

    def allowed(self, _safety, **asked) -> tuple[np.ndarray, dict[str, int]]:
        """Everything."""
        return np.ones(self.items, bool)[asked.get("rows", slice(None))], {}


@pytest.fixture(scope="module")
def test_start(log):
    """When the held-out time begins."""
    return find_test_start(log)


@pytest.fixture(scope="module")
def model(log, content, programs, test_start):
    """A model of what came before."""
    return fit_recommender(log, content, programs, as_of=test_start).model


@pytest.fixture(scope="module")
def figures(log, content, programs, test_start, model):
    """All rows by model, segment and metric."""
    rows = evaluate_recommender(
        log, content, programs, models={"r-1": model}, test_start=test_start, draws=200
    )
    found = {(row.model, row.segment, row.metric): row for row in rows}
    assert len(found) == len(rows)
    return found


class TestFindTestStart:
    def test_the_latest_events_are_held_out(self, log, test_start):
        """About 15 % of events lie on or after the cut."""
        assert (log["at"] >= test_start).mean() == pytest.approx(0.15, abs=0.01)

    def test_as_of_moves_the_cut(self, log, start):
        """The cut lies before the end of what counts."""
        assert find_test_start(log, as_of=start + timedelta(days=30)) < start + timedelta(
            days=30
        )

    def test_nothing_to_cut(self, make_log):
        """Without events there is no cut."""
        assert find_test_start(make_log()) is None


class TestEvaluateRecommender:
    def test_every_model_is_judged_on_the_same_people(self, figures):
        """All baselines and the model have a row in each segment, with the same n."""
        for segment in SEGMENTS:
            people = {figures[name, segment, "ndcg@10"].n for name in (*BASELINES, "r-1")}
            assert len(people) == 1

    def test_intervals_hold_their_values(self, figures):
        """Each bootstrapped value lies within its interval."""
        for row in figures.values():
            assert row.low is None or row.low <= row.value + 1e-9
            assert row.high is None or row.value <= row.high + 1e-9

    def test_order_that_must_hold(self, figures):
        """Taste beats popularity and popularity beats chance; habits beat it by far."""
        value = {key: row.value for key, row in figures.items()}
        assert value["random", "all", "ndcg@10"] < value["popular", "all", "ndcg@10"]
        assert value["popular", "all", "ndcg@10"] < value["personal_popular", "all", "ndcg@10"]
        assert figures["r-1", "all", "ndcg@10 over random"].low > 0
        assert figures["r-1", "new", "ndcg@10 over popular"].low > 0

    def test_a_comparison_is_the_difference(self, figures):
        """The paired row is the model's value less the baseline's."""
        row = figures["r-1", "all", "ndcg@10 over recency"]
        gap = (
            figures["r-1", "all", "ndcg@10"].value - figures["recency", "all", "ndcg@10"].value
        )
        assert row.value == pytest.approx(gap)

    def test_lists_keep_to_the_share_of_repeats(self, figures):
        """The model's lists are within ten points of people's own share on average."""
        assert figures["r-1", "all", "repeat_share_error@20"].value < 0.1
        assert figures["random", "all", "coverage@20"].value == pytest.approx(1.0)

    def test_the_same_seed_gives_the_same_rows(
        self, log, content, programs, test_start, model, figures
    ):
        """Nothing depends on when or how often it runs."""
        rows = evaluate_recommender(
            log, content, programs, models={"r-1": model}, test_start=test_start, draws=200
        )
        assert rows == list(figures.values())

    def test_nobody_uses_anything_afterwards(self, log, content, programs, start, model):
        """A test time after all events has no rows."""
        late = start + timedelta(days=999)
        rows = evaluate_recommender(
            log, content, programs, models={"r-1": model}, test_start=late
        )
        assert rows == []

    def test_as_of_ends_the_test(self, log, content, programs, test_start, model, figures):
        """Later events are nobody's use."""
        rows = evaluate_recommender(
            log,
            content,
            programs,
            models={"r-1": model},
            test_start=test_start,
            as_of=test_start + timedelta(days=3),
            draws=50,
        )
        few = next(row.n for row in rows if row.segment == "all")
        assert few < figures["r-1", "all", "ndcg@10"].n


class TestShowEverybody:
    def test_segments_hold_what_they_say(self, log, content, programs, test_start, model):
        """Repeats are the person's own items, new ones are not, none is withheld from all."""
        withheld = content.assign(reviewed_at=content["reviewed_at"].where(content.index != 5))
        lists = show_everybody(
            ContentLog.from_frame(log),
            Catalogue.build(withheld, programs),
            models={"r-1": model},
            test_start=micros_of(test_start),
            as_of=None,
            seed=0,
        )
        own = set(zip(*(column.tolist() for column in lists.own), strict=True))
        for by_segment in lists.ranked.values():
            for segment, ranked in by_segment.items():
                shown = [
                    (place, row) for place, rows in enumerate(ranked.tolist()) for row in rows
                ]
                shown = [pair for pair in shown if pair[1] >= 0]
                assert shown
                assert all(row != 5 for _, row in shown)
                assert segment == "all" or all(
                    (pair in own) == (segment == "repeat") for pair in shown
                )
                assert len(set(shown)) == len(shown)


class TestCountUnsafe:
    def test_a_sound_engine_shows_nothing_unsafe(self, log, content, programs, start, model):
        """In every state, for a newcomer and for people of the log."""
        bound = Recommender(model).bind(Catalogue.build(content, programs))
        people = [Person.build("new"), ContentLog.from_frame(log).person(0)]
        count = count_unsafe(bound, people, at=start + timedelta(days=200))
        assert count.requests >= 50
        assert (count.withheld_shown, count.red_recommended) == (0, 0)

    def test_a_leaking_filter_is_counted(self, content, programs, start, model):
        """With a filter that lets everything through both counts rise."""
        bound = Recommender(model).bind(Catalogue.build(content, programs))
        bound.binding = replace(bound.binding, gate=Leaking(len(content)))
        count = count_unsafe(bound, [Person.build("new")], at=start + timedelta(days=200))
        assert count.withheld_shown > 0
        assert count.red_recommended > 0
