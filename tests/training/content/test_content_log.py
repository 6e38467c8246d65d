"""Logs cut in time."""

import numpy as np
import pytest

from data.instants import micros_of
from training.content_log import ContentLog, Targets


@pytest.fixture(scope="module")
def small(make_log) -> ContentLog:
    """Three people and three items over ten days."""
    return ContentLog.from_frame(
        make_log(
            ("b", "y", "complete", 9),
            ("a", "x", "complete", 0),
            ("a", "x", "start", 5),
            ("b", "x", "view", 6),
            ("c", "z", "complete", 7),
        )
    )


class TestContentLog:
    def test_events_are_by_person_and_time(self, small):
        """Bounds say where each person's events begin."""
        assert small.person_ids == ("a", "b", "c")
        assert small.bounds.tolist() == [0, 2, 4, 5]
        assert (np.diff(small.events.at_micros[:2]) > 0).all()

    def test_between_includes_its_start_and_not_its_end(self, small, start):
        """Rows of people and items stay what they were."""
        day = 86_400_000_000
        origin = micros_of(start)
        part = small.between(origin + 5 * day, origin + 7 * day)
        assert part.bounds.tolist() == [0, 1, 2, 2]
        assert part.item_ids == small.item_ids

    def test_compact_leaves_out_who_has_no_event(self, small, start):
        """After a cut only people and items with events are left."""
        part = small.between(None, micros_of(start) + 1).compact()
        assert (part.person_ids, part.item_ids) == (("a",), ("x",))

    def test_a_person_has_their_own_items_only(self, small):
        """Items are those of the person, in sorted order."""
        person = small.person(1)
        assert person.person_id == "b"
        assert person.item_ids == ("x", "y")
        assert person.finished().tolist() == [False, True]

    def test_the_cut_leaves_the_latest_events(self, make_log, start):
        """Of twenty events, one a day, the last three lie on or after the cut."""
        log = ContentLog.from_frame(make_log(*[("a", "x", "start", day) for day in range(20)]))
        assert log.find_cut() == micros_of(start) + 17 * 86_400_000_000

    def test_most_events_at_the_first_time(self, make_log):
        """The cut lies after the first time, so that something is before it."""
        log = ContentLog.from_frame(
            make_log(*[("a", "x", "start", 0)] * 9, ("a", "x", "start", 1))
        )
        assert log.find_cut() == log.events.at_micros.max()

    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_events_at_one_time_cannot_be_cut(self, make_log, count):
        """No event, or all at once: no cut."""
        log = ContentLog.from_frame(make_log(*[("a", "x", "start", 0)] * count))
        assert log.find_cut() is None


class TestTargets:
    def test_started_items_count_once(self, small):
        """Two plays of one item are one use; a mere view is none."""
        targets = Targets.build(small)
        assert targets.person_row.tolist() == [0, 1, 2]
        assert targets.items_of(0).tolist() == [0]
        assert targets.items_of(1).tolist() == [1]

    def test_a_log_of_views_takes_the_views(self, make_log):
        """Where nothing else was recorded views are what people used."""
        log = ContentLog.from_frame(make_log(("a", "x", "view", 0), ("b", "x", "view", 1)))
        assert Targets.build(log).people.tolist() == [0, 1]

    def test_a_sample_is_drawn_in_order(self, small):
        """Not more than asked for, the same for the same dice."""
        targets = Targets.build(small)
        drawn = [list(targets.sample(2, np.random.default_rng(1))) for _ in range(2)]
        assert drawn[0] == drawn[1]
        assert len(drawn[0]) == 2
        assert drawn[0] == sorted(drawn[0])
        assert len(list(targets.sample(9, np.random.default_rng(1)))) == 3

    def test_nobody(self, make_log):
        """An empty log has no targets."""
        targets = Targets.build(ContentLog.from_frame(make_log()))
        assert len(targets.people) == 0
        assert list(targets.sample(5, np.random.default_rng(0))) == []
