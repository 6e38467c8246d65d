"""Rows by id on both databases."""

from data.clinic import PROGRAMS
from data.records import delete_record, find_record, list_records, put_record
from data.revisions import read_revision

ROW = {"title": "Sleep well", "topics": ("sleep", "rest"), "guided": False}
TOLD = {
    "program_id": "p1",
    "title": "Sleep well",
    "topics": ["sleep", "rest"],
    "level": None,
    "guided": False,
    "evidence_grade": None,
}


class TestPutRecord:
    def test_put_twice_is_put_once(self, engine):
        """A change moves the revision, a repeat does not."""
        for revision, values in ((1, ROW), (1, ROW), (2, {**ROW, "title": "Rest well"})):
            put_record(engine, PROGRAMS, "p1", values)
            assert read_revision(engine, "catalogue") == revision
        assert find_record(engine, PROGRAMS, "p1") == {**TOLD, "title": "Rest well"}
        assert find_record(engine, PROGRAMS, "P1") is None


class TestDeleteRecord:
    def test_once(self, engine):
        """The second time there is nothing to take away."""
        put_record(engine, PROGRAMS, "p1", ROW)
        assert delete_record(engine, PROGRAMS, "p1")
        assert not delete_record(engine, PROGRAMS, "p1")
        assert read_revision(engine, "catalogue") == 2


class TestListRecords:
    def test_pages_by_id(self, engine, monkeypatch):
        """Over several reads: ids in order, those wanted alone, and whether more follow."""
        monkeypatch.setattr("data.records.ROWS_AT_ONCE", 2)
        for number in range(7):
            put_record(engine, PROGRAMS, f"p{number}", {**ROW, "guided": number % 2 == 0})

        def page(after: str | None) -> tuple[list[str], bool]:
            rows, has_more = list_records(
                engine, PROGRAMS, after=after, limit=2, keep=lambda row: row["guided"]
            )
            return [row["program_id"] for row in rows], has_more

        assert page(None) == (["p0", "p2"], True)
        assert page("p2") == (["p4", "p6"], False)
        assert page("p6") == ([], False)
