import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.simulator.streams import ALPHABET, LETTERS, Streams, pick_by


class TestStreams:
    def test_same_seed_and_name_give_the_same_numbers(self):
        """A stream can be asked twice."""
        assert np.array_equal(Streams(3).uniform("a", 5), Streams(3).uniform("a", 5))

    @pytest.mark.parametrize(("seed", "name"), [(4, "a"), (3, "b")])
    def test_other_seed_or_name_gives_other_numbers(self, seed, name):
        """Streams are independent."""
        assert not np.array_equal(Streams(3).uniform("a", 5), Streams(seed).uniform(name, 5))

    def test_more_rows_leave_the_first_ones_as_they_are(self):
        """Adding people changes nobody."""
        streams = Streams(1)
        assert np.array_equal(streams.normal("x", 4, 3), streams.normal("x", 9, 3)[:4])
        assert np.array_equal(streams.pick("p", (1, 2), 4), streams.pick("p", (1, 2), 9)[:4])
        assert streams.ids("k", 4) == streams.ids("k", 9)[:4]

    def test_ids_differ_and_are_spelled_in_the_alphabet(self):
        """No two ids are equal, and none holds other letters."""
        ids = Streams(1).ids("patient", 5_000).to_pylist()
        letters = set(ALPHABET.tobytes().decode())
        assert len(set(ids)) == 5_000
        assert all(len(word) == LETTERS and set(word) <= letters for word in ids)

    def test_ids_do_not_tell_their_order(self):
        """Sorted ids are in no order of their numbers."""
        ids = Streams(1).ids("patient", 1_000).to_pylist()
        rank = np.argsort(np.argsort(ids))
        assert abs(np.corrcoef(rank, np.arange(1_000))[0, 1]) < 0.1

    def test_ids_of_other_kinds_and_seeds_differ(self):
        """Numbers of one table say nothing of another."""
        sets = [
            set(Streams(seed).ids(kind, 50).to_pylist())
            for seed, kind in ((1, "a"), (1, "b"), (2, "a"))
        ]
        assert len(set.union(*sets)) == 150


class TestPickBy:
    def test_picks_by_hand(self):
        """Shares 1 and 3 split the unit at a quarter."""
        picked = pick_by(np.array([0.0, 0.2, 0.25, 0.999]), np.array([1.0, 3.0]))
        assert picked.tolist() == [0, 0, 1, 1]

    @given(st.lists(st.floats(0.0, 5.0), min_size=1, max_size=6).filter(lambda s: sum(s) > 0.1))
    def test_never_picks_what_has_no_share(self, shares):
        """A share of zero is never drawn."""
        picked = pick_by(np.linspace(0, 0.999, 50), np.array(shares))
        assert (np.array(shares)[picked] > 0).all()
