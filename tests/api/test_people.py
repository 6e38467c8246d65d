"""Erasure: nothing of the person is left anywhere, everything of others is."""

from data.tables import CLINIC, metadata, slot_claims

WHO = "Zq-person-to-erase"


def live(service, person: str, **headers) -> str:
    """A match, a hold, a course with a visit and a questionnaire, content used and suggested."""
    match_id = service.match(patient_id=person, intake_id=f"i-{person}").json()["match_id"]
    place = {"clinician_id": "a", "patient_id": person, "match_id": match_id}
    assert service.post("/v1/holds", place, **headers).status_code == 201
    at = service.now.isoformat()
    course = {"episode_id": f"e-{person}", "at": at}
    events = [
        {**course, "type": "booked", "intake_id": f"i-{person}", "clinician_id": "a"},
        {**course, "type": "attended"},
        {"type": "measure", "at": at, "patient_id": person, "instrument": "phq9", "total": 9},
        {"type": "complete", "at": at, "user_id": person, "item_id": "sleep-1"},
        {
            "type": "override",
            "at": at,
            "match_id": match_id,
            "clinician_id": "b",
            "reason": "other",
        },
    ]
    sent = [{**event, "event_id": f"{person}-{place}"} for place, event in enumerate(events)]
    answer = service.post("/v1/events", {"events": sent}).json()
    assert answer["accepted"] == len(sent), answer
    service.recommend(person)
    again = {"reason": "schedule", "clinician_ids": ["a"]}
    keyed = {name: f"{key}-again" for name, key in headers.items()}
    assert service.post(f"/v1/matches/{match_id}/rematch", again, **keyed).status_code == 200
    return match_id


def stored(service, word: str) -> dict[str, int]:
    """Rows by table in which a word stands anywhere."""
    found = {
        table.name: sum(word in repr(row) for row in service.rows(table))
        for table in metadata.sorted_tables
    }
    return {name: count for name, count in found.items() if count}


class TestDeletePerson:
    def test_nothing_is_left_and_others_are(self, service):
        """Not in any table, nor in an answer that is kept; the place stays taken."""
        mine = live(service, WHO, **{"Idempotency-Key": "k1"})
        other = live(service, "somebody-else", **{"Idempotency-Key": "k2"})
        before = stored(service, "somebody-else")
        assert stored(service, WHO)
        path = f"/v1/people/{WHO}"
        answer = service.client.delete(path, headers=service.headers)
        body = answer.json()
        assert answer.status_code == 200
        assert body["total"] == sum(body["rows"].values()) > 8
        assert stored(service, WHO) == {}
        assert stored(service, mine) == {}
        assert stored(service, "somebody-else") == before
        assert stored(service, other)
        assert len(service.rows(slot_claims)) == 2
        assert service.get(f"/v1/matches/{mine}").status_code == 404
        again = service.client.delete(path, headers=service.headers)
        assert (again.status_code, again.json()["total"]) == (200, 0)

    def test_an_intake_that_others_share_keeps_their_course(self, service):
        """A course that hangs on an id of two people is nobody's alone, and stays."""
        for person in (WHO, "twin"):
            service.match(patient_id=person, intake_id="shared")
        event = {"type": "booked", "at": service.now.isoformat(), "intake_id": "shared"}
        event |= {"event_id": "b1", "episode_id": "e1", "clinician_id": "a"}
        service.post("/v1/events", {"events": [event]})
        service.client.delete(f"/v1/people/{WHO}", headers=service.headers)
        assert len(service.rows(CLINIC["episodes"])) == 1

    def test_pages_of_the_file_are_overwritten(self, service):
        """The id stands nowhere in the files of the database either."""
        live(service, WHO)
        service.client.delete(f"/v1/people/{WHO}", headers=service.headers)
        for file in service.settings.home.glob("rapport.db*"):
            assert WHO.encode() not in file.read_bytes(), file.name
