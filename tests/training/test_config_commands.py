"""The settings of a home: written, checked, explained."""

import json
import tomllib

import pytest

from data.settings import Settings
from training.application import run
from training.config_file import template


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    """Keep the settings of whoever runs the tests out of them."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"RAPPORT_{name.upper()}", raising=False)


@pytest.fixture
def config(tmp_path, capsys):
    """Run `config` in an empty home and give exit code and parsed JSON."""

    def call(*words):
        capsys.readouterr()
        code = run(["--home", str(tmp_path / "home"), "--json", "config", *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


class TestInit:
    def test_the_file_names_every_setting_at_its_default(self):
        """Without its # each line is a setting, and all together change nothing."""
        lines = [
            line.removeprefix("# ")
            for line in template().splitlines()
            if line.removeprefix("# ").split(" = ")[0] in Settings.model_fields
        ]
        found = tomllib.loads("\n".join(lines))
        assert set(found) == set(Settings.model_fields) - {"home"}
        assert all(found[name] == Settings.model_fields[name].default for name in found)

    def test_what_is_there_stays(self, config, tmp_path):
        """A second time is a usage error, and what was edited stays."""
        file = tmp_path / "home" / "rapport.toml"
        assert config("init") == (0, {"file": str(file)})
        file.write_text('country = "GB"\n')
        code, error = config("init")
        assert (code, error["error"]["type"]) == (2, "Usage")
        assert file.read_text() == 'country = "GB"\n'

    def test_what_was_written_is_possible(self, config):
        """The template passes the check."""
        config("init")
        assert config("validate")[0] == 0


class TestValidate:
    def test_a_misspelt_key_is_named_with_the_nearest_known_one(self, config, tmp_path):
        """Exit code 2, what and where."""
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "rapport.toml").write_text('contry = "GB"\n')
        code, error = config("validate")
        assert (code, error["error"]["type"]) == (2, "Settings")
        assert "'contry'" in error["error"]["detail"]
        assert "'country'" in error["error"]["detail"]

    def test_a_file_for_training_is_checked_too(self, config, tmp_path):
        """A hyperparameter out of bounds is refused before anything is trained."""
        file = tmp_path / "mine.toml"
        file.write_text("[matching]\nridge = 8.0\n")
        assert config("validate", "--training", file)[0] == 0
        file.write_text("[matching]\nridge = 0.0\n")
        assert config("validate", "--training", file)[0] == 2


class TestExplain:
    def test_where_each_setting_comes_from(self, config, tmp_path, monkeypatch):
        """A variable wins over the file, which wins over the default; a password is never shown."""
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "rapport.toml").write_text(
            'country = "GB"\nseed = 5\ndatabase_url = "postgresql://u:secret@db/x"\n'
        )
        monkeypatch.setenv("RAPPORT_COUNTRY", "IE")
        code, document = config("explain")
        rows = {row["name"]: row for row in document["settings"]}
        assert code == 0
        assert set(rows) == set(Settings.model_fields)
        assert (rows["country"]["value"], rows["country"]["source"]) == ("IE", "environment")
        assert (rows["seed"]["value"], rows["seed"]["source"]) == (5, "rapport.toml")
        assert rows["log_level"]["source"] == "default"
        assert rows["home"]["source"] == "--home"
        assert rows["database_url"]["value"] == "(set)"
        assert "secret" not in json.dumps(document)
        assert all(row["meaning"] for row in rows.values())

    def test_one_setting(self, config):
        """A name gives one row; an unknown one is a usage error that names them all."""
        (row,) = config("explain", "seed")[1]["settings"]
        assert row["name"] == "seed"
        code, error = config("explain", "sed")
        assert (code, error["error"]["type"]) == (2, "Usage")
        assert "log_level" in error["error"]["detail"]
