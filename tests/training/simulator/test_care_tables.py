import numpy as np
import pandas as pd
import pytest

ANCHOR = pd.Timestamp("2026-06-30", tz="UTC")


@pytest.fixture(scope="module")
def tables(simulated):
    return simulated.tables


class TestOffersFrame:
    def test_ranks_count_from_one_without_gaps(self, tables):
        """Each list is 1, 2, 3 and so on."""
        ranks = tables["offers"].groupby("request_id")["rank"].agg(["min", "max", "size"])
        assert (ranks["min"] == 1).all()
        assert (ranks["max"] == ranks["size"]).all()
        assert ranks["size"].max() == 5

    def test_propensities_are_probabilities(self, tables):
        """Every shown place had a chance."""
        chance = tables["offers"]["exposure_probability"]
        assert ((chance > 0) & (chance <= 1)).all()

    def test_red_requests_have_no_offers(self, tables):
        """A high C-SSRS level or a flag never meets a list."""
        intakes = tables["intakes"]
        red = (intakes["cssrs"] == "high") | intakes[
            ["psychosis", "mania", "substance_withdrawal", "violence_risk"]
        ].any(axis=1)
        assert red.any()
        assert not intakes.loc[red, "intake_id"].isin(tables["offers"]["intake_id"]).any()


class TestEpisodesFrame:
    def test_booked_clinicians_were_shown(self, tables):
        """Every booking answers a list that named the clinician."""
        shown = tables["offers"][["request_id", "clinician_id", "intake_id"]]
        found = tables["episodes"].merge(shown, on=["request_id", "clinician_id", "intake_id"])
        assert len(found) == len(tables["episodes"])

    def test_nothing_is_known_of_the_future(self, tables):
        """No time of any care table lies at or after the anchor."""
        for name, columns in {
            "intakes": ["requested_at"],
            "offers": ["offered_at"],
            "episodes": ["booked_at", "first_attended_at", "ended_at"],
            "attendance": ["at"],
            "measures": ["at"],
            "content_events": ["at"],
        }.items():
            for column in columns:
                assert (tables[name][column].dropna() < ANCHOR).all(), (name, column)

    def test_running_episodes_have_neither_end_nor_reason(self, tables):
        """What is not over has no ending."""
        episodes = tables["episodes"]
        assert episodes["end_reason"][episodes["ended_at"].isna()].isna().all()
        assert episodes["ended_at"].isna().any()

    def test_endings_of_all_kinds_happen(self, simulated):
        """Plan, dropout, another clinician, and reasons from outside."""
        reasons = set(simulated.tables["episodes"]["end_reason"].dropna())
        assert {"planned", "dropout", "rematch_fit"} < reasons


class TestAttendanceFrame:
    def test_every_booking_has_its_first_appointment(self, tables):
        """Also a refused one: the wait is known whatever became of the referral."""
        first = tables["attendance"].groupby("episode_id")["at"].min()
        episodes = tables["episodes"].set_index("episode_id")
        early = episodes[episodes["booked_at"] < ANCHOR - pd.Timedelta(days=30)]
        assert set(early.index) <= set(first.index)
        wait = (first - episodes["booked_at"]).dt.total_seconds() / 86_400
        assert wait.dropna().between(0, 28.1).all()

    def test_waits_do_not_tell_acceptance(self, tables):
        """Mean waits of accepted and refused bookings are alike."""
        first = tables["attendance"].groupby("episode_id")["at"].min()
        episodes = tables["episodes"].set_index("episode_id")
        wait = (first - episodes["booked_at"]).dt.total_seconds().dropna() / 86_400
        accepted = episodes["accepted"].reindex(wait.index).astype(bool)
        yes, no = wait[accepted], wait[~accepted]
        error = np.sqrt(yes.var() / len(yes) + no.var() / len(no))
        assert abs(yes.mean() - no.mean()) < 4 * error

    def test_refused_bookings_are_cancelled(self, tables):
        """Nobody attends a visit of a referral that was refused."""
        episodes = tables["episodes"]
        refused = episodes.loc[~episodes["accepted"].astype(bool), "episode_id"]
        rows = tables["attendance"][tables["attendance"]["episode_id"].isin(refused)]
        assert (rows["status"] == "cancelled").all()

    def test_first_attended_visit_is_that_of_the_episode(self, tables):
        """Two tables tell one story."""
        attendance = tables["attendance"]
        seen = attendance[attendance["status"] == "attended"].groupby("episode_id")["at"].min()
        told = tables["episodes"].set_index("episode_id")["first_attended_at"].dropna()
        assert told.equals(seen.reindex(told.index).rename("first_attended_at"))

    def test_no_visit_after_the_end(self, tables):
        """An episode ends after its last visit."""
        ends = tables["episodes"].set_index("episode_id")["ended_at"]
        attendance = tables["attendance"]
        attended = attendance[attendance["status"] == "attended"]
        end = ends.reindex(attended["episode_id"]).reset_index(drop=True)
        at = attended["at"].reset_index(drop=True)
        assert (end.isna() | (at <= end)).all()
