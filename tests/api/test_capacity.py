"""Holds and bookings over HTTP: what is sold is sold once, to whom it was offered, and never in a crisis."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from api.examples import HOLD_REQUEST
from api.schemas_capacity import BookingAnswer, HoldAnswer


@pytest.fixture
def one_place(service):
    """Clinician d has one place."""
    service.add_clinician("d", open_slots=1, next_available=service.now + timedelta(days=1))
    service.refresh()
    return service


def hold(service, clinician_id="d", patient_id="p1", **given):
    body = {"clinician_id": clinician_id, "patient_id": patient_id, **given}
    return service.post("/v1/holds", body)


def kind(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


class TestCreateHold:
    def test_a_place_is_held_until_it_ends(self, one_place):
        """A quarter of an hour unless told otherwise; meanwhile nobody else gets it."""
        answer = hold(one_place)
        assert answer.status_code == 201
        body = HoldAnswer.model_validate_json(answer.content)
        ends = datetime.fromisoformat(body.expires_at)
        assert ends == one_place.now + timedelta(minutes=15)
        assert kind(hold(one_place, patient_id="p2")) == (409, "no-place-left")

    def test_the_example_names_the_fields(self):
        """Everything that a hold takes."""
        assert set(HOLD_REQUEST) == {"clinician_id", "patient_id", "match_id", "ttl_seconds"}

    def test_a_full_clinician_is_not_offered(self, one_place):
        """Who has no place left is left out of the next list, by reason."""
        before = one_place.match().json()
        assert "d" in [row["clinician_id"] for row in before["results"]]
        hold(one_place, patient_id="somebody")
        after = one_place.match().json()
        assert "d" not in [row["clinician_id"] for row in after["results"]]
        assert after["excluded"]["by_reason"]["capacity"] == 1

    def test_a_match_must_have_offered_it(self, one_place):
        """Named matches are those of the person, and hold the clinician."""
        match_id = one_place.match(patient_id="p1").json()["match_id"]
        assert hold(one_place, match_id=match_id).status_code == 201
        assert kind(hold(one_place, "c", match_id=match_id)) == (422, "invalid-request")
        assert kind(hold(one_place, patient_id="p2", match_id=match_id)) == (404, "not-found")
        assert kind(hold(one_place, match_id="nothing")) == (404, "not-found")

    def test_nobody_is_led_back_to_whom_they_left(self, one_place):
        """Neither with a match nor without one, nor under another id of the same clinician; others are."""
        same = {"npi": "1234567893", "next_available": one_place.now}
        for name in ("e1", "e2"):
            one_place.add_clinician(name, **same)
        one_place.refresh()
        match_id = one_place.match(patient_id="p1").json()["match_id"]
        body = {"reason": "fit", "clinician_ids": ["e1"]}
        assert one_place.post(f"/v1/matches/{match_id}/rematch", body).status_code == 200
        for name in ("e1", "e2"):
            assert kind(hold(one_place, name)) == (422, "invalid-request")
            assert kind(hold(one_place, name, match_id=match_id)) == (422, "invalid-request")
            booking = {"clinician_id": name, "patient_id": "p1"}
            assert kind(one_place.post("/v1/bookings", booking)) == (422, "invalid-request")
            assert hold(one_place, name, patient_id="p2").status_code == 201
        assert hold(one_place, match_id=match_id).status_code == 201

    def test_nobody_in_a_crisis_is_held_a_place(self, one_place):
        """Neither by the match, which offers nobody, nor around it."""
        match_id = one_place.match(patient_id="p9", cssrs="high").json()["match_id"]
        assert kind(hold(one_place, patient_id="p9")) == (409, "crisis-on-record")
        answer = hold(one_place, patient_id="p9", match_id=match_id)
        assert kind(answer) == (409, "crisis-on-record")

    @pytest.mark.parametrize(
        "body",
        [{}, {"clinician_id": "d"}, {"clinician_id": "d", "patient_id": "p", "ttl_seconds": 0}],
    )
    def test_bad_requests_are_refused(self, one_place, body):
        """Both ids are needed, and a hold lasts at least a second."""
        assert kind(one_place.post("/v1/holds", body)) == (422, "invalid-request")

    def test_an_unknown_clinician_is_not_found(self, one_place):
        """Ids are case-sensitive."""
        assert kind(hold(one_place, "D")) == (404, "not-found")


class TestDeleteHold:
    def test_the_place_is_free_again(self, one_place):
        """Giving it back twice is as good as once."""
        hold_id = hold(one_place).json()["hold_id"]
        path = f"/v1/holds/{hold_id}"
        for _ in range(2):
            answer = one_place.client.delete(path, headers=one_place.headers)
            assert (answer.status_code, answer.content) == (204, b"")
        assert hold(one_place, patient_id="p2").status_code == 201

    def test_what_is_not_there_or_sold_stays(self, one_place):
        """Unknown holds are not found, a booking is not undone."""
        hold_id = hold(one_place).json()["hold_id"]
        one_place.post("/v1/bookings", {"hold_id": hold_id})
        delete = one_place.client.delete
        sold = delete(f"/v1/holds/{hold_id}", headers=one_place.headers)
        unknown = delete("/v1/holds/nothing", headers=one_place.headers)
        assert kind(sold) == (409, "hold-over")
        assert kind(unknown) == (404, "not-found")


class TestCreateBooking:
    def test_a_hold_is_booked_once(self, one_place):
        """The second booking of one hold is refused."""
        hold_id = hold(one_place).json()["hold_id"]
        answer = one_place.post("/v1/bookings", {"hold_id": hold_id})
        assert answer.status_code == 201
        assert BookingAnswer.model_validate_json(answer.content).clinician_id == "d"
        assert kind(one_place.post("/v1/bookings", {"hold_id": hold_id})) == (409, "hold-over")

    def test_a_place_may_be_booked_at_once(self, one_place):
        """The same fields as a hold."""
        body = {"clinician_id": "d", "patient_id": "p1"}
        assert one_place.post("/v1/bookings", body).status_code == 201
        assert kind(one_place.post("/v1/bookings", body)) == (409, "no-place-left")

    @pytest.mark.parametrize(
        "body",
        [{}, {"patient_id": "p"}, {"hold_id": "h", "clinician_id": "d", "patient_id": "p"}],
    )
    def test_one_or_the_other(self, one_place, body):
        """A hold or a place, never both, never neither."""
        assert kind(one_place.post("/v1/bookings", body)) == (422, "invalid-request")

    def test_fifty_posts_with_one_key_are_one_booking(self, service):
        """Twenty places: one is sold, and every answer is the same or says to wait."""
        service.add_clinician("d", open_slots=20)
        body = {"clinician_id": "d", "patient_id": "p1"}
        with ThreadPoolExecutor(max_workers=8) as crowd:
            answers = list(
                crowd.map(
                    lambda _: service.post("/v1/bookings", body, **{"Idempotency-Key": "k"}),
                    range(50),
                )
            )
        sold = {answer.json()["booking_id"] for answer in answers if answer.status_code == 201}
        assert len(sold) == 1
        assert {answer.status_code for answer in answers} <= {201, 409}
        left = [service.post("/v1/bookings", body).status_code for _ in range(20)]
        assert left == [201] * 19 + [409]


class TestBookedEvents:
    def test_a_booking_by_the_intakes_own_id_is_that_of_the_hold(self, one_place):
        """The event names the intake of the match, the hold the person: one place, not two."""
        one_place.add_clinician("two", open_slots=2, next_available=one_place.now)
        one_place.refresh()
        one_place.match(patient_id="p1", intake_id="own-1")
        hold(one_place, "two")
        event = {"event_id": "b", "type": "booked", "at": one_place.now.isoformat()}
        event |= {"episode_id": "e", "intake_id": "own-1", "clinician_id": "two"}
        assert one_place.post("/v1/events", {"events": [event]}).json()["accepted"] == 1
        assert hold(one_place, "two", patient_id="p2").status_code == 201
        assert kind(hold(one_place, "two", patient_id="p3")) == (409, "no-place-left")

    def booked(self, service, number: int, patient_id: str = "p1", days: float = 0.0):
        """Send one booking of clinician d, some days old."""
        at = (service.now - timedelta(days=days)).isoformat()
        event = {
            "event_id": f"event-{number}",
            "type": "booked",
            "episode_id": f"episode-{number}",
            "intake_id": f"intake-{number}",
            "clinician_id": "d",
            "patient_id": patient_id,
            "at": at,
        }
        return service.post("/v1/events", {"events": [event]})

    def test_a_booking_elsewhere_takes_a_place(self, one_place):
        """The event is enough; sent twice it is one booking."""
        for _ in range(2):
            assert self.booked(one_place, 1).status_code == 200
        assert kind(hold(one_place, patient_id="p2")) == (409, "no-place-left")

    def test_the_booking_of_a_hold_is_not_a_second_one(self, service):
        """Two places, one person who holds one and books it by event: one is left."""
        service.add_clinician("d", open_slots=2)
        hold_id = hold(service).json()["hold_id"]
        self.booked(service, 1)
        assert kind(service.post("/v1/bookings", {"hold_id": hold_id})) == (409, "hold-over")
        assert hold(service, patient_id="p2").status_code == 201
        assert kind(hold(service, patient_id="p3")) == (409, "no-place-left")

    def test_old_news_is_in_the_clinics_own_count(self, one_place):
        """What happened days ago takes no place of today's count."""
        self.booked(one_place, 1, days=3)
        assert hold(one_place, patient_id="p2").status_code == 201

    def test_more_bookings_than_places_are_kept_all_the_same(self, one_place):
        """Events are facts: none is refused for want of a place."""
        for number in range(3):
            answer = self.booked(one_place, number, patient_id=f"p{number}").json()
            assert answer["accepted"] == 1
