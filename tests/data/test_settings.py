"""Settings from file and environment."""

import pytest

from data.errors import SettingsError
from data.settings import Settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    """Keep the settings of whoever runs the tests out of them."""
    for name in ("HOME", "DATABASE_URL", "COUNTRY", "SEED", "LOG_LEVEL"):
        monkeypatch.delenv(f"RAPPORT_{name}", raising=False)


class TestSettings:
    def test_defaults_need_no_file(self, tmp_path):
        """A bare folder is a home: SQLite inside it, models and keys beside."""
        settings = Settings.load(tmp_path)
        assert settings.url == f"sqlite:///{tmp_path / 'rapport.db'}"
        assert settings.models == tmp_path / "models"
        assert settings.keys == tmp_path / "keys"
        assert settings.truth == tmp_path / "truth"

    def test_the_home_can_come_from_the_environment(self, tmp_path, monkeypatch):
        """RAPPORT_HOME names the folder where no option does."""
        monkeypatch.setenv("RAPPORT_HOME", str(tmp_path))
        assert Settings.load().home == tmp_path

    def test_the_file_is_read_and_the_environment_wins(self, tmp_path, monkeypatch):
        """A key of rapport.toml holds until a variable says otherwise."""
        (tmp_path / "rapport.toml").write_text('country = "GB"\nseed = 5\n')
        assert Settings.load(tmp_path).country == "GB"
        monkeypatch.setenv("RAPPORT_COUNTRY", "IE")
        settings = Settings.load(tmp_path)
        assert (settings.country, settings.seed, settings.home) == ("IE", 5, tmp_path)

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ('contry = "GB"', "contry"),
            ('country = "Britain"', "country"),
            ("seed = -1", "seed"),
        ],
    )
    def test_a_bad_key_is_named_and_its_value_is_not(self, tmp_path, text, name):
        """The message says which setting is wrong and keeps the value to itself."""
        (tmp_path / "rapport.toml").write_text(text)
        with pytest.raises(SettingsError, match=name) as caught:
            Settings.load(tmp_path)
        assert "Britain" not in str(caught.value)

    def test_broken_toml_is_said_to_be_broken(self, tmp_path):
        """A syntax error names the file."""
        (tmp_path / "rapport.toml").write_text("country = ")
        with pytest.raises(SettingsError, match=r"rapport\.toml"):
            Settings.load(tmp_path)

    def test_a_given_url_is_used(self, tmp_path, monkeypatch):
        """A configured database replaces the file in the home."""
        monkeypatch.setenv("RAPPORT_DATABASE_URL", "postgresql://db/clinic")
        assert Settings.load(tmp_path).url == "postgresql://db/clinic"
