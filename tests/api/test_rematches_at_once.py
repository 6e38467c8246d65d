"""Two server processes on one home: rematches of one match at the same moment."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.clients import create_key

ROOT = Path(__file__).parents[2]
SECONDS = 60
ROUNDS = 12


@contextlib.contextmanager
def server(home: Path) -> Iterator[str]:
    """A running server's address; it is ended by its process id."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "api", "--port", "0"],
        env={**os.environ, "RAPPORT_HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=home.parent,
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:")
        yield line.split()[1]
    finally:
        process.kill()
        process.communicate(timeout=SECONDS)


def post(address: str, key: str, path: str, body: dict, **headers: str) -> tuple[int, dict]:
    request = urllib.request.Request(  # noqa: S310 - an address of this test
        address + path,
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            **headers,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def ids(answer: dict) -> set[str]:
    return {row["clinician_id"] for row in answer["results"]}


@pytest.mark.slow
class TestTwoProcesses:
    def test_one_of_two_rematches_knows_of_the_other(self, start, home):
        """Never does each offer whom the other leaves; after both, the chain leaves both."""
        service = start()
        for name in "defgh":
            service.add_clinician(name)
        key = create_key(service.engine, "two", ("match",), at=service.now).key
        with (
            server(home.home) as one,
            server(home.home) as other,
            ThreadPoolExecutor(2) as pair,
        ):
            for number in range(ROUNDS):
                intake = {**service.intake, "patient_id": f"p{number}"}
                _, first = post(one, key, "/v1/matches", {"intake": intake})
                path = f"/v1/matches/{first['match_id']}/rematch"
                together = threading.Barrier(2)

                def leave(
                    address: str,
                    name: str,
                    path: str = path,
                    gate: threading.Barrier = together,
                ) -> set[str]:
                    gate.wait(SECONDS)
                    body = {"reason": "schedule", "clinician_ids": [name]}
                    status, answer = post(address, key, path, body)
                    assert status == 200
                    return ids(answer)

                left_a, left_d = pair.map(leave, (one, other), ("a", "d"))
                assert "a" not in left_a
                assert "d" not in left_d
                assert not ("d" in left_a and "a" in left_d)
                body = {"reason": "schedule", "clinician_ids": ["e"]}
                _, last = post(one, key, path, body)
                assert not {"a", "d", "e"} & ids(last)

    def test_one_key_is_one_rematch(self, start, home):
        """The same request to both: one answer, or a word to wait."""
        service = start()
        key = create_key(service.engine, "two", ("match",), at=service.now).key
        with (
            server(home.home) as one,
            server(home.home) as other,
            ThreadPoolExecutor(2) as pair,
        ):
            _, first = post(one, key, "/v1/matches", {"intake": service.intake})
            path = f"/v1/matches/{first['match_id']}/rematch"

            def again(address: str) -> tuple[int, dict]:
                body = {"reason": "fit", "clinician_ids": ["a"]}
                return post(address, key, path, body, **{"Idempotency-Key": "k"})

            answers = list(pair.map(again, (one, other)))
        assert {status for status, _ in answers} <= {200, 409}
        assert len({body["match_id"] for status, body in answers if status == 200}) == 1
