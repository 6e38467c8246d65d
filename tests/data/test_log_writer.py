"""Group commit: nothing acknowledged is lost, and one bad row harms nobody else."""

import asyncio
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait

import pytest
from sqlalchemy import event, select, text

from data.database import reading, transaction
from data.errors import StorageError
from data.log_writer import LARGEST_GROUP, LogWriter
from data.tables import match_log, recommendation_log

WAIT_SECONDS = 60
KILLED_PROGRAM = """
import os, sys, threading
from data.database import open_engine
from data.log_writer import LogWriter
from data.tables import recommendation_log

writer = LogWriter(open_engine(sys.argv[1]))

def work(worker):
    number = 0
    while True:
        name = f"{worker}-{number}"
        row = {"recommendation_id": name, "at": number, "person_id": "p", "seed": 1}
        writer.submit([(recommendation_log, {**row, "decision": b"{}"})]).result()
        os.write(1, f"{name}\\n".encode())
        number += 1

threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
for thread in threads:
    thread.start()
"""


def match(name, **more):
    """One row of the match log."""
    row = {"match_id": name, "at": 1, "patient_id": "p", "policy": "x", "seed": 1}
    return (match_log, {**row, "decision": b"{}", "answer": b"{}", **more})


def recommendation(name):
    """One row of the recommendation log."""
    row = {"recommendation_id": name, "at": 1, "person_id": "p", "seed": 1, "decision": b"{}"}
    return (recommendation_log, row)


def stored(engine, column=match_log.c.match_id):
    """Ids on disk."""
    with reading(engine) as connection:
        return set(connection.scalars(select(column)))


class Held:
    """The database as a slow disk: writers wait until it is let go."""

    def __init__(self, engine):
        self._engine = engine
        self._go, self._held = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self):
        with transaction(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("LOCK TABLE match_log IN EXCLUSIVE MODE"))
            self._held.set()
            self._go.wait(WAIT_SECONDS)

    def __enter__(self):
        self._thread.start()
        self._held.wait(WAIT_SECONDS)
        return self

    def __exit__(self, *_):
        self._go.set()
        self._thread.join()


@pytest.fixture
def writer(engine):
    """A writer that is closed after the test."""
    with LogWriter(engine) as made:
        yield made


class TestSubmit:
    def test_the_future_resolves_after_the_commit(self, engine, writer):
        """What was acknowledged can be read by anybody."""
        writer.submit([match("a")]).result(WAIT_SECONDS)
        assert stored(engine) == {"a"}

    def test_many_rows_for_many_tables(self, engine, writer):
        """One request may write several, with other columns each."""
        rows = [match("a")[1], match("b", matching_version="m-1")[1]]
        writer.submit([(match_log, rows), recommendation("r")]).result(WAIT_SECONDS)
        assert stored(engine) == {"a", "b"}
        assert stored(engine, recommendation_log.c.recommendation_id) == {"r"}

    def test_threads_share_commits(self, engine):
        """What gathers while one commit is under way is one commit."""
        commits = []
        with LogWriter(engine) as writer:
            with Held(engine):
                event.listen(engine, "commit", commits.append)
                futures = [writer.submit([match(f"m{number}")]) for number in range(200)]
            wait(futures, WAIT_SECONDS)
        assert len(stored(engine)) == 200
        assert len(commits) <= 5

    def test_a_bad_row_fails_alone(self, engine):
        """Its neighbours in the group are written, and so is all that follows."""
        with LogWriter(engine) as writer:
            with Held(engine):
                good = [writer.submit([match(f"m{number}")]) for number in range(3)]
                bad = [
                    writer.submit([match("m0")]),
                    writer.submit([match("none", policy=None)]),
                    writer.submit([match("huge", at=1 << 70)]),
                    writer.submit([match("other", unheard=1)]),
                    writer.submit([match("kind", decision=object())]),
                ]
                late = writer.submit([match("late")])
            for future in bad:
                with pytest.raises(StorageError, match="does not fit"):
                    future.result(WAIT_SECONDS)
            for future in (*good, late):
                assert future.result(WAIT_SECONDS) is None
        assert stored(engine) == {"m0", "m1", "m2", "late"}

    def test_a_request_is_written_whole_or_not_at_all(self, engine, writer):
        """A good row does not stay without its bad neighbour."""
        with pytest.raises(StorageError):
            writer.submit([match("a"), recommendation("r"), match("a")]).result(WAIT_SECONDS)
        assert stored(engine) == set()
        assert stored(engine, recommendation_log.c.recommendation_id) == set()

    def test_errors_hold_no_values(self, writer):
        """Neither the message nor its causes show a row."""
        future = writer.submit([match("secret-id", policy=None)])
        error = future.exception(WAIT_SECONDS)
        assert "secret" not in repr(error)
        assert error.__cause__ is None

    def test_a_full_queue_turns_away(self, engine):
        """Waiting is bounded; what was taken is still written."""
        with LogWriter(engine, capacity=5) as writer, Held(engine):
            taken = []
            with pytest.raises(StorageError, match="busy"):
                taken.extend(writer.submit([match(f"m{number}")]) for number in range(20))
        assert len(stored(engine)) >= 5

    def test_a_large_crowd_is_written_in_several_groups(self, sqlite_store):
        """No commit grows without bound."""
        with LogWriter(sqlite_store) as writer, Held(sqlite_store):
            for number in range(LARGEST_GROUP + 10):
                writer.submit([match(f"m{number}")])
        assert len(stored(sqlite_store)) == LARGEST_GROUP + 10

    def test_a_cancelled_request_is_not_written(self, engine):
        """Somebody who left needs no row."""
        with LogWriter(engine) as writer:
            with Held(engine):
                first = writer.submit([match("first")])
                while not first.running():
                    pass
                future = writer.submit([match("left")])
                assert future.cancel()
            with pytest.raises(CancelledError):
                future.result()
        assert stored(engine) == {"first"}

    def test_a_store_without_tables_says_what_to_do(self, empty_url):
        """Every waiting request gets the cure."""
        from data.database import open_engine  # noqa: PLC0415 - beside its only use

        engine = open_engine(empty_url)
        with LogWriter(engine) as writer, pytest.raises(StorageError, match="db upgrade"):
            writer.submit([match("a")]).result(WAIT_SECONDS)
        engine.dispose()


class TestWrite:
    def test_many_coroutines_wait_together(self, engine, writer):
        """The event loop goes on while the disk works."""

        async def crowd():
            await asyncio.gather(*(writer.write([match(f"m{number}")]) for number in range(50)))

        asyncio.run(crowd())
        assert len(stored(engine)) == 50


class TestClose:
    def test_it_writes_what_is_left(self, engine):
        """Nothing that was handed over is dropped."""
        writer = LogWriter(engine)
        futures = [writer.submit([match(f"m{number}")]) for number in range(100)]
        writer.close()
        assert all(future.done() for future in futures)
        assert len(stored(engine)) == 100

    def test_afterwards_nothing_is_taken(self, engine):
        """Closing twice is fine."""
        writer = LogWriter(engine)
        writer.close()
        writer.close()
        with pytest.raises(StorageError, match="closed"):
            writer.submit([match("a")])

    def test_closing_while_threads_submit(self, sqlite_store):
        """Each request is either written or refused, none waits for ever."""
        writer = LogWriter(sqlite_store)

        def work(worker):
            taken = []
            for number in range(100):
                try:
                    taken.append(
                        (f"{worker}-{number}", writer.submit([match(f"{worker}-{number}")]))
                    )
                except StorageError:
                    break
            return taken

        with ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(work, worker) for worker in range(4)]
            writer.close()
            taken = [entry for job in jobs for entry in job.result()]
        assert stored(sqlite_store) == {
            name for name, future in taken if not future.exception(1)
        }
        assert len(taken) == len(stored(sqlite_store))


class TestFailure:
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_a_bug_leaves_nobody_waiting(self, sqlite_store, monkeypatch):
        """If the thread dies, every waiting request is told, and new ones are refused."""
        go_on = threading.Event()

        def fail(_group):
            go_on.wait(WAIT_SECONDS)
            raise MemoryError

        writer = LogWriter(sqlite_store)
        monkeypatch.setattr(writer, "_write_group", fail)
        first = writer.submit([match("a")])
        while not first.running():
            pass
        second = writer.submit([match("b")])
        go_on.set()
        for future in (first, second):
            assert isinstance(future.exception(WAIT_SECONDS), StorageError)
        writer.close()
        with pytest.raises(StorageError, match="closed"):
            writer.submit([match("b")])


class TestKill:
    def test_no_acknowledged_row_is_lost(self, engine):
        """A process is killed while it writes: all it had acknowledged is there."""
        url = engine.url.render_as_string(hide_password=False)
        with subprocess.Popen(
            [sys.executable, "-c", KILLED_PROGRAM, url], stdout=subprocess.PIPE
        ) as child:
            acknowledged = [child.stdout.readline() for _ in range(100)]
            child.send_signal(signal.SIGKILL)
            rest = child.stdout.read().splitlines(keepends=True)
        lines = [line for line in (*acknowledged, *rest) if line.endswith(b"\n")]
        names = {line.decode().strip() for line in lines}
        assert len(names) >= 100
        assert names <= stored(engine, recommendation_log.c.recommendation_id)
