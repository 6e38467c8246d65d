import pytest

from data.errors import SettingsError
from training.training_file import read_training_file


@pytest.fixture
def file(tmp_path):
    """Write a file and read it."""

    def read(text: str):
        path = tmp_path / "mine.toml"
        path.write_text(text)
        return read_training_file(path)

    return read


class TestReadTrainingFile:
    def test_what_is_said_and_what_is_not(self, file):
        """Hyperparameters stand under their kind; the other kind tunes itself."""
        found = file('seed = 7\nas_of = "2026-06-30"\n[matching]\nridge = 8\n')
        assert (found.seed, found.as_of, found.budget) == (7, "2026-06-30", None)
        assert found.values("matching") == {"ridge": 8}
        assert found.values("recommender") is None

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("seeds = 1", "seeds.*nearest known one is seed"),
            ("seed = -1", "seed"),
            ('budget = "long"', "budget"),
            ("[matching]\nrigde = 8", r"matching\.rigde is not known.*ridge"),
            ("[matching]\nridge = 1000000.0", r"matching\.ridge has to lie from 1 to 64"),
            ("[matching]\nhas_signals = 1", r"matching\.has_signals has to be of type bool"),
            ("[recommender]\nneighbours = 20.5", r"neighbours has to be of type int"),
            ("[matching]\nridge = nan", r"matching\.ridge has to lie"),
            ("seed = ", r"mine\.toml is not valid TOML"),
        ],
    )
    def test_what_cannot_be_is_named(self, file, text, words):
        """The message says what and where."""
        with pytest.raises(SettingsError, match=words):
            file(text)

    def test_a_file_that_is_not_there(self, tmp_path):
        """Its name is told, not the folder."""
        with pytest.raises(SettingsError, match=r"none\.toml cannot be read"):
            read_training_file(tmp_path / "none.toml")
