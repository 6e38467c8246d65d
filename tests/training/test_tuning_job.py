"""From a study to a model: `train` takes what `tune` found, and says so."""

import json

import pytest
from typer.testing import CliRunner

from training.application import app

RUN = CliRunner()


def call(home, *arguments: str):
    done = RUN.invoke(app, ["--home", str(home), "--json", "--quiet", *arguments])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A simulated clinic, small and long enough."""
    folder = tmp_path_factory.mktemp("tuned")
    clinic = folder / "clinic"
    sizes = ["--patients", "1500", "--clinicians", "12", "--items", "40", "--users", "500"]
    call(folder / "home", "simulate", "--out", str(clinic), "--seed", "7", *sizes)
    call(folder / "home", "import", str(clinic))
    return folder / "home"


@pytest.mark.parametrize("kind", ["matching", "recommender"])
class TestTune:
    def test_train_takes_what_was_found(self, home, kind):
        """The bundle names the study and its values; going on adds trials to the same study."""
        first = call(home, "tune", kind, "--trials", "2")
        again = call(home, "tune", kind, "--trials", "3")
        assert (first["trials"], again["trials"]) == (2, 3)
        assert first["study"] == again["study"]
        assert first["default_loss"] == again["default_loss"]
        version = call(home, "train", kind, "--budget", "20")["version"]
        manifest = json.loads((home / "models" / version / "manifest.json").read_text())
        assert manifest["meta"]["study"]["name"] == again["study"]
        assert manifest["meta"]["study"]["values"] == again["values"]
