"""Arguments that several commands share."""

from datetime import UTC, datetime

import pytest

from data.errors import UsageError
from training.commands.arguments import parse_kind, parse_time, refuse_same_file


class TestParseTime:
    def test_an_offset_is_turned_into_utc(self):
        """Noon in Berlin is ten in Greenwich in summer."""
        expected = datetime(2026, 6, 30, 10, tzinfo=UTC)
        assert parse_time("2026-06-30T12:00:00+02:00") == expected
        assert parse_time("2026-06-30T12:00:00+02:00").tzinfo is UTC

    def test_a_date_is_its_midnight(self):
        """A bare date needs no zone."""
        assert parse_time("2026-06-30") == datetime(2026, 6, 30, tzinfo=UTC)

    @pytest.mark.parametrize("words", ["yesterday", "", "2026-13-01", "2026-06-30T12:00:00"])
    def test_anything_else_is_refused_with_an_example(self, words):
        """No guess is made about zones or words."""
        with pytest.raises(UsageError, match="2026-06-30T12:00:00Z"):
            parse_time(words)

    @pytest.mark.parametrize(
        "words", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+10:00"]
    )
    def test_a_time_that_utc_cannot_tell_is_refused(self, words):
        """An offset may lead out of the calendar."""
        with pytest.raises(UsageError, match="9999"):
            parse_time(words)


class TestParseKind:
    def test_only_two_kinds_exist(self):
        """A typing error is a usage error."""
        assert parse_kind("matching") == "matching"
        with pytest.raises(UsageError, match="matchin"):
            parse_kind("matchin")


class TestRefuseSameFile:
    def test_what_is_read_is_not_written_over(self, tmp_path):
        """One file under two names is found out; another or an absent file is fine."""
        source, other = tmp_path / "new.csv", tmp_path / "other.csv"
        source.write_text("a")
        (tmp_path / "link.csv").symlink_to(source)
        with pytest.raises(UsageError, match="overwrite"):
            refuse_same_file(source, tmp_path / "link.csv")
        refuse_same_file(source, other)
        other.write_text("b")
        refuse_same_file(source, other)
