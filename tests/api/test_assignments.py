"""A waiting list over HTTP: within the openings, safety first, and every entry a match of its own."""

import json

import pytest

from api.schemas_assignments import MOST_INTAKES, AssignmentAnswer
from data.tables import match_log


@pytest.fixture
def scarce(service):
    """A and b have one place each, a the sooner one."""
    for name in ("a", "b"):
        row = service.get(f"/v1/clinicians/{name}").json()
        row.pop("clinician_id")
        path = f"/v1/clinicians/{name}"
        service.client.put(path, json={**row, "open_slots": 1}, headers=service.headers)
    service.refresh()
    return service


def assign(service, *people: dict, **headers):
    intakes = [
        {**service.intake, "patient_id": f"w{place}", **one} for place, one in enumerate(people)
    ]
    return service.post("/v1/assignments", {"intakes": intakes}, **headers)


def chosen(answer) -> list[tuple[str | None, str | None]]:
    return [(row["clinician_id"], row["reason"]) for row in answer.json()["assignments"]]


class TestCreateAssignments:
    def test_nobody_is_promised_what_is_not_there(self, scarce):
        """Three people, two places: two are placed, one goes to a navigator."""
        answer = assign(scarce, {}, {}, {})
        body = AssignmentAnswer.model_validate_json(answer.content)
        assert (body.assigned, body.unassigned, body.gap) == (
            2,
            1,
            pytest.approx(0.0, abs=0.01),
        )
        assert sorted(name for name, _ in chosen(answer) if name) == ["a", "b"]
        (left,) = (row for row in body.assignments if row.clinician_id is None)
        assert (left.reason, left.pathway) == ("no_opening", "navigator")
        assert left.notes[0].code == "no_opening"

    def test_held_places_are_not_given_again(self, scarce):
        """What the ledger holds is gone for the plan too."""
        hold = {"clinician_id": "a", "patient_id": "somebody"}
        assert scarce.post("/v1/holds", hold).status_code == 201
        assert chosen(assign(scarce, {}, {})) in (
            [("b", None), (None, "no_opening")],
            [(None, "no_opening"), ("b", None)],
        )

    def test_red_is_never_placed(self, scarce):
        """The others are; the entry says whom to call."""
        answer = assign(scarce, {"cssrs": "high"}, {"region": "US-NY"}, {})
        assert chosen(answer) == [(None, "crisis"), (None, "nobody_eligible"), ("a", None)]
        crisis = answer.json()["assignments"][0]
        assert crisis["safety"]["resources"]
        assert crisis["pathway"] == "crisis"

    def test_each_entry_is_a_match(self, scarce):
        """It is logged with everybody who was eligible, can be read, and its place be booked."""
        entry = assign(scarce, {}).json()["assignments"][0]
        read = scarce.get(f"/v1/matches/{entry['match_id']}").json()
        assert [row["clinician_id"] for row in read["results"]] == ["a"]
        assert read["model"]["policy"] == "assignment"
        total = sum(reason["contribution"] for reason in read["results"][0]["reasons"])
        assert total == pytest.approx(entry["utility"])
        (row,) = (row for row in scarce.rows(match_log) if row["match_id"] == entry["match_id"])
        kept = json.loads(row["decision"])["candidates"]
        assert kept["clinician_ids"] == ["a", "b"]
        assert (kept["shown"], kept["exposure_probabilities"]) == (1, [1.0, 0.0])
        booking = {"clinician_id": "a", "patient_id": "w0", "match_id": entry["match_id"]}
        assert scarce.post("/v1/bookings", booking).status_code == 201

    def test_one_key_is_one_plan(self, scarce):
        """A repeat gives the same bytes and logs nothing more."""
        first, second = (
            assign(scarce, {}, {}, **{"Idempotency-Key": "once"}) for _ in range(2)
        )
        assert first.content == second.content
        assert len(scarce.rows(match_log)) == 2

    @pytest.mark.parametrize("count", [0, MOST_INTAKES + 1])
    def test_lists_have_bounds(self, service, count):
        """At least one person, at most as many as are answered in time."""
        assert assign(service, *[{}] * count).status_code == 422
