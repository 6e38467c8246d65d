"""The demo as a newcomer meets it: one command, a key, three lines that work when pasted."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RAPPORT = (sys.executable, "-P", "-m", "training.cli")


def free_port():
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def paste(line):
    """Do what a printed curl line does."""
    words = shlex.split(line)
    assert words[0] == "curl"
    headers = dict(
        words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H"
    )
    body = words[words.index("-d") + 1].encode()
    request = urllib.request.Request(words[2], body, headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - likewise
        return json.loads(answer.read())


class StayHere(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for the answer."""

    def redirect_request(self, *_):
        """Follow nothing."""


def sign_in(page, key):
    """Do what a browser does with the key at the printed page; the status of the answer."""
    opener = urllib.request.build_opener(StayHere)
    try:
        opener.open(
            f"{page}/sign-in", urllib.parse.urlencode({"key": key}).encode(), timeout=30
        )
    except urllib.error.HTTPError as error:
        return error.code
    return 200


@pytest.mark.slow
@pytest.mark.timeout(300)
class TestDemo:
    def test_it_serves_what_it_prints(self, tmp_path):
        """Two champions, three working lines, and a clean end on Ctrl-C."""
        process = subprocess.Popen(
            [*RAPPORT, "--home", str(tmp_path / "home"), "demo", "--port", str(free_port())],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("ready "):
                    break
            match, recommendation, event = (
                paste(line) for line in lines if line.startswith("curl ")
            )
            assert match["pathway"] == "routine"
            assert match["results"]
            assert match["degraded"] is None
            assert recommendation["results"]
            assert event["accepted"] == 1
            page = next(line for line in lines if line.startswith("the intake desk's page"))
            assert sign_in(page.split()[-1], lines[0].split()[-1]) == 303
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(timeout=60)
            process.stdout.close()
        assert code == 0
        listed = subprocess.run(
            [*RAPPORT, "--home", str(tmp_path / "home"), "--json", "models", "list"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        )
        states = [model["state"] for model in json.loads(listed.stdout)["models"]]
        assert states == ["champion", "champion"]

    def test_real_data_runs_too(self, tmp_path):
        """CounselChat and NHS Talking Therapies, with the tables of how the methods do."""
        done = subprocess.run(
            [*RAPPORT, "--home", str(tmp_path), "--json", "demo", "--real", "--no-serve"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        document = json.loads(done.stdout)
        assert {model["state"] for model in document["models"]} == {"champion"}
        assert len(document["real"]) >= 2
        assert all(table["rows"] for table in document["real"])
