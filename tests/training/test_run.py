"""The command line without a trained home: help, exit codes, and what a demo leaves alone."""

import json
from pathlib import Path

import pytest

from data.errors import UsageError
from data.settings import Settings
from training import application
from training.application import run
from training.demo_clinic import example_item, example_person, fresh_home
from training.store import open_store


class TestRun:
    def test_help_names_every_command(self, capsys):
        """`rapport --help` is the table of contents."""
        assert run(["--help"]) == 0
        text = capsys.readouterr().out
        for name in (
            "demo",
            "serve",
            "import",
            "export",
            "simulate",
            "train",
            "models",
            "rank",
        ):
            assert name in text

    def test_the_version_is_shown(self, capsys):
        """Installed or not, there is an answer."""
        assert run(["--version"]) == 0
        assert capsys.readouterr().out.strip()

    def test_an_interrupt_is_130(self, monkeypatch, capsys):
        """Ctrl-C has an exit code of its own and no trace."""

        def interrupted(*_words, **_options):
            raise KeyboardInterrupt

        monkeypatch.setattr(application, "app", interrupted)
        assert run(["check"]) == 130
        assert "Traceback" not in capsys.readouterr().err

    def test_a_wrong_option_is_a_usage_error(self, capsys):
        """Exit code 2, also as JSON."""
        assert run(["models", "list", "--jsn", "--json"]) == 2
        assert json.loads(capsys.readouterr().out)["error"]["type"] == "Usage"

    def test_a_closed_pipe_is_no_traceback(self, monkeypatch):
        """`rapport ... | head` ends quietly."""

        def closed(*_words, **_options):
            raise BrokenPipeError

        monkeypatch.setattr(application, "app", closed)
        monkeypatch.setattr(application.os, "dup2", lambda *_ends: None)
        assert run(["check"]) == 1


class TestDemoHome:
    def test_a_home_with_other_things_is_left_alone(self, tmp_path, capsys):
        """The demo never replaces what it did not make."""
        (tmp_path / "mine.txt").write_text("keep me")
        assert run(["--home", str(tmp_path), "demo", "--no-serve"]) == 2
        assert "not empty" in capsys.readouterr().err
        assert Path(tmp_path / "mine.txt").read_text() == "keep me"

    def test_an_earlier_demo_is_replaced_and_its_settings_stay(self, tmp_path):
        """Only what a demo made goes."""
        settings = Settings.load(tmp_path)
        fresh_home(settings)
        (tmp_path / "rapport.toml").write_text('country = "GB"\n')
        (tmp_path / "rapport.db").write_text("old")
        (tmp_path / "models").mkdir()
        fresh_home(settings)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["demo", "rapport.toml"]

    def test_a_configured_database_is_never_touched(self, tmp_path, monkeypatch):
        """The demo makes its own file and asks for the setting to go first."""
        monkeypatch.setenv("RAPPORT_DATABASE_URL", "postgresql://localhost/clinic")
        with pytest.raises(UsageError, match="database_url"):
            fresh_home(Settings.load(tmp_path))

    def test_examples_exist_for_an_empty_store(self, tmp_path):
        """A clinic without content still has something to ask for."""
        engine = open_store(Settings.load(tmp_path))
        assert example_person(engine) == "someone-new"
        assert example_item(engine) == "none"

    @pytest.mark.parametrize("words", [("check",), ("import", "."), ("train", "matching")])
    def test_a_home_that_is_a_file_is_one_clear_line(self, words, tmp_path, capsys):
        """What the system refuses has exit code 1, the name, and no trace."""
        home = tmp_path / "file"
        home.write_text("")
        assert run(["--home", str(home), "--json", *words]) == 1
        said = capsys.readouterr()
        assert said.err == f"rapport: {home}: file exists\n"
        assert json.loads(said.out)["error"]["type"] == "Storage"
