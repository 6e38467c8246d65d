"""What commands say and where."""

import json

import pytest

from data.errors import BundleError, DataRefusedError, Place
from training.console import Session, as_json, error_document, table_text


def session(*, is_json=False, is_quiet=False, home=None):
    """A session as the command line would make it."""
    return Session(home=home, is_json=is_json, is_quiet=is_quiet)


class TestSession:
    def test_the_answer_is_text_or_one_document(self, capsys):
        """Stdout holds the text, or with --json one JSON document and nothing else."""
        session().answer({"n": 1}, "one")
        session(is_json=True).answer({"n": 1}, "one")
        text, document = capsys.readouterr().out.split("\n", 1)
        assert text == "one"
        assert json.loads(document) == {"n": 1}

    def test_words_go_to_stderr_unless_quiet(self, capsys):
        """People's words never mix with data, and --quiet silences them."""
        session().say("hello")
        session(is_quiet=True).say("silence")
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err == "hello\n"

    def test_progress_takes_unknown_and_known_totals(self):
        """A step may learn its total later; nothing is shown without a terminal."""
        with session().progress() as report:
            report("read", 1, None)
            report("read", 2, 2)

    def test_settings_are_those_of_the_home(self, tmp_path):
        """A session works in the home it was given."""
        assert session(home=tmp_path).settings.home == tmp_path


class TestErrorDocument:
    def test_a_refusal_says_where(self):
        """File, line and column are fields of their own."""
        error = DataRefusedError("not a number", place=Place("a.csv", 3, "fee"))
        assert error_document(error) == {
            "error": {
                "type": "DataRefused",
                "detail": "a.csv, line 3, column 'fee': not a number",
                "file": "a.csv",
                "line": 3,
                "column": "fee",
            }
        }

    def test_other_errors_have_no_place(self):
        """An error without a file leaves the place empty."""
        document = error_document(BundleError("hash differs"))["error"]
        assert (document["type"], document["file"], document["line"]) == ("Bundle", None, None)


class TestAsJson:
    def test_a_nan_is_refused(self):
        """JSON has no NaN, so neither has an answer."""
        with pytest.raises(ValueError, match="not JSON compliant"):
            as_json({"x": float("nan")})


class TestTableText:
    def test_an_empty_table_is_its_header(self):
        """No rows, no error."""
        assert table_text(["a", "b"], []) == "a  b"
