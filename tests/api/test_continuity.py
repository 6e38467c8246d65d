"""Earlier courses over HTTP: whom a person knows counts, unless they ask for someone new."""

import json
from datetime import timedelta

import pytest

from data.tables import CLINIC, match_log


def at(service, days: float) -> str:
    return (service.now + timedelta(days=days)).isoformat()


def ids(answer) -> list[str]:
    return [row["clinician_id"] for row in answer.json()["results"]]


def codes(answer, clinician_id: str) -> dict[str, float]:
    (row,) = (row for row in answer.json()["results"] if row["clinician_id"] == clinician_id)
    return {reason["code"]: reason["contribution"] for reason in row["reasons"]}


@pytest.fixture
def care(service):
    """Events of a course with b: booked for an intake, visits on some days, and an end."""

    def report(intake_id: str, *days: float, reason: str | None = None, **booking) -> None:
        base = {"episode_id": f"e-{intake_id}", "intake_id": intake_id, "clinician_id": "b"}
        events = [{**base, **booking, "type": "booked", "at": at(service, -300)}]
        events += [
            {"type": "attended", "episode_id": base["episode_id"], "at": at(service, day)}
            for day in days
        ]
        if reason:
            end = {"type": "ended", "episode_id": base["episode_id"], "at": at(service, -1)}
            events.append({**end, "end_reason": reason})
        sent = [
            {**event, "event_id": f"{intake_id}-{number}"}
            for number, event in enumerate(events)
        ]
        answer = service.post("/v1/events", {"events": sent}).json()
        assert answer["accepted"] == len(sent)

    return report


class TestKnownClinicians:
    def test_a_course_that_goes_on_counts(self, service, care):
        """D has the later appointment and stands second; with five hundredths of a point it leads."""
        service.add_clinician("d", next_available=service.now + timedelta(days=6))
        service.refresh()
        assert ids(service.match(intake_id="own-7", phq9_item9=1)) == ["a", "d", "b"]
        care("own-7", -20, clinician_id="d")
        again = service.match(phq9_item9=1)
        assert ids(again) == ["d", "a", "b"]
        assert codes(again, "d")["in_care"] == pytest.approx(0.05)
        assert not {"in_care", "returning"} & {*codes(again, "a"), *codes(again, "b")}

    def test_a_planned_ending_is_worth_a_return(self, service, care):
        """Found by the match that the booking names; the log says whom the person knew."""
        match = service.match().json()
        care("anything", -60, -50, -40, reason="planned", request_id=match["match_id"])
        again = service.match()
        assert codes(again, "b")["returning"] == pytest.approx(0.05)
        stored = {
            row["match_id"]: json.loads(row["decision"]) for row in service.rows(match_log)
        }
        kept = stored[again.json()["match_id"]]
        assert kept["familiar"] == {"in_care": [], "returning": ["b"]}
        places = dict(
            zip(
                kept["candidates"]["clinician_ids"],
                kept["candidates"]["bonuses"]["returning"],
                strict=True,
            )
        )
        assert places == {"a": 0.0, "b": 0.05}

    def test_someone_new_is_someone_new(self, service, care):
        """The person's word, or a rematch: nobody counts for more."""
        match = service.match(intake_id="own-7").json()
        care("own-7", -20)
        body = {"intake": service.intake, "someone_new": True}
        fresh = service.post("/v1/matches", body)
        assert ids(fresh) == ["a", "b"]
        assert "in_care" not in codes(fresh, "b")
        path = f"/v1/matches/{match['match_id']}/rematch"
        rematch = service.post(path, {"reason": "schedule", "clinician_ids": ["b"]})
        assert ids(rematch) == ["a"]

    def test_another_person_knows_nobody(self, service, care):
        """Not even one whose other system numbers intakes alike."""
        service.match(intake_id="1", patient_id="p1")
        service.match(intake_id="1", patient_id="p2")
        care("1", -20)
        for person in ("p1", "p2", "p3"):
            assert "in_care" not in codes(service.match(patient_id=person), "b")

    def test_whom_a_person_left_for_fit_is_out(self, service, care):
        """An ending that an event reports of a match over HTTP is enough."""
        service.match(intake_id="own-7")
        care("own-7", -60, -50, -40, reason="rematch_fit")
        assert len(service.rows(CLINIC["intakes"])) == 0
        answer = service.match()
        assert ids(answer) == ["a"]
        assert answer.json()["excluded"]["by_reason"]["previous_clinician"] == 1
        assert ids(service.match(patient_id="another")) == ["a", "b"]
