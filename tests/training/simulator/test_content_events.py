import numpy as np
import pandas as pd
import pytest

from data.clinic import CONTENT_EVENTS


@pytest.fixture(scope="module")
def events(simulated):
    return simulated.tables["content_events"]


class TestEventsFrame:
    def test_frame_is_canonical_and_in_time_order(self, events):
        """All columns, unique ids, ascending times."""
        assert tuple(events.columns) == CONTENT_EVENTS.names
        assert events["event_id"].is_unique
        assert events["at"].is_monotonic_increasing

    def test_complete_means_all_of_it(self, events):
        """Fractions agree with types."""
        kinds = events.groupby("type")["fraction"]
        assert (kinds.get_group("complete") == 1).all()
        assert kinds.get_group("progress").between(0.2, 1, inclusive="left").all()
        assert (kinds.get_group("skip") < 0.2).all()
        assert kinds.get_group("start").isna().all()

    def test_every_start_has_one_end(self, events):
        """Complete, progress or skip."""
        counts = events["type"].value_counts()
        assert counts["start"] == counts["complete"] + counts["progress"] + counts["skip"]

    def test_no_event_is_told_twice(self, events):
        """Nobody does the same to the same item at the same instant."""
        twice = events.duplicated(["user_id", "item_id", "type", "at"])
        assert twice.mean() < 0.001

    def test_lists_have_positions_and_one_start(self, events):
        """What was shown together shares an id, and one of it was started."""
        shown = events.dropna(subset="recommendation_id")
        assert shown["position"].between(1, 5).all()
        starts = shown[shown["type"] == "start"].groupby("recommendation_id").size()
        assert (starts == 1).all()
        assert events["position"].notna().equals(events["recommendation_id"].notna())

    def test_top_places_are_started_most(self, events):
        """Position bias is in the log."""
        starts = events[(events["type"] == "start") & events["position"].notna()]
        shares = starts["position"].value_counts(normalize=True)
        assert shares[1] > shares[2] > shares[5]

    def test_moods_are_whole_and_in_range(self, events):
        """0 to 10, before and after together."""
        moods = events[["mood_before", "mood_after"]].dropna()
        assert len(moods) > 100
        assert moods.to_numpy().min() >= 0
        assert moods.to_numpy().max() <= 10
        assert events["mood_before"].notna().equals(events["mood_after"].notna())

    def test_patients_keep_their_ids(self, simulated, events):
        """A person with both has one id; others have ids of their own."""
        users = set(events["user_id"])
        patients = set(simulated.tables["intakes"]["patient_id"])
        assert 0.4 < len(users & patients) / len(users) < 0.75

    def test_dislikes_and_harms_are_told(self, events):
        """Not every opinion is kind."""
        assert {"like", "favourite", "dislike", "not_for_me"} < set(events["type"])


class TestAffinityFrame:
    def test_truth_knows_recent_users_and_present_items(self, simulated, events):
        """Shares of new picks add up to one for each person."""
        truth = simulated.truth["content"]
        sums = truth.groupby("user_id")["pick"].sum()
        assert sums.to_numpy() == pytest.approx(np.ones(len(sums)))
        assert truth["affinity"].between(0, 1, inclusive="neither").all()
        recent = events[events["at"] > pd.Timestamp("2026-06-01", tz="UTC")]
        assert set(truth["user_id"]) <= set(recent["user_id"])

    def test_likely_picks_are_played(self, simulated, events):
        """The truth predicts what people started."""
        truth = simulated.truth["content"]
        starts = events.loc[events["type"] == "start", ["user_id", "item_id"]]
        played = truth.merge(starts.drop_duplicates(), on=["user_id", "item_id"])
        assert played["pick"].mean() > 3 * truth["pick"].mean()
