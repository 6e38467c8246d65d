from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from data.directory import UNKNOWN_TIME
from training.outcomes import MATURITY_DAYS, clinic_outcomes

BOOKED = datetime(2026, 1, 1, tzinfo=UTC)


def days(count: float) -> datetime:
    return BOOKED + timedelta(days=count)


def at(count: float) -> int:
    return int(days(count).timestamp() * 1e6)


def times(values) -> pd.Series:
    return pd.to_datetime(pd.Series(values), utc=True).astype("datetime64[us, UTC]")


def clinic(*, visits=(), scores=(), until=400.0, intake=None, **episode) -> dict:
    """One episode booked on day 0; visits on days, scores as (instrument, day, total)."""
    plain = {"accepted": True, "first": visits[0] if visits else None, "ended": None}
    given = {**plain, "end_reason": None, **episode}
    attendance = [("e1", days(day), "attended") for day in visits]
    attendance.append(("other", days(until), "attended"))
    return {
        "intakes": pd.DataFrame(
            {
                "intake_id": ["i1"],
                "patient_id": ["p1"],
                "requested_at": times([days(-5)]),
                **{name: [value] for name, value in (intake or {}).items()},
            }
        ),
        "episodes": pd.DataFrame(
            {
                "episode_id": ["e1"],
                "intake_id": ["i1"],
                "clinician_id": ["c1"],
                "booked_at": times([BOOKED]),
                "accepted": pd.array([given["accepted"]], dtype="boolean"),
                "first_attended_at": times(
                    [None if given["first"] is None else days(given["first"])]
                ),
                "ended_at": times([None if given["ended"] is None else days(given["ended"])]),
                "end_reason": pd.Series([given["end_reason"]], dtype="str"),
            }
        ),
        "attendance": pd.DataFrame(attendance, columns=["episode_id", "at", "status"]).assign(
            at=lambda frame: times(frame["at"])
        ),
        "measures": pd.DataFrame(
            [("p1", name, days(day), float(total)) for name, day, total in scores],
            columns=["patient_id", "instrument", "at", "total"],
        ).assign(at=lambda frame: times(frame["at"])),
    }


def label(frames: dict, head: str) -> tuple[float | None, int | None]:
    """The label and when it became known, None for unknown."""
    found = clinic_outcomes(frames)
    value = float(found.label(head)[0])
    known = found.observed_at[
        ["accept", "attend", "engage", "improve", "deteriorate"].index(head)
    ]
    assert (known[0] == UNKNOWN_TIME) == np.isnan(value)
    return (None, None) if np.isnan(value) else (value, int(known[0]))


class TestAccept:
    def test_as_recorded(self):
        """Acceptance and refusal are known at the booking."""
        assert label(clinic(), "accept") == (1.0, at(0))
        assert label(clinic(accepted=False), "accept") == (0.0, at(0))

    def test_a_visit_shows_acceptance(self):
        """Where nothing is recorded, who was seen was accepted."""
        assert label(clinic(accepted=None, visits=(10,)), "accept") == (1.0, at(10))
        assert label(clinic(accepted=None), "accept") == (None, None)


class TestAttend:
    def test_the_first_visit_is_the_label(self):
        """From the episode or else from attendance; it counts when a miss would."""
        assert label(clinic(visits=(10,)), "attend") == (1.0, at(30))
        assert label(clinic(visits=(10,), first=None), "attend") == (1.0, at(30))

    def test_missed_after_thirty_days(self):
        """Nobody has missed a visit that may still come, and bad news is no faster than good."""
        assert label(clinic(), "attend") == (0.0, at(30))
        assert label(clinic(ended=12, end_reason="dropout"), "attend") == (0.0, at(30))
        assert label(clinic(until=20), "attend") == (None, None)

    @pytest.mark.parametrize("reason", ["insurance", "moved", "clinician_left", "higher_care"])
    def test_endings_that_are_not_about_the_fit_are_no_label(self, reason):
        """Who lost insurance before the first visit did not stay away."""
        assert label(clinic(ended=12, end_reason=reason), "attend") == (None, None)

    def test_who_was_declined_could_not_attend(self):
        """Attendance is given acceptance."""
        assert label(clinic(accepted=False), "attend") == (None, None)


class TestEngage:
    def test_three_visits_within_sixty_days(self):
        """Two visits, or a third on day 61, are not enough; either way day 60 tells."""
        assert label(clinic(visits=(10, 17, 70)), "engage") == (1.0, at(70))
        assert label(clinic(visits=(10, 17, 71)), "engage") == (0.0, at(70))
        assert label(clinic(visits=(10, 17)), "engage") == (0.0, at(70))

    def test_good_and_bad_news_count_from_the_same_day(self):
        """Otherwise a clinician with many recent courses would look better than he or she is."""
        stopped = clinic(visits=(10,), ended=40, end_reason="dropout")
        assert label(stopped, "engage") == (0.0, at(70))
        assert label(clinic(visits=(10, 17, 24)), "engage") == (1.0, at(70))

    def test_a_course_cut_short_is_no_label(self):
        """Censored before day 60 is unknown; after three visits it does not matter."""
        short = clinic(visits=(10, 17), ended=40, end_reason="censored")
        full = clinic(visits=(10, 17, 24), ended=40, end_reason="censored")
        assert label(short, "engage") == (None, None)
        assert label(full, "engage") == (1.0, at(70))

    def test_what_may_still_come_is_no_label(self):
        """On day 60 of the log, a course of two visits that began on day 10 is open."""
        assert label(clinic(visits=(10, 17), until=60), "engage") == (None, None)

    def test_nobody_engages_without_attending(self):
        """Engagement is given attendance."""
        assert label(clinic(), "engage") == (None, None)

    def test_without_attendance_it_is_unknown(self):
        """A clinic that keeps no visits has no label, but has its other ones."""
        frames = clinic(visits=(10,))
        del frames["attendance"]
        found = clinic_outcomes(frames)
        assert found.visits.tolist() == [-1]
        assert label(frames, "engage") == (None, None)
        assert label(frames, "attend")[0] == 1.0

    def test_cancelled_visits_do_not_count(self):
        """Only attended ones do."""
        frames = clinic(visits=(10, 17, 24))
        frames["attendance"].loc[1, "status"] = "no_show"
        assert label(frames, "engage") == (0.0, at(70))
        assert clinic_outcomes(frames).visits.tolist() == [2]


THREE = (10, 17, 24)


class TestImprove:
    def test_a_reliable_fall_of_phq9(self):
        """16 to 10 is six points; 16 to 11 is not."""
        better = clinic(visits=THREE, scores=[("phq9", 10, 16), ("phq9", 80, 10)])
        same = clinic(visits=THREE, scores=[("phq9", 10, 16), ("phq9", 80, 11)])
        assert label(better, "improve") == (1.0, at(80))
        assert label(same, "improve") == (0.0, at(80))
        assert label(better, "deteriorate") == (0.0, at(80))

    def test_the_latest_score_in_the_window_counts(self):
        """Days 56 to 112 after the first visit; day 55 and day 113 are outside."""
        scores = [("phq9", 10, 16), ("phq9", 66, 10), ("phq9", 122, 16), ("phq9", 123, 2)]
        assert label(clinic(visits=THREE, scores=scores), "improve") == (0.0, at(122))
        early = [("phq9", 10, 16), ("phq9", 65, 2)]
        assert label(clinic(visits=THREE, scores=early), "improve") == (None, None)

    def test_the_nearest_baseline_counts(self):
        """A score of the first week beats one of two weeks before; the intake stands in."""
        scores = [("phq9", -3, 20), ("phq9", 12, 12), ("phq9", 80, 8)]
        assert label(clinic(visits=THREE, scores=scores), "improve")[0] == 0.0
        intake = {"phq9_total": 16}
        last = [("phq9", 80, 8)]
        assert label(clinic(visits=THREE, scores=last, intake=intake), "improve")[0] == 1.0
        assert label(clinic(visits=THREE, scores=last), "improve") == (None, None)

    def test_worse_on_another_measure_is_no_improvement(self):
        """Better on PHQ-9 and worse on GAD-7 is neither."""
        scores = [("phq9", 10, 16), ("phq9", 80, 6), ("GAD7", 10, 8), ("GAD7", 81, 14)]
        frames = clinic(visits=THREE, scores=scores)
        assert label(frames, "improve") == (0.0, at(81))
        assert label(frames, "deteriorate") == (0.0, at(81))

    def test_deterioration_mirrors_it(self):
        """Six points up on PHQ-9, and ORS points down, are worse."""
        phq = clinic(visits=THREE, scores=[("phq9", 10, 10), ("phq9", 80, 16)])
        ors = clinic(visits=THREE, scores=[("ors", 10, 20.0), ("ors", 80, 14.5)])
        for frames in (phq, ors):
            assert label(frames, "deteriorate")[0] == 1.0
            assert label(frames, "improve")[0] == 0.0

    def test_given_engagement(self):
        """Who did not engage has no outcome label, though the outcome was observed."""
        frames = clinic(visits=(10,), scores=[("phq9", 10, 16), ("phq9", 80, 6)])
        assert label(frames, "improve") == (None, None)
        assert clinic_outcomes(frames).outcome_observed.tolist() == [True]

    def test_a_missing_outcome_is_not_failure(self):
        """Without a later score the label is unknown."""
        frames = clinic(visits=THREE, scores=[("phq9", 10, 16), ("srs", 80, 40)])
        assert label(frames, "improve") == (None, None)
        assert clinic_outcomes(frames).outcome_observed.tolist() == [False]

    def test_scores_of_another_episode_do_not_count(self):
        """A named episode binds a score; an unnamed one goes by the patient."""
        frames = clinic(visits=THREE, scores=[("phq9", 10, 16), ("phq9", 80, 6)])
        frames["measures"]["episode_id"] = pd.Series(["e1", "e9"], dtype="str")
        assert label(frames, "improve") == (None, None)
        frames["measures"]["episode_id"] = pd.Series(["e1", "e1"], dtype="str")
        assert label(frames, "improve")[0] == 1.0


class TestClinicOutcomes:
    def test_an_empty_clinic(self):
        """No tables at all give no episodes."""
        found = clinic_outcomes({})
        assert found.labels.shape == (5, 0)
        assert found.episode_ids == ()

    def test_only_required_columns(self):
        """Optional columns may be missing everywhere."""
        frames = clinic(visits=THREE)
        frames["episodes"] = frames["episodes"][
            ["episode_id", "intake_id", "clinician_id", "booked_at"]
        ]
        assert label(frames, "engage") == (1.0, at(70))

    def test_an_unknown_intake(self):
        """The episode keeps its labels, but nobody learns from it."""
        frames = clinic(visits=THREE)
        del frames["intakes"]
        found = clinic_outcomes(frames)
        assert found.intake_rows.tolist() == [-1]
        assert not found.known_before("engage", at(400)).any()

    def test_a_label_counts_only_after_it_was_known(self):
        """What counts from day 70 is not known on day 70 itself."""
        found = clinic_outcomes(clinic(visits=THREE))
        assert not found.known_before("engage", at(70))[0]
        assert found.known_before("engage", at(70) + 1)[0]

    def test_censoring_is_marked(self):
        """Neutral endings are told from others."""
        neutral = clinic_outcomes(clinic(ended=3, end_reason="moved"))
        plain = clinic_outcomes(clinic(ended=3, end_reason="dropout"))
        assert neutral.is_censored.tolist() == [True]
        assert plain.is_censored.tolist() == [False]

    def test_maturity(self):
        """14 days to choose, 30 to attend, 112 to the outcome, 14 of grace."""
        assert MATURITY_DAYS == 14 + 30 + 112 + 14
