"""What a person writes freely is read once and found nowhere afterwards, in a real server process."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from api.app import open_runtime
from api.runtime import now
from api.schemas_matches import FREE_TEXT_LENGTH, MatchRequest
from data.clients import create_key
from data.errors import UsageError
from data.tables import match_log
from tests.api.conftest import INTAKE, NOW
from tests.api.test_server import SECONDS, server

CANARY = "zebracanary"
"""One word, so that no encoding of the text can hide it."""
TEXTS = {
    "green": f"I would like to talk to someone about my dog {CANARY}.",
    "amber": f"My brother killed himself, {CANARY}.",
    "red": f"I want to kill myself, {CANARY}.",
    "unread": f"Ich bin {CANARY} und allein.",
    "long": f"{CANARY} is sad. " * (FREE_TEXT_LENGTH // 25),
}
ADDITION = """
language = "en"
[[phrases]]
category = "suicide"
tier = "red"
say = ["purple umbrella"]
"""


def send(address: str, key: str, path: str, body: Any, **headers: str) -> tuple[int, str]:
    """What a server answers, also where it refuses."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        address + path,
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - likewise
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def intake(text: Any, **changes: Any) -> dict[str, Any]:
    return {"intake": {**INTAKE, "phq9_item9": 0, "free_text": text, **changes}}


@pytest.mark.slow
class TestProcess:
    def test_no_text_is_left_anywhere(self, home, clinic):
        """No answer, problem, log line, table, key or file of the home holds a word of it."""
        key = create_key(clinic, "intake", ("match",), at=NOW).key
        clinic.dispose()
        told: list[str] = []
        with server(home.home) as (process, address):
            tiers = {}
            for name, text in TEXTS.items():
                headers = {"Idempotency-Key": f"key-{name}"}
                for _ in range(2):
                    status, answer = send(address, key, "/v1/matches", intake(text), **headers)
                    assert status == 200
                    told.append(answer)
                tiers[name] = json.loads(answer)["safety"]["tier"]
            match_id = json.loads(told[0])["match_id"]
            change = {"reason": "fit", "intake": {"free_text": TEXTS["amber"]}}
            told.append(send(address, key, f"/v1/matches/{match_id}/rematch", change)[1])
            refused = [
                intake([CANARY]),
                intake(CANARY * (FREE_TEXT_LENGTH // 10)),
                intake(TEXTS["red"], phq9_total="many"),
                intake(TEXTS["red"], **{f"I am {CANARY}": 1}),
                {"intake": TEXTS["red"]},
                {**intake(TEXTS["red"]), "limit": -1},
            ]
            for body in refused:
                status, answer = send(address, key, "/v1/matches", body)
                assert status == 422
                told.append(answer)
            told.append(send(address, key, f"/v1/matches/{match_id}/rematch", refused[0])[1])
            process.terminate()
            process.wait(SECONDS)
            told.append(process.stderr.read() + process.stdout.read())
        assert tiers == {
            "green": "green",
            "amber": "amber",
            "red": "red",
            "unread": "amber",
            "long": "amber",
        }
        files = [file.read_bytes() for file in home.home.rglob("*") if file.is_file()]
        assert any(b"text_suicide" in content for content in files)
        assert not any(CANARY.encode() in content.lower() for content in files)
        assert CANARY not in "".join(told).lower()

    def test_a_damaged_table_keeps_the_service_from_starting(self, home):
        """The log says which file and what is wrong with it."""
        folder = home.phrases
        folder.mkdir()
        (folder / "ours.toml").write_text("idioms = []" + ADDITION)
        with pytest.raises(AssertionError, match=r"ours\.toml"), server(home.home):
            pass


class TestService:
    def test_a_clinic_adds_phrases_in_its_home(self, home):
        """They are read when the service starts."""
        home.phrases.mkdir()
        (home.phrases / "ours.toml").write_text(ADDITION)
        runtime = open_runtime(home, now)
        assert runtime.tripwire.read("a purple umbrella").codes == ("text_suicide",)
        runtime.close()
        (home.phrases / "ours.toml").write_text("language = 3")
        with pytest.raises(UsageError, match="'language' is no str"):
            open_runtime(home, now)

    def test_the_log_says_which_tables_read(self, service):
        """Their version and nothing of the text; none where there was no text."""
        for text in (TEXTS["red"], None):
            answer = service.match(free_text=text).json()
            row = find_decision(service, answer["match_id"])
            version = service.client.app.state.runtime.tripwire.version
            assert row["tripwire"] == (None if text is None else version)

    def test_what_was_heard_is_known_to_later_requests(self, service):
        """Codes outlast the text: no content, no place and no list through another door."""
        service.match(free_text=TEXTS["red"], phq9_item9=0)
        told = service.recommend().json()
        assert (told["safety"]["tier"], told["results"]) == ("red", [])
        assert "text_suicide" in told["safety"]["reasons"]
        hold = service.post("/v1/holds", {"clinician_id": "a", "patient_id": "p1"})
        assert (hold.status_code, hold.json()["type"].rpartition("/")[2]) == (
            409,
            "crisis-on-record",
        )

    def test_the_answer_says_that_it_supplements_the_screen(self, service):
        """As a code, with every text and without any finding."""
        answer = service.match(free_text=TEXTS["green"], phq9_item9=0).json()
        assert answer["safety"]["reasons"] == [
            "free_text_read_by_tripwire",
            "tripwire_supplements_screen",
        ]
        assert answer["safety"]["actions"] == ["read_free_text"]

    def test_a_request_does_not_show_its_text(self):
        """Neither in its own words nor inside an error's."""
        request = MatchRequest.model_validate_json(json.dumps(intake(TEXTS["red"])))
        assert CANARY not in repr(request) + str(request)
        assert request.intake.free_text == TEXTS["red"]


def find_decision(service: Any, match_id: str) -> dict[str, Any]:
    (row,) = [row for row in service.rows(match_log) if row["match_id"] == match_id]
    return json.loads(row["decision"])
