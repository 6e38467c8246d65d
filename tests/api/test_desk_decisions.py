"""What the desk decides: places are taken once, reasons are kept, and models say since when."""

from datetime import timedelta

import pytest

from data.tables import care_events, match_log, slot_claims

HOLD, BOOK, OVERRIDE = "/hold", "/book", "/override"


@pytest.fixture
def asked(desk):
    """A list of which a has one place."""
    desk.service.add_clinician(
        "d",
        display_name="Dee",
        open_slots=1,
        next_available=desk.service.now + timedelta(days=1),
    )
    desk.service.refresh()
    desk.ask()
    return desk


def chosen(desk, action: str, clinician_id: str = "d"):
    """Press a clinician's button."""
    return desk.send(action, clinician_id=clinician_id)


class TestHold:
    def test_from_an_empty_form_in_two_clicks(self, desk):
        """Find, hold: everything else is typing."""
        desk.get("/desk")
        assert desk.send("/desk/matches", **desk.typed).status_code == 200
        answer = chosen(desk, HOLD, "a")
        [claim] = desk.service.rows(slot_claims)
        assert (claim["clinician_id"], claim["patient_id"]) == ("a", "p1")
        assert claim["match_id"] == desk.service.rows(match_log)[0]["match_id"]
        assert "A place with A is held until Tuesday, November 24, 2026" in answer.text

    def test_it_is_the_ledger_of_the_api(self, asked):
        """A place that the page holds is gone for programs, and the other way round."""
        chosen(asked, HOLD)
        taken = {"clinician_id": "d", "patient_id": "p2"}
        assert asked.service.post("/v1/holds", taken).status_code == 409

    def test_sent_twice_it_is_one_place(self, asked):
        """A double click holds once."""
        form = asked.form(HOLD)
        for _ in range(2):
            answer = asked.client.post(
                form["action"], data={**form["fields"], "clinician_id": "a"}
            )
            assert answer.status_code == 200
        assert len(asked.service.rows(slot_claims)) == 1

    def test_a_place_that_is_gone_is_said_to_be(self, asked):
        """The list stays, with what happened over it."""
        asked.service.post("/v1/holds", {"clinician_id": "d", "patient_id": "p2"})
        answer = chosen(asked, HOLD)
        assert answer.status_code == 409
        assert "No place is left with this clinician." in answer.text
        assert "Dee" in answer.text

    @pytest.mark.parametrize("clinician_id", ["c", "", "nobody", "x" * 200])
    def test_whom_the_list_does_not_offer_is_not_held(self, asked, clinician_id):
        """The form may say what it likes: c has no licence there."""
        assert chosen(asked, HOLD, clinician_id).status_code == 422
        assert asked.service.rows(slot_claims) == []

    def test_nobody_in_a_crisis_is_held(self, asked):
        """What came to light after the list counts."""
        asked.later(timedelta(minutes=1))
        asked.service.match(cssrs="high")
        answer = chosen(asked, HOLD)
        assert answer.status_code == 409
        assert "A crisis is on record of this person." in answer.text
        assert asked.service.rows(slot_claims) == []


class TestHeldPlaces:
    def test_a_hold_becomes_a_booking(self, asked):
        """Once, and its buttons are gone."""
        chosen(asked, HOLD)
        answer = asked.send("/book", "/holds/")
        assert "A place with Dee is booked." in answer.text
        [claim] = asked.service.rows(slot_claims)
        assert claim["booking_id"]
        assert not asked.has_form("/release")

    def test_a_hold_is_given_back(self, asked):
        """Its place is free for the next; giving it back again changes nothing."""
        chosen(asked, HOLD)
        form = asked.form("/release")
        answer = asked.send("/release")
        assert "is held until" not in answer.text
        again = asked.client.post(form["action"], data=form["fields"])
        assert again.status_code == 200
        assert chosen(asked, HOLD).status_code == 200

    def test_another_matchs_hold_is_out_of_reach(self, asked):
        """The page works on what it shows."""
        held = asked.service.post("/v1/holds", {"clinician_id": "d", "patient_id": "p2"}).json()
        form = asked.form(HOLD)
        base = form["action"].removesuffix(HOLD)
        for act, status in (("book", 409), ("release", 200)):
            path = f"{base}/holds/{held['hold_id']}/{act}"
            assert asked.client.post(path, data=form["fields"]).status_code == status
        [claim] = asked.service.rows(slot_claims)
        assert (claim["booking_id"], claim["slot"]) == (None, 0)

    def test_booked_at_once(self, asked):
        """Without a hold before."""
        assert "A place with Dee is booked." in chosen(asked, BOOK).text


class TestOverride:
    def test_it_is_kept_with_its_reason(self, asked):
        """One event of the contract: match, person, clinician, code."""
        answer = asked.send(OVERRIDE, reason="clinical_judgement", clinician_id="c")
        [event] = asked.service.rows(care_events)
        assert {
            name: event[name] for name in ("type", "patient_id", "clinician_id", "reason")
        } == {
            "type": "override",
            "patient_id": "p1",
            "clinician_id": "c",
            "reason": "clinical_judgement",
        }
        assert event["match_id"] == asked.service.rows(match_log)[0]["match_id"]
        assert "Decided otherwise, for C: clinical judgement." in answer.text
        assert asked.service.rows(slot_claims) == []

    def test_for_nobody_here(self, asked):
        """Another service, or no wish to go on."""
        answer = asked.send(OVERRIDE, reason="other_service", clinician_id="")
        assert asked.service.rows(care_events)[0]["clinician_id"] is None
        assert "for nobody here: another service fits better." in answer.text

    def test_sent_twice_it_is_one_event(self, asked):
        """A double click decides once."""
        form = asked.form(OVERRIDE)
        for _ in range(2):
            asked.client.post(form["action"], data={**form["fields"], "reason": "sooner"})
        assert len(asked.service.rows(care_events)) == 1

    @pytest.mark.parametrize(
        ("reason", "clinician_id"), [("", ""), ("He hates her", ""), ("sooner", "nobody")]
    )
    def test_free_text_and_unknown_ids_are_refused(self, asked, reason, clinician_id):
        """Reasons are codes, and who was chosen has to be known; nothing is kept."""
        answer = asked.send(OVERRIDE, reason=reason, clinician_id=clinician_id)
        assert answer.status_code == 422
        assert asked.service.rows(care_events) == []

    def test_it_needs_the_scope_of_events(self, service, sign_in):
        """Without it the form is not there, and sending it all the same is refused."""
        desk = sign_in("match")
        desk.ask()
        assert not desk.has_form(OVERRIDE)
        form = desk.form(HOLD)
        path = form["action"].replace(HOLD, OVERRIDE)
        answer = desk.client.post(path, data={**form["fields"], "reason": "sooner"})
        assert answer.status_code == 403
        assert service.rows(care_events) == []

    def test_a_crisis_is_no_choice(self, asked):
        """No form over a red answer, and nobody is chosen for a person in a crisis."""
        form = asked.form(OVERRIDE)
        asked.later(timedelta(minutes=1))
        asked.ask(cssrs="high")
        assert not asked.has_form(OVERRIDE)
        chosen_all_the_same = {**form["fields"], "reason": "sooner", "clinician_id": "d"}
        assert asked.client.post(form["action"], data=chosen_all_the_same).status_code == 409
        assert asked.service.rows(care_events) == []

    def test_a_rematch_knows_whom_the_desk_chose(self, asked):
        """The decision counts as the person's clinician from then on."""
        asked.send(OVERRIDE, reason="patient_asked", clinician_id="b")
        match_id = asked.service.rows(match_log)[0]["match_id"]
        again = asked.service.post(f"/v1/matches/{match_id}/rematch", {"reason": "fit"}).json()
        assert "b" not in [entry["clinician_id"] for entry in again["results"]]


class TestModels:
    def test_what_serves_and_since_when(self, desk):
        """The champion with the time of its promotion, and a word where rules answer."""
        version = desk.service.promote_matching()
        desk.service.refresh()
        text = desk.get("/desk/models").text
        assert f"{version}, since Tuesday, November 24, 2026" in text
        assert "no model; what is much used answers" in text
        assert "A model here learned from simulated data: not for patients." in text

    def test_nothing_was_trained(self, desk):
        """Fallbacks say so, and there is no empty table."""
        text = desk.get("/desk/models").text
        assert "no model; fixed rules answer" in text
        assert "No model was trained yet." in text
        assert "<table" not in text

    def test_the_trail_names_the_latest_reign(self, desk):
        """After a rollback the older model serves since the rollback."""
        first = desk.service.promote_matching()
        second = desk.service.promote_matching(wait=20.0)
        desk.service.refresh()
        text = desk.get("/desk/models").text
        assert f"{second}, since" in text
        assert f"{first}, since" not in text
        assert "served before" in text

    def test_it_needs_the_scope_of_models(self, sign_in):
        """No link without it, and no page."""
        desk = sign_in("match")
        assert "/desk/models" not in desk.get("/desk").text
        assert desk.get("/desk/models").status_code == 403
