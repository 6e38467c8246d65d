"""Rematches: never the same clinician, never a lower tier, through any chain."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.examples import REMATCH_REQUEST
from api.schemas_matches import MatchAnswer
from data.tables import left_clinicians, match_log

CANARY = "zebra-canary-free-text"


@pytest.fixture
def many(service):
    """Clinicians a, b and d to h may be offered."""
    for name in "defgh":
        service.add_clinician(name)
    service.refresh()
    return service


def ids(answer: dict) -> list[str]:
    return [row["clinician_id"] for row in answer["results"]]


def rematch(service, match_id: str, **body):
    return service.post(f"/v1/matches/{match_id}/rematch", {"reason": "fit", **body})


class TestCreateRematch:
    def test_whom_the_person_names_is_not_offered(self, many):
        """The others are; the answer says after which match it comes, and counts the reason."""
        first = many.match().json()
        answer = rematch(many, first["match_id"], clinician_ids=["a"])
        assert answer.status_code == 200
        MatchAnswer.model_validate_json(answer.content)
        body = answer.json()
        assert set(ids(body)) == set(ids(first)) - {"a"}
        assert body["previous_match_id"] == first["match_id"]
        assert body["excluded"]["by_reason"]["previous_clinician"] == 1
        assert "previous_clinician" not in [row["constraint"] for row in body["relaxations"]]

    def test_whom_the_person_booked_is_not_offered(self, many):
        """A booking in the ledger is enough; nobody has to be named."""
        first = many.match(patient_id="p7").json()
        many.post("/v1/bookings", {"clinician_id": "b", "patient_id": "p7"})
        found = rematch(many, first["match_id"]).json()
        assert set(ids(found)) == set(ids(first)) - {"b"}

    def test_where_nobody_is_known_nobody_offered_before_is_offered_again(self, many):
        """Safe where the service cannot tell: three were shown, the other four come."""
        first = many.match(limit=3).json()
        found = rematch(many, first["match_id"]).json()
        assert not set(ids(first)) & set(ids(found))
        assert len(ids(found)) == 4

    @pytest.mark.parametrize("named", [["a"], ["nobody-here"]])
    def test_the_booked_are_left_whoever_is_named(self, many, named):
        """A wrong name does not bring the clinician back whom the person went to."""
        first = many.match(patient_id="p7").json()
        many.post("/v1/bookings", {"clinician_id": "b", "patient_id": "p7"})
        found = rematch(many, first["match_id"], clinician_ids=named).json()
        assert set(ids(found)) == set(ids(first)) - {"b", *named}

    @pytest.mark.parametrize("booking", [{}, {"intake_id": "theirs"}])
    def test_a_booking_by_events_is_enough(self, many, booking):
        """Reported with an old date, by the intake of the match or by the match itself."""
        first = many.match(patient_id="p7", intake_id="ours").json()
        event = {
            "event_id": "e",
            "type": "booked",
            "episode_id": "e",
            "intake_id": "ours",
            "request_id": first["match_id"] if booking else None,
            "clinician_id": "b",
            "at": "2020-01-01T00:00:00Z",
            **booking,
        }
        assert many.post("/v1/events", {"events": [event]}).json()["accepted"] == 1
        found = rematch(many, first["match_id"]).json()
        assert set(ids(found)) == set(ids(first)) - {"b"}

    def test_whom_an_override_chose_is_left(self, many):
        """A desk that booked somebody else says so by an event."""
        first = many.match().json()
        event = {
            "event_id": "o",
            "type": "override",
            "match_id": first["match_id"],
            "clinician_id": "d",
            "reason": "phone",
            "at": "2026-11-24T11:00:00Z",
        }
        assert many.post("/v1/events", {"events": [event]}).json()["accepted"] == 1
        assert set(ids(first)) - {"d"} == set(ids(rematch(many, first["match_id"]).json()))

    def test_a_name_that_nobody_was_offered_says_nothing(self, many):
        """Who cannot be told apart is left: all three who were shown."""
        first = many.match(limit=3).json()
        found = rematch(many, first["match_id"], clinician_ids=["nobody-here"]).json()
        assert not set(ids(first)) & set(ids(found))

    def test_a_booking_of_somebody_else_says_nothing(self, many):
        """Two systems that number alike: the other's clinician is out, and so are the three shown."""
        first = many.match(limit=3, patient_id="p7", intake_id="1").json()
        many.match(patient_id="p8", intake_id="1")
        event = {
            "event_id": "e",
            "type": "booked",
            "episode_id": "e",
            "intake_id": "1",
            "clinician_id": "h",
            "at": "2026-11-24T11:00:00Z",
        }
        assert many.post("/v1/events", {"events": [event]}).json()["accepted"] == 1
        found = rematch(many, first["match_id"]).json()
        assert not {*ids(first), "h"} & set(ids(found))

    def test_a_complaint_about_nobody_in_particular_lasts(self, many):
        """Nobody can tell whom it is about, so that none of them comes again."""
        first = many.match(patient_id="p9", limit=3).json()
        rematch(many, first["match_id"], reason="complaint")
        assert not set(ids(first)) & set(ids(many.match(patient_id="p9").json()))

    def test_a_list_that_was_only_seen_is_left_for_this_chain(self, many):
        """Nobody on it was met, so that a later, unrelated request may offer them again."""
        first = many.match(patient_id="p9", limit=3).json()
        second = rematch(many, first["match_id"]).json()
        third = rematch(many, second["match_id"], clinician_ids=[ids(second)[0]]).json()
        assert not {*ids(first), ids(second)[0]} & set(ids(third))
        assert set(ids(many.match(patient_id="p9").json())) >= set(ids(first))

    def test_nobody_is_left_leads_to_a_navigator(self, many):
        """Never the same clinician again, not even where there is no other."""
        first = many.match().json()
        found = rematch(many, first["match_id"]).json()
        assert found["pathway"] == "navigator"
        assert found["results"] == []
        assert found["notes"]

    def test_a_chain_cannot_be_left_by_an_earlier_link(self, many):
        """A rematch of the first match knows of the second one's."""
        first = many.match().json()["match_id"]
        second = rematch(many, first, clinician_ids=["a"]).json()["match_id"]
        third = rematch(many, second, clinician_ids=["b"]).json()
        assert not {"a", "b"} & set(ids(third))
        again = rematch(many, first, clinician_ids=["d"], reason="schedule").json()
        assert not {"a", "b", "d"} & set(ids(again))

    def test_lasting_reasons_hold_for_a_new_match(self, many):
        """Who was left for fit is not offered to a fresh request; who was left for time may be."""
        first = many.match(patient_id="p8").json()["match_id"]
        rematch(many, first, clinician_ids=["a"])
        rematch(many, first, clinician_ids=["b"], reason="schedule")
        fresh = many.match(patient_id="p8").json()
        assert "a" not in ids(fresh)
        assert "b" in ids(fresh)
        assert "a" in ids(many.match(patient_id="another").json())

    def test_one_person_under_two_ids_is_one(self, many):
        """Rows that share an NPI are the same clinician."""
        many.add_clinician("x", npi="1234567893")
        many.add_clinician("y", npi="1234567893")
        many.refresh()
        first = many.match().json()["match_id"]
        found = ids(rematch(many, first, clinician_ids=["x"]).json())
        assert "x" not in found
        assert "y" not in found

    def test_what_has_changed_counts(self, many):
        """A new region is heard; the person stays the same."""
        first = many.match(patient_id="p5").json()["match_id"]
        found = rematch(many, first, clinician_ids=["a"], intake={"region": "US-NV"}).json()
        assert ids(found) == ["c"]
        stored = {row["match_id"]: json.loads(row["decision"]) for row in many.rows(match_log)}
        assert stored[found["match_id"]]["intake"]["patient_id"] == "p5"

    def test_a_wish_can_be_taken_back(self, many):
        """Null is no wish; everybody is eligible again."""
        many.add_clinician("m", gender="male")
        many.refresh()
        first = many.match(pref_gender="male", pref_gender_strength="must").json()
        assert ids(first) == ["m"]
        body = {"pref_gender": None, "pref_gender_strength": None}
        found = rematch(many, first["match_id"], clinician_ids=["m"], intake=body).json()
        assert set(ids(found)) == set("abdefgh")


class TestSafety:
    def test_a_tier_never_falls(self, many):
        """Better answers now do not undo an amber match."""
        first = many.match(phq9_item9=2).json()
        assert first["safety"]["tier"] == "amber"
        found = rematch(
            many, first["match_id"], clinician_ids=["a"], intake={"phq9_item9": 0}
        ).json()
        assert found["safety"]["tier"] == "amber"
        assert "phq9_item9" in found["safety"]["reasons"]

    def test_a_level_of_care_never_falls(self, many):
        """A question about medication that is no longer asked: two ambers, and still a prescriber."""
        first = many.match(medication_question=True, phq9_item9=1).json()
        change = {"medication_question": False}
        found = rematch(many, first["match_id"], clinician_ids=["a"], intake=change).json()
        assert first["safety"]["tier"] == found["safety"]["tier"] == "amber"
        assert first["care_level"] == found["care_level"] == "psychiatric"

    def test_a_crisis_is_never_ranked(self, many):
        """Neither one that is on record nor one that is said now."""
        crisis = many.match(cssrs="high").json()["match_id"]
        assert rematch(many, crisis, intake={"cssrs": "none"}).json()["pathway"] == "crisis"
        calm = many.match(patient_id="p2").json()["match_id"]
        found = rematch(many, calm, clinician_ids=["a"], intake={"cssrs": "high"}).json()
        assert (found["pathway"], found["results"]) == ("crisis", [])

    @pytest.mark.parametrize("reason", ["safety", "complaint", "higher_care"])
    def test_some_reasons_are_looked_at(self, many, reason):
        """They make the answer amber and name what to do."""
        first = many.match().json()["match_id"]
        safety = rematch(many, first, clinician_ids=["a"], reason=reason).json()["safety"]
        assert safety["tier"] == "amber"
        assert "rematch_concern" in safety["reasons"]
        assert "review_rematch" in safety["actions"]

    def test_the_operator_is_told(self, many, logged):
        """One line for a complaint, which says neither whose nor why; none for a schedule."""
        first = many.match(patient_id="somebody").json()["match_id"]
        rematch(many, first, clinician_ids=["a"], reason="schedule")
        assert "rematch_to_review" not in logged.getvalue()
        answer = rematch(many, first, clinician_ids=["b"], reason="complaint")
        lines = [json.loads(line) for line in logged.getvalue().splitlines()]
        (line,) = [line for line in lines if line["event"] == "rematch_to_review"]
        assert set(line) == {"event", "level", "timestamp", "request_id"}
        assert line["request_id"] == answer.json()["request_id"]

    def test_free_text_is_read_and_not_kept(self, many):
        """It can only raise the tier, and is nowhere in the store."""
        first = many.match().json()["match_id"]
        found = rematch(many, first, clinician_ids=["a"], intake={"free_text": CANARY}).json()
        assert found["safety"]["tier"] == "amber"
        for table in (match_log, left_clinicians):
            assert CANARY not in repr(many.rows(table))


class TestRequests:
    @pytest.mark.parametrize(
        "body", [{}, {"reason": ""}, {"reason": "because"}, {"reason": None}]
    )
    def test_a_reason_is_needed(self, many, body):
        """A code, and a known one."""
        first = many.match().json()["match_id"]
        answer = many.post(f"/v1/matches/{first}/rematch", body)
        assert answer.status_code == 422

    def test_the_reason_has_two_names(self, many):
        """`reason_code` is as good."""
        first = many.match().json()["match_id"]
        path = f"/v1/matches/{first}/rematch"
        assert many.post(path, {"reason_code": "fit"}).status_code == 200

    def test_the_example_works(self, many):
        """With the id of a match that there is."""
        first = many.match().json()["match_id"]
        assert many.post(f"/v1/matches/{first}/rematch", REMATCH_REQUEST).status_code == 200

    def test_an_unknown_match_is_not_found(self, many):
        """There is nothing to leave."""
        assert rematch(many, "nothing").status_code == 404

    def test_the_answer_is_kept(self, many):
        """A rematch can be read again byte for byte, and repeated under a key."""
        first = many.match().json()["match_id"]
        path, key = f"/v1/matches/{first}/rematch", {"Idempotency-Key": "once"}
        answer = many.post(path, {"reason": "fit"}, **key)
        assert many.get(f"/v1/matches/{answer.json()['match_id']}").content == answer.content
        assert many.post(path, {"reason": "fit"}, **key).content == answer.content


class TestChains:
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 6),
                st.one_of(st.none(), st.integers(0, 6)),
                st.sampled_from(["fit", "schedule", "location", "complaint", "other"]),
                st.sampled_from(["en", "es", "xx"]),
                st.booleans(),
            ),
            max_size=6,
        ),
        st.integers(),
    )
    def test_no_chain_leads_back(self, many, steps, salt):
        """Whichever link is left, by name, by a booking or by nothing, in whatever language."""
        patient = f"chain-{salt}-{len(many.rows(match_log))}"
        links, left = [many.match(patient_id=patient, limit=3).json()], set()
        booked = set()
        for link, whom, reason, language, is_booked in steps:
            origin = links[link % len(links)]
            shown = ids(origin)
            body = {"reason": reason, "language": language, "limit": 3}
            if whom is None or not shown:
                left.update(() if origin["match_id"] in booked else shown)
            elif is_booked:
                name = shown[whom % len(shown)]
                event = {
                    "event_id": f"{patient}-{len(links)}", "type": "booked",
                    "episode_id": f"{patient}-{len(links)}", "intake_id": origin["match_id"],
                    "request_id": origin["match_id"], "clinician_id": name,
                    "at": "2026-11-24T11:00:00Z",
                }  # fmt: skip
                assert many.post("/v1/events", {"events": [event]}).json()["accepted"] == 1
                left.add(name)
                booked.add(origin["match_id"])
            else:
                body["clinician_ids"] = [shown[whom % len(shown)]]
                left.update(body["clinician_ids"])
            path = f"/v1/matches/{origin['match_id']}/rematch"
            links.append(many.post(path, body).json())
            assert not left & set(ids(links[-1]))
