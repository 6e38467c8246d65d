"""The desk's page without a browser: who gets in, what is asked, what is shown, and what never is."""

import re

import pytest

from api.desk.intake_form import GROUPS, KEPT
from api.desk.pages import STATIC
from data.clinic import INTAKES
from data.tables import match_log

MOST_BYTES = 100_000
HOSTILE = "\"><script>alert(1)</script>{{9901*9901}}'"


class TestIntake:
    def test_every_column_is_asked_for(self):
        """Nothing that the contract knows of an intake is out of reach of the desk."""
        asked = [name for names in GROUPS.values() for name in names]
        assert sorted([*asked, KEPT]) == sorted(INTAKES.names)

    def test_it_leads_to_the_list(self, desk):
        """One match is logged, the browser stands at its address, and reasons are said."""
        answer = desk.ask()
        [row] = desk.service.rows(match_log)
        assert answer.url.path == f"/desk/matches/{row['match_id']}"
        assert (row["patient_id"], row["policy"]) == (
            "p1",
            desk.service.match().json()["model"]["policy"],
        )
        assert answer.text.index(">A<") < answer.text.index(">B<")
        assert "Licensed where the patient is and in network with the payer." in answer.text
        assert "1 clinician is not licensed where the patient is." in answer.text
        assert "3 days to wait" in answer.text

    def test_it_is_the_answer_of_the_api(self, desk):
        """The page shows the stored bytes of one decision, not a second one."""
        match_id = desk.ask().url.path.rsplit("/", 1)[1]
        stored = desk.service.get(f"/v1/matches/{match_id}").json()
        assert [entry["clinician_id"] for entry in stored["results"]] == ["a", "b"]
        assert stored["texts"]["excluded"][0]["text"] in desk.answer.text

    def test_bands_stand_where_numbers_would_mislead(self, desk):
        """No utility, chance or contribution is on the page."""
        match_id = desk.ask().url.path.rsplit("/", 1)[1]
        stored = desk.service.get(f"/v1/matches/{match_id}").json()
        best = stored["results"][0]
        for number in (best["utility"], best["p_engage"]["value"], best["p_improve"]["value"]):
            assert f"{number:.2f}" not in desk.answer.text
        assert "Limited evidence" in desk.answer.text

    def test_sent_twice_it_is_one_match(self, desk):
        """A double click, or a reload that sends again."""
        desk.get("/desk")
        form = {**desk.form("/desk/matches")["fields"], **desk.typed}
        paths = {desk.client.post("/desk/matches", data=form).url.path for _ in range(2)}
        assert len(paths) == len(desk.service.rows(match_log)) == 1

    def test_what_is_missing_is_named_and_what_was_typed_stays(self, desk):
        """Nothing is asked, each field says what it wants, the rest need not be typed anew."""
        answer = desk.ask(
            region="", phq9_total="28", gad7_total="x", latest="soon", concerns="", payer="zz"
        )
        assert answer.status_code == 422
        text = " ".join(desk.page().texts)
        assert "5 entries to mend." in text
        assert text.count("Fill this in.") == 4
        assert text.count("Give a whole number from 0 to 27.") == 2
        assert text.count("Give a date such as 2026-11-24.") == 2
        assert 'value="zz"' in answer.text
        assert desk.service.rows(match_log) == []

    def test_all_fields_arrive(self, desk):
        """Lists in their order, flags as they were chosen, a day as its whole day."""
        desk.get("/desk")
        form = desk.form("/desk/matches")["fields"]
        given = {
            **form,
            **desk.typed,
            "concerns": ["sleep", "", "anxiety"],
            "formats": ["video", "chat"],
            "mania": "false",
            "prior_treatment": "true",
            "phq9_total": "7",
            "pref_style_structured": "0,5",
            "latest": "2026-12-24",
            "someone_new": "true",
        }
        match_id = desk.client.post("/desk/matches", data=given).url.path.rsplit("/", 1)[1]
        desk.get(f"/desk/matches/{match_id}/edit")
        fields = [given for tag, given in desk.page().tags if tag == "input"]
        values = [entry["value"] for entry in fields if entry.get("name") == "concerns"]
        assert values[:2] == ["sleep", "anxiety"]
        checked = {entry["value"] for entry in fields if "checked" in entry}
        assert {"video", "chat"} <= checked
        one = {entry["name"]: entry.get("value") for entry in fields if "name" in entry}
        assert (one["phq9_total"], one["pref_style_structured"]) == ("7", "0.5")
        assert one["latest"] == "2026-12-24"
        assert re.search(r'value="false" selected', desk.answer.text)

    def test_an_intake_is_opened_by_its_id(self, desk):
        """What was asked under an id comes back into the form, and no id stands in the address."""
        desk.service.match(intake_id="i-7", region="US-NV", payer="cigna")
        desk.get("/desk")
        answer = desk.send("/desk/open", name="i-7")
        assert 'value="US-NV"' in answer.text
        assert answer.url.query == b""
        assert desk.send("/desk/open", name="nobody").status_code == 404


class TestSafety:
    def test_red_is_never_ranked(self, desk):
        """Banner, actions and crisis lines of the patient's country, and no list."""
        answer = desk.ask(cssrs="high", region="GB-LND")
        assert "Red: act now" in answer.text
        assert "Samaritans" in answer.text
        assert "Contact the person now." in answer.text
        assert "<article" not in answer.text

    def test_words_raise_the_tier_and_are_nowhere(self, desk, logged):
        """What the patient wrote is read once: not in the page, the address, the store or the log."""
        words = "I have a plan to kill myself tonight zebra"
        answer = desk.ask(free_text=words)
        assert "Red: act now" in answer.text
        assert "zebra" not in answer.text
        assert b"zebra" not in repr(desk.service.rows(match_log)).encode()
        assert "zebra" not in logged.getvalue()

    def test_asking_again_falls_below_nothing(self, desk):
        """Words are not kept, yet what they raised holds when the intake is changed."""
        desk.ask(free_text="I have a plan to kill myself tonight")
        desk.get(f"{desk.answer.url.path}/edit")
        answer = desk.send("/desk/matches", payer="cigna", concerns="anxiety")
        assert "Red: act now" in answer.text
        desk.get(f"{desk.answer.url.path}/edit")
        assert "Red: act now" in desk.send("/desk/matches", concerns="anxiety").text
        assert len(desk.service.rows(match_log)) == 3
        held = {"clinician_id": "a", "patient_id": "p1"}
        assert (
            desk.service.post("/v1/holds", held).json()["type"] == "/problems/crisis-on-record"
        )

    def test_another_person_is_not_judged_by_it(self, desk):
        """An intake that was changed to somebody else's is a new one."""
        desk.ask(cssrs="high")
        desk.get(f"{desk.answer.url.path}/edit")
        answer = desk.send("/desk/matches", **{**desk.typed, "patient_id": "p2"}, cssrs="none")
        assert "Green" in answer.text

    def test_nobody_eligible_leads_to_a_navigator(self, desk):
        """The page says what stood in the way, and relaxes nothing."""
        answer = desk.ask(payer="unheard-of")
        assert "Nobody is ranked for this intake." in answer.text
        assert "with another payer" in answer.text


class TestPages:
    def test_hostile_words_stay_words(self, desk):
        """In the form, in faults, in the list and in what was asked."""
        desk.service.add_clinician(
            "evil", display_name=HOSTILE, next_available=desk.service.now
        )
        desk.service.refresh()
        for answer in (
            desk.ask(concerns=HOSTILE, patient_id=HOSTILE),
            desk.ask(region=HOSTILE, phq9_total=HOSTILE),
        ):
            page = desk.page(answer)
            assert [given for tag, given in page.tags if tag == "script"] == [
                {"src": page_script(page), "defer": None}
            ]
            assert "98029801" not in "".join(page.texts)
        assert desk.send("/desk/open", name=HOSTILE).status_code == 404

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", "Find clinicians"),
            ("es", "Buscar profesionales"),
            ("vi", "Tìm nhà chuyên môn"),
        ],
    )
    def test_three_languages(self, desk, language, words):
        """Chosen by a link, kept by a cookie, and said in `lang`; the browser's wish counts before."""
        desk.get("/desk", **{"accept-language": language})
        assert f'<html lang="{language}">' in desk.answer.text
        assert words in desk.answer.text
        desk.get(f"/desk?lang={language}")
        desk.get("/desk", **{"accept-language": "en, es;q=0.5"})
        assert words in desk.answer.text
        answer = desk.ask()
        assert f'<html lang="{language}">' in answer.text
        assert f'<ul class="for" lang="{language}">' in answer.text

    def test_it_weighs_little_and_asks_nobody_else(self, desk):
        """All of a page with its files, in a clinic with long names and many words."""
        for place in range(40):
            words = tuple(f"word-{place}-{number}" * 4 for number in range(20))
            desk.service.add_clinician(
                f"c{place}",
                payers=("aetna", *words),
                display_name="n" * 1_000,
                specialties_top=words,
            )
        desk.service.refresh()
        files = sum(len(desk.client.get(f"/desk/static/{name}").content) for name in STATIC)
        for answer in (desk.get("/desk"), desk.ask()):
            assert len(answer.content) + files <= MOST_BYTES
            links = [
                given[name]
                for _, given in desk.page(answer).tags
                for name in ("src", "href", "action")
                if name in given
            ]
            assert all(link.startswith(("/desk", "#")) for link in links)
        assert desk.client.get("/desk/static/..%2f..%2fapp.py").status_code == 404

    def test_nothing_comes_in_from_elsewhere(self, desk):
        """Every answer forbids frames, other hosts, inline script, caches and guessing."""
        for path in ("/desk", "/desk/sign-in", "/desk/matches/none", "/desk/static/desk.css"):
            headers = desk.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert path.startswith("/desk/static") or headers["cache-control"] == "no-store"
        assert "style=" not in desk.get("/desk").text

    def test_ids_are_unique_and_labels_lead_somewhere(self, desk):
        """What screen readers hold on to."""
        for answer in (desk.get("/desk"), desk.ask(region=""), desk.ask()):
            page = desk.page(answer)
            assert len(page.ids) == len(set(page.ids))
            for tag, given in page.tags:
                named = [given[name] for name in ("for", "aria-labelledby") if name in given]
                named += given.get("aria-describedby", "").split()
                named += [given["href"][1:]] if given.get("href", "").startswith("#") else []
                assert set(named) <= set(page.ids), (tag, given)


def page_script(page) -> str:
    """Where the one script of a page comes from."""
    return next(given["src"] for tag, given in page.tags if tag == "script")
