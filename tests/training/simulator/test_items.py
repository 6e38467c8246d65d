import numpy as np
import pandas as pd
import pytest

from training.simulator.columns import DAY, MISSING
from training.simulator.items import STEP, draw_items
from training.simulator.streams import Streams

ANCHOR = 20_634 * DAY


class TestDrawItems:
    def test_usual_catalogue_has_sixty_programs(self, base):
        """300 items with at least 60 programs of some steps each."""
        items = draw_items(base, Streams(1), 300, ANCHOR)
        steps = items.steps_of()
        assert len(items.guided) >= 60
        assert ((steps != MISSING).sum(axis=1) >= 3).all()
        assert (items.kind[steps[steps != MISSING]] == STEP).all()

    @pytest.mark.parametrize("count", [1, 2, 5, 30, 179, 1_000])
    def test_catalogues_of_any_size(self, base, count):
        """Steps stand in order in their programs, whatever the size."""
        items = draw_items(base, Streams(1), count, ANCHOR)
        assert len(items) == count
        for row in np.flatnonzero(items.program != MISSING):
            assert items.steps_of()[items.program[row], items.position[row] - 1] == row

    def test_popularity_follows_row_fifty_five(self, base):
        """Weights are one over the rank, each rank once, single items and steps apart."""
        items = draw_items(base, Streams(1), 60, ANCHOR)
        is_step = items.program != MISSING
        for group in (is_step, ~is_step):
            ranks = np.sort(1 / items.popularity[group])
            assert ranks == pytest.approx(np.arange(1, group.sum() + 1))

    def test_minutes_follow_row_fifty_three(self, base):
        """Meditations have a median of about 11 minutes, other items 5."""
        items = draw_items(base, Streams(1), 3_000, ANCHOR)
        mindful = np.isin(items.kind, [0, 1])
        assert np.median(items.minutes[mindful]) == pytest.approx(11.0, abs=1.2)
        assert np.median(items.minutes[~mindful]) == pytest.approx(5.0, abs=0.5)


class TestContentFrame:
    def test_each_step_requires_the_one_before(self, simulated):
        """The first step of a program requires nothing."""
        content = simulated.tables["content"].set_index("item_id")
        steps = content[content["program_id"].notna()]
        for _, step in steps.iterrows():
            if step["program_position"] == 1:
                assert step["requires"] == ()
            else:
                before = content.loc[step["requires"][0]]
                assert before["program_id"] == step["program_id"]
                assert before["program_position"] == step["program_position"] - 1

    def test_titles_differ(self, simulated):
        """No two items share a title."""
        assert simulated.tables["content"]["title"].is_unique
        assert simulated.tables["programs"]["title"].is_unique

    def test_a_few_items_may_not_be_shown(self, simulated):
        """Expired reviews exist, and most items are in order."""
        content = simulated.tables["content"]
        expired = content["review_expires_at"] < pd.Timestamp("2026-06-30", tz="UTC")
        assert 0 < expired.sum() < 0.1 * len(content)

    def test_long_meditations_name_the_states_they_are_not_for(self, simulated):
        """More than ten minutes of meditation are withheld from the suicidal."""
        content = simulated.tables["content"]
        long = content[(content["kind"] == "meditation") & (content["minutes"] > 10)]
        assert all("suicidality" in states for states in long["contraindications"])


class TestProgramsFrame:
    def test_programs_are_those_of_the_content(self, simulated):
        """Every named program is there."""
        named = set(simulated.tables["content"]["program_id"].dropna())
        assert named == set(simulated.tables["programs"]["program_id"])
