"""Logs in two parts."""

import numpy as np

from training.content_folds import fold_at, fold_by_draw
from training.content_log import ContentLog


class TestFoldAt:
    def test_the_parts_do_not_overlap(self, log):
        """What is learned from lies before the cut, what it is judged by after it."""
        found = ContentLog.from_frame(log)
        fold = fold_at(found, found.find_cut(), seed=0)
        assert fold.log.events.at_micros.max() < fold.cut
        assert len(fold.people) == len(fold.targets.people)


class TestFoldByDraw:
    def test_a_fifth_of_each_person_s_items_is_held_out(self, make_log):
        """Of eleven items two are held out, of four none, with every event of them."""
        events = [
            ("many", f"i{item:02d}", kind, 0)
            for item in range(11)
            for kind in ("start", "complete")
        ]
        events += [("few", f"i{item:02d}", "complete", 0) for item in range(4)]
        log = ContentLog.from_frame(make_log(*events))
        fold = fold_by_draw(log, seed=3)
        assert fold is not None
        many = log.person_ids.index("many")
        held_out = fold.targets.items_of(many)
        assert len(held_out) == 2
        assert [row for row, _ in fold.people] == [many]
        mine = fold.log.events.item_row[fold.log.events.person_row == many]
        assert not np.isin(held_out, mine).any()
        assert len(mine) == 18
        assert (fold.log.events.person_row != many).sum() == 4

    def test_nobody_has_enough(self, make_log):
        """People with few items keep them all, and nothing can be judged."""
        assert (
            fold_by_draw(ContentLog.from_frame(make_log(("u", "i01", "complete", 0))), seed=0)
            is None
        )
        assert fold_by_draw(ContentLog.from_frame(make_log()), seed=0) is None
