"""The server as a process: ready line, several workers, a clean end."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn

from api.__main__ import ONE_THREAD, main
from api.server import (
    METERS_FOLDER,
    AnnouncingServer,
    AnnouncingWorkers,
    address_of,
    announce,
    metered,
    open_socket,
    parse,
    run,
)
from data.clients import create_key
from data.errors import SettingsError

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECONDS = 60


@contextlib.contextmanager
def server(home: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running server and its address; it is ended by its process id."""
    environment = {**os.environ, "RAPPORT_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-m", "api", "--port", "0", *words]
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=home.parent,
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), line + process.stderr.read()
        yield process, line.split()[1]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=SECONDS)


def ask(address: str, path: str) -> dict:
    with urllib.request.urlopen(address + path, timeout=SECONDS) as answer:  # noqa: S310
        return json.load(answer)


@pytest.mark.slow
class TestProcess:
    def test_a_fresh_home_is_served_and_ends_cleanly(self, tmp_path, monkeypatch):
        """With nothing prepared the service starts degraded and stops at SIGTERM.

        A folder for numbers that another program named, and removed, is none of its business.
        """
        monkeypatch.setenv(METERS_FOLDER, str(tmp_path / "gone"))
        with server(tmp_path / "new") as (process, address):
            assert ask(address, "/readyz")["status"] == "ready"
            assert ask(address, "/openapi.json")["openapi"].startswith("3.1")
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) in {0, -signal.SIGTERM}
            lines = [json.loads(line) for line in process.stderr.read().splitlines()]
            assert {line["event"] for line in lines} >= {"request"}
            assert process.stdout.read() == ""

    def test_two_workers_share_a_port(self, home):
        """The line comes once, when both listen; both end with the parent."""
        with server(home.home, "--workers", "2") as (process, address):
            assert {ask(address, "/healthz")["status"] for _ in range(10)} == {"ok"}
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 0
            assert process.stdout.read() == ""

    def test_any_worker_counts_for_all(self, home, clinic):
        """Twenty requests to two workers are twenty, whoever is asked, and the folder goes with them."""
        key = create_key(clinic, "prometheus", ("models", "metrics"), at=NOW).key
        with server(home.home, "--workers", "2") as (process, address):

            def read(path: str) -> str:
                request = urllib.request.Request(address + path)  # noqa: S310
                request.add_header("Authorization", f"Bearer {key}")
                with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                    return answer.read().decode()

            for _ in range(20):
                read("/v1/models")
            wanted = 'rapport_requests_total{method="GET",route="/v1/models",status="200"} 20.0'
            until = time.monotonic() + SECONDS
            while wanted not in read("/metrics") and time.monotonic() < until:
                time.sleep(0.05)  # a request counts once its answer has left
            assert all(wanted in read("/metrics") for _ in range(6))
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 0

    def test_a_home_that_cannot_be_used(self, tmp_path):
        """The reason is said in words, and nothing is announced."""
        (tmp_path / "rapport.db").write_text("this is no database, but long enough to look at")
        for workers in ("1", "2"):
            ended = subprocess.run(
                [sys.executable, "-P", "-m", "api", "--port", "0", "--workers", workers],
                env={**os.environ, "RAPPORT_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            assert ended.returncode not in {0, None}
            assert ended.stdout == ""
            assert "cannot_start" in ended.stderr


class TestOpenSocket:
    def test_zero_takes_a_free_port(self):
        """The chosen port is in the address."""
        with open_socket("127.0.0.1", 0) as bound:
            port = bound.getsockname()[1]
            assert port > 0
            assert address_of(bound, "127.0.0.1") == f"http://127.0.0.1:{port}"
            assert address_of(bound, "localhost") == f"http://localhost:{port}"
            assert address_of(bound, "::1") == f"http://[::1]:{port}"

    def test_a_port_in_use(self):
        """Who comes second is told so."""
        with open_socket("127.0.0.1", 0) as bound:
            bound.listen()
            with pytest.raises(SettingsError, match="cannot listen on"):
                open_socket("127.0.0.1", bound.getsockname()[1])

    def test_a_host_that_does_not_exist(self):
        """A name nobody knows is no address."""
        with pytest.raises(SettingsError):
            open_socket("no-such-host.invalid", 0)


class TestParse:
    def test_defaults(self):
        """Loopback only, one worker."""
        options = parse([])
        assert (options.host, options.port, options.workers) == ("127.0.0.1", 8000, 1)

    @pytest.mark.parametrize(
        "words", [["--port", "65536"], ["--port", "x"], ["--workers", "0"], ["--more"]]
    )
    def test_usage_errors_exit_with_2(self, words, capsys):
        """A wrong word is a usage error."""
        with pytest.raises(SystemExit) as stop:
            parse(words)
        assert stop.value.code == 2
        assert "usage" in capsys.readouterr().err


class TestRun:
    def test_an_impossible_setting(self, monkeypatch, capsys):
        """A setting that cannot be is said before anything starts."""
        monkeypatch.setenv("RAPPORT_SEED", "-1")
        assert run(["--port", "0"]) == 2
        assert "seed" in capsys.readouterr().err

    @pytest.mark.usefixtures("logged")
    def test_one_worker_until_it_is_told_to_stop(self, home, monkeypatch, capsys):
        """The server in this process announces itself, and ends with 0."""
        monkeypatch.setenv("RAPPORT_HOME", str(home.home))
        monkeypatch.setattr(AnnouncingServer, "main_loop", _stop_at_once)
        assert run(["--port", "0"]) == 0
        assert capsys.readouterr().out.startswith("ready http://127.0.0.1:")

    @pytest.mark.usefixtures("logged")
    def test_workers_that_never_listen(self, home, monkeypatch, capsys):
        """Where a worker does not come up, the parent ends with 1 and announces nothing."""
        monkeypatch.setenv("RAPPORT_HOME", str(home.home))
        monkeypatch.setattr("api.server.SECONDS_TO_START", 0)
        with _signals_kept():
            assert run(["--port", "0", "--workers", "2"]) == 1
        assert capsys.readouterr().out == ""
        assert METERS_FOLDER not in os.environ

    @pytest.mark.parametrize("before", [None, "elsewhere"])
    @pytest.mark.parametrize("workers", [1, 2])
    def test_the_environment_is_left_as_it_was(self, before, workers, monkeypatch):
        """Only several workers share a folder; afterwards neither it nor its name is left."""
        if before is None:
            monkeypatch.delenv(METERS_FOLDER, raising=False)
        else:
            monkeypatch.setenv(METERS_FOLDER, before)
        with metered(workers):
            folder = os.environ.get(METERS_FOLDER)
            assert (folder is not None) == (workers > 1)
            assert folder is None or Path(folder).is_dir()
        assert os.environ.get(METERS_FOLDER) == before
        assert folder is None or not Path(folder).exists()


async def _stop_at_once(_server) -> None:
    return


@contextlib.contextmanager
def _signals_kept() -> Iterator[None]:
    before = {name: signal.getsignal(name) for name in signal.valid_signals()}
    yield
    for name, handler in before.items():
        if handler is not None and signal.getsignal(name) is not handler:
            signal.signal(name, handler)


class TestAnnouncingWorkers:
    def test_it_says_so_once_all_listen(self, monkeypatch, capsys):
        """The line comes after the last worker, not after the first."""

        class Ready:
            def wait_until_ready(self, _seconds):
                return True

        monkeypatch.setattr(
            uvicorn.supervisors.Multiprocess, "init_processes", lambda _self: None
        )
        with _signals_kept(), socket.socket() as bound:
            workers = AnnouncingWorkers(uvicorn.Config("x:y", workers=2), [bound], "http://h:1")
            workers.processes = [Ready(), Ready()]
            workers.init_processes()
        assert workers.is_up
        assert capsys.readouterr().out == "ready http://h:1\n"


class TestAnnounce:
    def test_one_line(self, capsys):
        """The line that whoever started the server waits for."""
        announce("http://h:1")
        assert capsys.readouterr().out == "ready http://h:1\n"


class TestMain:
    def test_threads_are_set_before_anything_else(self, monkeypatch):
        """One thread for numerical libraries, then the server's exit code."""
        for name in ONE_THREAD:
            monkeypatch.setenv(name, "7")
        monkeypatch.setattr("api.server.run", len)
        with pytest.raises(SystemExit) as stop:
            main(["--port", "0"])
        assert stop.value.code == 2
        assert {os.environ[name] for name in ONE_THREAD} == {"1", "passive"}
