"""Migrations: from nothing to the newest schema, back, and twice at once."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text

from data.database import UPGRADE_HINT, open_engine, reading, transaction
from data.errors import StorageError
from data.migrate import check, configuration, downgrade, head_revision, upgrade
from data.tables import CLINIC, match_log, metadata, revisions

UPGRADE_PROGRAM = """
import sys
from data.database import open_engine
from data.migrate import upgrade
sys.stdin.readline()
print(upgrade(open_engine(sys.argv[1])))
"""


@pytest.fixture
def empty(empty_url):
    """An engine on an empty database."""
    engine = open_engine(empty_url)
    yield engine
    engine.dispose()


def run(engine, statement):
    """Change the database behind the back of the schema."""
    with transaction(engine) as connection:
        connection.execute(text(statement))


class TestUpgrade:
    def test_it_builds_exactly_the_tables_of_this_version(self, empty):
        """History and tables cannot drift apart."""
        assert upgrade(empty) == head_revision()
        with empty.connect() as connection:
            command.check(configuration(connection))

    def test_doing_it_again_changes_nothing(self, engine):
        """A database that is new enough is left alone."""
        assert upgrade(engine) == upgrade(engine) == head_revision()

    def test_logged_matches_learn_whose_intake_they_were(self, empty):
        """From their decisions; one that names no intake stays without."""
        upgrade(empty)
        row = {"at": 0, "patient_id": "p", "policy": "utility", "seed": 0, "answer": b"{}"}
        decisions = {"m": b'{"intake": {"intake_id": "own-7"}}', "n": b"{}"}
        with transaction(empty) as connection:
            for match_id, decision in decisions.items():
                values = {**row, "match_id": match_id, "decision": decision}
                connection.execute(insert(match_log).values(values))
        downgrade(empty, "0005")
        upgrade(empty)
        with reading(empty) as connection:
            query = select(match_log.c.match_id, match_log.c.intake_id)
            found = {row.match_id: row.intake_id for row in connection.execute(query)}
        assert found == {"m": "own-7", "n": None}

    def test_up_down_up_with_rows_in_place(self, empty):
        """Going back one step keeps the rows of the tables that stay."""
        upgrade(empty)
        program = {"program_id": "p", "title": "Sleep", "topics": "[]"}
        with transaction(empty) as connection:
            connection.execute(insert(CLINIC["programs"]).values(program))
            connection.execute(insert(revisions).values(name="content", number=1))
        downgrade(empty, "0001")
        assert not inspect(empty).has_table("revisions")
        upgrade(empty)
        with reading(empty) as connection:
            kept = connection.scalars(select(CLINIC["programs"].c.program_id)).all()
            gone = connection.scalars(select(revisions.c.name)).all()
        assert (kept, gone) == (["p"], [])
        downgrade(empty)
        assert inspect(empty).get_table_names() == ["alembic_version"]

    def test_two_processes_may_start_at_once(self, empty_url):
        """One migrates, the other waits and finds the work done."""
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", UPGRADE_PROGRAM, empty_url],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        ends = [worker.communicate(timeout=60) for worker in workers]
        assert [out.strip() for out, _ in ends] == [head_revision()] * 2, ends

    def test_a_failed_step_leaves_nothing_behind(self, empty):
        """A run is one transaction, on SQLite too."""
        run(empty, "CREATE TABLE revisions (name VARCHAR(9))")
        with pytest.raises(StorageError, match="revisions"):
            upgrade(empty)
        assert inspect(empty).get_table_names() == ["revisions"]

    def test_a_database_from_the_future_is_refused(self, engine):
        """An unknown revision is never guessed at."""
        run(engine, "UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(StorageError, match="9999"):
            upgrade(engine)

    def test_sqlite_connections_keep_their_foreign_keys(self, sqlite_url):
        """The connection that migrated without foreign keys is thrown away."""
        engine = open_engine(sqlite_url)
        upgrade(engine)
        with reading(engine) as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        engine.dispose()


class TestDowngrade:
    def test_an_unknown_revision_is_a_storage_error(self, engine):
        """The message names what was asked for."""
        with pytest.raises(StorageError, match="nowhere"):
            downgrade(engine, "nowhere")


class TestCheck:
    def test_a_whole_store_gives_its_revision(self, engine):
        """Nothing to complain about."""
        assert check(engine) == head_revision()

    def test_an_empty_database_says_what_to_do(self, empty):
        """The cure is in the message."""
        with pytest.raises(StorageError, match="rapport db upgrade"):
            check(empty)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ("DROP TABLE offers", "table offers is missing"),
            ("ALTER TABLE content DROP COLUMN voice", "table content lacks columns"),
        ],
    )
    def test_a_missing_part_is_named(self, engine, change, words):
        """The revision alone proves nothing."""
        run(engine, change)
        with pytest.raises(StorageError, match=words):
            check(engine)

    def test_a_damaged_file_is_found(self, sqlite_store):
        """Pages that do not fit together are an error, not a surprise later."""
        file = sqlite_store.url.database
        with transaction(sqlite_store) as connection:
            rows = [{"name": f"name-{row}", "number": row} for row in range(2_000)]
            connection.execute(insert(revisions), rows)
        sqlite_store.dispose()
        plain = sqlite3.connect(file)
        page = plain.execute(
            "SELECT rootpage FROM sqlite_master WHERE name LIKE 'sqlite_autoindex_revisions%'"
        ).fetchone()[0]
        plain.close()
        with Path(file).open("r+b") as raw:
            raw.seek((page - 1) * 4096 + 12)
            raw.write(b"\x00\x10" * 100)
        with pytest.raises(StorageError, match=r"damaged|malformed"):
            check(sqlite_store)

    def test_dangling_references_are_found(self, sqlite_store):
        """A row that points nowhere was written behind our back."""
        with sqlite_store.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql(
                "INSERT INTO registry_audit VALUES (1, 1, 'promote', 'm-0', NULL, '')"
            )
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        with pytest.raises(StorageError, match="refer to nothing"):
            check(sqlite_store)


class TestMissingTables:
    def test_reading_says_what_to_do(self, empty):
        """Both databases give the same cure."""
        with (
            pytest.raises(StorageError, match="rapport db upgrade"),
            reading(empty) as connection,
        ):
            connection.execute(select(revisions))

    def test_writing_says_what_to_do(self, empty):
        """Both databases give the same cure."""
        with pytest.raises(StorageError) as caught, transaction(empty) as connection:
            connection.execute(insert(revisions).values(name="content", number=1))
        assert str(caught.value) == UPGRADE_HINT


class TestRevisions:
    def test_history_is_one_line(self):
        """One head, and every table of this version is made by some revision."""
        script = ScriptDirectory.from_config(configuration())
        assert script.get_heads() == [head_revision()]
        made = "".join(Path(entry.path).read_text("utf-8") for entry in script.walk_revisions())
        assert [name for name in metadata.tables if f'"{name}"' not in made] == []
