"""Events over HTTP: each accepted, known or refused on its own, committed before the answer."""

import pytest

from api.schemas_events import EventsAnswer
from data.tables import CLINIC, care_events

AT = "2026-11-24T11:00:00Z"
VIEW = {"event_id": "v", "type": "view", "user_id": "u", "item_id": "s", "at": AT}
BOOKED = {
    "event_id": "b",
    "type": "booked",
    "episode_id": "e",
    "intake_id": "i",
    "clinician_id": "c",
    "at": AT,
}


def send(service, *events, **headers):
    return service.post("/v1/events", {"events": list(events)}, **headers)


def refusal(service, **changes) -> tuple[str, str]:
    """Type and field of the one refused event."""
    event = {name: value for name, value in {**VIEW, **changes}.items() if value is not ...}
    answer = send(service, event)
    assert answer.status_code == 200
    (result,) = answer.json()["results"]
    assert result["status"] == "refused"
    return result["error"]["type"], result["error"]["where"]


class TestSendEvents:
    def test_accepted_duplicate_and_refused_side_by_side(self, service):
        """One bad event takes nothing away from the others."""
        answer = send(service, VIEW, VIEW, {**VIEW, "event_id": "x", "fraction": 2}, BOOKED)
        body = EventsAnswer.model_validate_json(answer.content)
        assert [result.status for result in body.results] == [
            "accepted",
            "duplicate",
            "refused",
            "accepted",
        ]
        assert (body.accepted, body.duplicate, body.refused) == (2, 1, 1)
        assert body.results[2].error.where == "fraction"
        assert len(service.rows(CLINIC["content_events"])) == 1
        assert len(service.rows(CLINIC["episodes"])) == 1

    def test_sending_again_changes_nothing(self, service):
        """A client that is not sure sends the same call again."""
        send(service, VIEW, BOOKED)
        again = send(service, VIEW, BOOKED).json()
        assert (again["accepted"], again["duplicate"]) == (0, 2)

    def test_a_course_of_care(self, service):
        """All types of care events in one call end in their tables."""
        answer = send(
            service,
            BOOKED,
            {"event_id": "1", "type": "accepted", "episode_id": "e", "at": AT},
            {"event_id": "2", "type": "attended", "episode_id": "e", "at": AT},
            {
                "event_id": "3",
                "type": "late_cancel",
                "episode_id": "e",
                "at": "2026-11-25T11:00:00+01:00",
                "status": "late_cancel",
            },
            {
                "event_id": "4",
                "type": "measure",
                "patient_id": "p",
                "instrument": "phq9",
                "items": [1, 1, 1, 1, 1, 1, 1, 1, 2],
                "at": AT,
            },
            {
                "event_id": "5",
                "type": "ended",
                "episode_id": "e",
                "at": AT,
                "end_reason": "planned",
                "patient_id": "p",
            },
            {"event_id": "6", "type": "override", "match_id": "m", "reason": "other", "at": AT},
        ).json()
        assert answer["accepted"] == 7, answer
        (episode,) = service.rows(CLINIC["episodes"])
        assert (episode["accepted"], episode["end_reason"]) == (True, "planned")
        (measure,) = service.rows(CLINIC["measures"])
        assert (measure["total"], measure["item9"]) == (10.0, 2)
        assert len(service.rows(care_events)) == 7

    def test_a_given_item_9_stays(self, service):
        """The column wins over the ninth answer where both are sent."""
        event = {
            "event_id": "m",
            "type": "measure",
            "patient_id": "p",
            "instrument": "phq9",
            "items": [0] * 9,
            "item9": 1,
            "at": AT,
        }
        assert send(service, event).json()["accepted"] == 1
        assert service.rows(CLINIC["measures"])[0]["item9"] == 1

    @pytest.mark.parametrize(
        ("changes", "kind", "where"),
        [
            ({"type": ...}, "missing", "type"),
            ({"type": "danced"}, "unknown_type", "type"),
            ({"type": 5}, "unknown_type", "type"),
            ({"event_id": ...}, "missing", "event_id"),
            ({"event_id": ""}, "string_too_short", "event_id"),
            ({"event_id": "x" * 129}, "string_too_long", "event_id"),
            ({"event_id": "a\u0000b"}, "string_pattern_mismatch", "event_id"),
            ({"user_id": ...}, "missing", "user_id"),
            ({"at": "2026-11-24"}, "time_format", "at"),
            ({"at": "2026-11-24T11:00:00"}, "time_format", "at"),
            ({"at": "0001-01-01T00:00:00+14:00"}, "time_range", "at"),
            ({"at": 5}, "datetime_type", "at"),
            ({"position": 2**70}, "less_than_equal", "position"),
            ({"context_local_hour": 3.5}, "int_type", "context_local_hour"),
            ({"mood_after": True}, "float_type", "mood_after"),
            ({"name": "Jane"}, "extra_forbidden", "name"),
            ({"Jane Doe, Elm St": 1}, "extra_forbidden", "?"),
        ],
    )
    def test_each_rule_of_content_events(self, service, changes, kind, where):
        """A refused event names rule and field."""
        assert refusal(service, **changes) == (kind, where)

    @pytest.mark.parametrize(
        ("event", "kind", "where"),
        [
            ({"type": "ended", "episode_id": "e"}, "unknown_episode", "episode_id"),
            ({"type": "booked", "episode_id": "e"}, "missing", "intake_id"),
            (
                {"type": "ended", "episode_id": "e", "end_reason": "x"},
                "literal_error",
                "end_reason",
            ),
            (
                {"type": "attended", "episode_id": "e", "status": "no_show"},
                "status_mismatch",
                "status",
            ),
            (
                {"type": "measure", "patient_id": "p", "instrument": "phq9", "total": 40},
                "total_range",
                "total",
            ),
            (
                {"type": "measure", "patient_id": "p", "instrument": "phq9"},
                "total_missing",
                "total",
            ),
            (
                {"type": "measure", "patient_id": "p", "instrument": "srs", "items": [1]},
                "items_unknown",
                "items",
            ),
            (
                {
                    "type": "measure",
                    "patient_id": "p",
                    "instrument": "gad7",
                    "items": [1] * 7,
                    "total": 9,
                },
                "total_mismatch",
                "total",
            ),
            (
                {"type": "override", "match_id": "m", "reason": "He said so."},
                "string_pattern_mismatch",
                "reason",
            ),
        ],
    )
    def test_each_rule_of_care_events(self, service, event, kind, where):
        """Care events have rules that look at more than one field."""
        answer = send(service, {"event_id": "x", "at": AT, **event}).json()
        assert answer["results"][0]["error"]["type"] == kind
        assert answer["results"][0]["error"]["where"] == where
        assert service.rows(care_events) == []

    def test_an_event_that_is_no_object(self, service):
        """A number among the events is refused and has no id."""
        answer = send(service, 5, VIEW).json()
        assert answer["results"][0] == {
            "event_id": None,
            "status": "refused",
            "error": {"type": "model_type", "where": "event", "msg": "must be an object"},
        }
        assert answer["accepted"] == 1

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            ({"events": [VIEW] * 1_001}, "too_long"),
            ({}, "missing"),
            ({"events": {}}, "list_type"),
            ({"events": [], "more": 1}, "extra_forbidden"),
            ([1], "model_type"),
        ],
    )
    def test_the_call_as_a_whole(self, service, body, kind):
        """A body that is no list of at most 1,000 events is refused as a whole."""
        answer = service.post("/v1/events", body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["type"] == kind

    def test_a_thousand_at_once(self, service):
        """A full call is taken."""
        events = [{**VIEW, "event_id": f"e{n}"} for n in range(1_000)]
        assert send(service, *events).json()["accepted"] == 1_000

    def test_no_events(self, service):
        """An empty list is fine."""
        assert send(service).json()["results"] == []
