from dataclasses import replace

import numpy as np
import pytest

from data.clinic import END_REASONS
from training.simulator.columns import MISSING, NO_TIME
from training.simulator.courses import STOPPED
from training.simulator.desk import Asks
from training.simulator.episodes import REASON, book


class TestBook:
    def test_times_are_in_order(self, rounds):
        """Asked, booked, seen, ended."""
        part = rounds[0]
        done = part.episodes
        assert (part.asks.asked_at[done.ask] < done.booked_at).all()
        assert (done.booked_at < done.slot).all()
        seen = done.attended
        assert (done.slot[seen] <= done.last_visit[seen]).all()
        assert (done.last_visit[seen] < done.ended_at[seen]).all()

    def test_nobody_attends_who_was_refused(self, rounds):
        """Acceptance comes first, and a refusal has no reason of an ending."""
        done = rounds[0].episodes
        assert not (done.attended & ~done.accepted).any()
        assert (done.reason[~done.accepted] == MISSING).all()

    def test_stoppers_drop_out_or_ask_again(self, rounds):
        """An unplanned stop is a dropout or a request for another clinician."""
        done = rounds[0].episodes
        stopped = done.attended & (done.courses.ending == STOPPED)
        words = {END_REASONS[place] for place in np.unique(done.reason[stopped])}
        assert words == {"dropout", "rematch_fit"}
        again = done.reason == REASON["rematch_fit"]
        assert np.array_equal(
            again & done.attended, done.attended & (done.asks_again_at != NO_TIME)
        )

    def test_refused_patients_ask_again(self, rounds):
        """A refusal leads to a second list."""
        done = rounds[0].episodes
        assert (done.asks_again_at[~done.accepted] > done.booked_at[~done.accepted]).all()

    def test_missed_first_appointments_leave_scores_as_they_were(self, rounds):
        """Whoever never came is as unwell as before."""
        done = rounds[0].episodes
        missed = ~done.attended
        assert np.array_equal(done.scores_then[missed], done.leanings.start[missed])

    def test_same_patients_have_the_same_luck_with_another_clinician(self, clinic):
        """Potential outcomes: in a world without effects the clinician changes no course."""
        setting = replace(
            clinic.setting,
            world=replace(
                clinic.setting.world,
                outcome=replace(
                    clinic.setting.world.outcome,
                    clinician_share=0.0,
                    match_share=0.0,
                    clinic_share=0.0,
                    stop_sd=0.0,
                    deterioration_sd=0.0,
                    preference_benefit=0.0,
                    preference_stop_odds=1.0,
                    concordance_benefit=0.0,
                    experience_benefit=0.0,
                    fit_benefit=0.0,
                ),
            ),
        )
        patients = setting.market.patients
        rows = np.arange(100)
        asks = Asks(
            intake=rows, asked_at=patients.requested_at[rows], without=np.full(100, MISSING)
        )
        starts = patients.severity.scores[rows]
        one = book(setting, asks, np.full(100, 3), starts, "luck")
        two = book(setting, asks, np.full(100, 11), starts, "luck")
        assert np.array_equal(one.courses.visits, two.courses.visits)

    def test_nobody_chosen_makes_no_episodes(self, clinic):
        """An empty round is a round."""
        patients = clinic.setting.market.patients
        asks = Asks(
            intake=np.arange(3), asked_at=patients.requested_at[:3], without=np.full(3, MISSING)
        )
        starts = patients.severity.scores[:3]
        none = book(clinic.setting, asks, np.full(3, MISSING), starts, "none")
        assert len(none.ask) == 0


class TestRunCare:
    def test_second_lists_leave_out_the_first_clinician(self, rounds):
        """Nobody is sent back to who refused them or whom they left."""
        second = rounds[1]
        assert len(second.asks) > 10
        for row, barred in enumerate(second.asks.without):
            assert barred not in second.shown.clinicians[row]

    def test_numbers_of_requests_differ_between_rounds(self, rounds):
        """Each list has a number of its own."""
        numbers = np.concatenate(
            [part.request_numbers(np.arange(len(part.asks))) for part in rounds]
        )
        assert len(set(numbers.tolist())) == len(numbers)

    def test_second_courses_start_where_the_first_ended(self, rounds):
        """Time and care are not undone."""
        first, second = rounds[0].episodes, rounds[1]
        asked = np.flatnonzero(first.asks_again_at != NO_TIME)
        done = second.episodes
        assert done.leanings.start == pytest.approx(first.scores_then[asked[done.ask]])
