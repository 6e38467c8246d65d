"""A clinic that is not the project's own: other ids, words, country, files and gaps go through every command."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from benchmarks.foreign.folder import write_clinic
from benchmarks.foreign.places import PLACES
from training.application import run

PATIENTS = {"praxis": "04000000", "reseau": "urn:clinique:é/patients#0 β"}
"""Ids as the foreign clinic writes them: digits with zeros in front, and another script with blanks."""
INTAKES = 150


@pytest.fixture(scope="module", params=sorted(PATIENTS))
def foreign(request, tmp_path_factory):
    """A tiny foreign clinic, imported and trained before its last fifth; its place, folder and home."""
    folder = tmp_path_factory.mktemp(request.param)
    place = replace(PLACES[request.param], clinicians=20, intakes=INTAKES, months=18)
    write_clinic(place, folder / "clinic", folder / "truth.parquet", seed=5)
    (folder / "home").mkdir()
    (folder / "home" / "rapport.toml").write_text(f'country = "{place.country}"\n', "utf-8")
    assert run(["--home", str(folder / "home"), "import", str(folder / "clinic")]) == 0
    assert run(["--home", str(folder / "home"), "train", "matching", "--budget", "1"]) == 0
    return place, folder


@pytest.fixture
def rapport(foreign, capsys):
    """Run a command in that home and give its exit code and document."""

    def call(*words):
        capsys.readouterr()
        code = run(["--home", str(foreign[1] / "home"), "--json", *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def exported(rapport, folder, table):
    """One stored table, as it comes out again."""
    assert rapport("export", folder / "out", "--format", "parquet")[0] == 0
    return pd.read_parquet(folder / "out" / f"{table}.parquet")


@pytest.mark.slow
@pytest.mark.timeout(180)
class TestForeignClinic:
    def test_ids_stay_as_they_are(self, foreign, rapport):
        """Zeros in front, blanks and letters of any script come out as they went in."""
        place, folder = foreign
        intakes = exported(rapport, folder, "intakes")
        assert intakes["patient_id"].min() == PATIENTS[place.name]
        assert set(intakes["intake_id"]) == {place.ids("intake", row) for row in range(INTAKES)}

    def test_unknown_words_are_reported(self, foreign, rapport):
        """`check` counts the clinic's own concern words and passes."""
        code, document = rapport("check")
        found = {entry["code"]: entry["count"] for entry in document["findings"]}
        known = {"Depression", "anxiety", "low mood", "trauma"}
        assert code == 0
        assert found["unknown_concerns"] == len(set(foreign[0].concerns) - known)
        assert "unmatched_concerns" not in found

    def test_everybody_who_may_be_ranked_gets_only_whom_they_may_see(self, foreign, rapport):
        """Each list names clinicians of the truth's own screening, and no red request has one."""
        folder = foreign[1]
        intakes = exported(rapport, folder, "intakes")
        pairs = pd.read_parquet(folder / "truth.parquet")
        intakes.sort_values("requested_at").tail(30).to_parquet(
            folder / "asked.parquet", index=False
        )
        at = intakes["requested_at"].max().isoformat()
        asked, out = folder / "asked.parquet", folder / "ranked.parquet"
        words = ("--intakes", asked, "--out", out, "--top", "3", "--as-of", at)
        assert rapport("rank", *words)[0] == 0
        ranked = pd.read_parquet(out)
        shown = ranked[ranked["rank"].notna()]
        red = set(intakes.loc[intakes["cssrs"] == "high", "intake_id"])
        keys = zip(pairs["intake_id"], pairs["clinician_id"], strict=True)
        assert set(zip(shown["intake_id"], shown["clinician_id"], strict=True)) <= set(keys)
        assert set(shown["intake_id"]) == set(pairs["intake_id"])
        assert red.isdisjoint(shown["intake_id"])

    def test_it_is_evaluated_with_the_truth_beside_it(self, foreign, rapport):
        """Every recipe has a row, and gain shares are those of the benchmark's own truth."""
        _, folder = foreign
        (folder / "home" / "truth").mkdir(exist_ok=True)
        pairs = pd.read_parquet(folder / "truth.parquet")
        pairs.to_parquet(folder / "home" / "truth" / "pairs.parquet")
        code, document = rapport("evaluate", "matching")
        gains = {
            row["model"]: row["value"]
            for row in document["rows"]
            if row["metric"] == "gain_share"
        }
        assert code == 0
        assert gains["oracle"] == pytest.approx(1.0)
        assert {"random", "desk", "soonest", "rules", "effects", "course_effects"} <= set(gains)
