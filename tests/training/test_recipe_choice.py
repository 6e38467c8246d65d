import numpy as np
import pytest

from training.recipe_choice import choose, episode_losses, lead_over

CLINICIANS = np.array(["a", "b", "c", "d"] * 5)


def losses(lead, noise):
    """Losses below 1 by a lead, a little more or less in turn."""
    return 1.0 - lead + noise * np.tile([1.0, -1.0, 1.0, -1.0], 5)


class TestEpisodeLosses:
    def test_known_heads_add_up(self):
        """Two coins and one unknown: log 2 twice, and nothing at all is 0."""
        labels = np.array([[1.0, np.nan], [0.0, np.nan], [np.nan, np.nan]])
        found = episode_losses(np.full((3, 2), 0.5), labels)
        assert found == pytest.approx([2.0 * np.log(2.0), 0.0])


class TestLeadOver:
    def test_rows_without_the_other_are_left_out(self):
        """A recipe that was tried on the last rows is held against those."""
        other = np.where(np.arange(20) < 16, np.nan, losses(0.3, 0.0))
        assert lead_over(np.ones(20), other, CLINICIANS).value == pytest.approx(0.3)

    def test_episodes_of_one_clinician_are_not_twenty_proofs(self):
        """The error is that of whole clinicians: of a single one there is no knowing."""
        lead = lead_over(
            np.ones(4), np.array([0.9, 0.9, 1.1, 1.1]), np.array(["a", "a", "b", "b"])
        )
        assert lead.error == pytest.approx(0.1)


class TestChoose:
    def test_a_draw_changes_nothing(self):
        """A small lead within its error leaves the first in place, however many are tried."""
        found, leads = choose(
            {"first": losses(0.0, 0.0), "other": losses(0.01, 0.1)}, CLINICIANS
        )
        assert found == "first"
        assert leads["other"].value > 0.0

    def test_the_best_of_those_that_are_shown_to_be_better_serves(self):
        """Two are better beyond their error, and one merely seems to be."""
        given = {
            "first": losses(0.0, 0.0),
            "better": losses(0.1, 0.01),
            "best": losses(0.2, 0.01),
            "lucky": losses(0.3, 0.9),
        }
        assert choose(given, CLINICIANS)[0] == "best"

    def test_what_was_not_tried_has_no_lead(self):
        """A recipe without losses is passed over."""
        found, leads = choose({"first": np.ones(20), "absent": np.full(20, np.nan)}, CLINICIANS)
        assert found == "first"
        assert leads == {}
