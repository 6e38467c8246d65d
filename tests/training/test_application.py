"""The whole command line, as a data scientist uses it."""

import json

import pandas as pd
import pytest

from data.errors import GateRefusedError
from data.model_cards import read_card
from data.settings import Settings
from training.application import run
from training.gates import Gate
from training.store import open_store

AMPLE = "300"
"""Seconds that no search here needs: one that is cut short depends on the clock."""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A small simulated clinic folder."""
    folder = tmp_path_factory.mktemp("made") / "clinic"
    words = ["simulate", "--out", str(folder), "--patients", "400", "--clinicians", "40"]
    assert run([*words, "--items", "80", "--users", "120", "--seed", "7"]) == 0
    return folder


@pytest.fixture(scope="module")
def home(clinic, tmp_path_factory):
    """A home with that clinic and two champions."""
    folder = tmp_path_factory.mktemp("home")
    assert run(["--home", str(folder), "--quiet", "import", str(clinic)]) == 0
    for kind, budget in (("matching", "4"), ("recommender", AMPLE)):
        assert (
            run(["--home", str(folder), "train", kind, "--budget", budget, "--seed", "3"]) == 0
        )
    return folder


@pytest.fixture
def rapport(home, capsys):
    """Run a command in that home and give exit code, parsed JSON and stderr."""

    def call(*words, at=None):
        capsys.readouterr()
        code = run(["--home", str(at or home), "--json", *[str(word) for word in words]])
        captured = capsys.readouterr()
        return code, json.loads(captured.out) if captured.out else None, captured.err

    return call


@pytest.mark.slow
class TestTrain:
    def test_the_first_model_of_a_kind_serves(self, rapport):
        """Both kinds have one champion after training."""
        _, document, _ = rapport("models", "list")
        states = {model["kind"]: model["state"] for model in document["models"]}
        assert states == {"matching": "champion", "recommender": "champion"}
        assert set(document["models"][0]) == {"version", "kind", "state", "created_at"}

    def test_the_same_data_and_seed_give_the_same_version(self, rapport):
        """Training again changes nothing: the bundle is a function of data and seed."""
        _, before, _ = rapport("models", "list")
        code, document, _ = rapport("train", "recommender", "--budget", AMPLE, "--seed", "3")
        assert code == 0
        assert document["state"] == "champion"
        assert set(document) == {"version", "kind", "state", "metrics"}
        assert rapport("models", "list")[1] == before

    def test_a_challenger_stays_a_candidate_until_promoted(self, rapport):
        """Nobody is replaced without a word; promote and rollback change places."""
        _, document, _ = rapport("train", "matching", "--budget", "4", "--seed", "4")
        version = document["version"]
        assert document["state"] == "candidate"
        code, promoted, _ = rapport("models", "promote", version, "--reason", "a test")
        assert (code, promoted["state"]) == (0, "champion")
        code, back, _ = rapport("models", "rollback", "matching")
        assert code == 0
        assert back["version"] != version

    def test_a_model_that_fails_a_gate_is_refused(self, rapport, monkeypatch):
        """Exit code 4 and the name of the gate."""
        _, document, _ = rapport("train", "matching", "--budget", "4", "--seed", "5")

        def refuse(_kind, _metrics):
            raise GateRefusedError("refused by safety")

        monkeypatch.setattr("training.commands.models.require_gates", refuse)
        code, error, _ = rapport("models", "promote", document["version"])
        assert (code, error["error"]["type"]) == (4, "GateRefused")

    def test_a_file_says_how_to_train(self, rapport, home, tmp_path):
        """Hyperparameters of a file take the place of tuning, and the bundle says so; options win."""
        file = tmp_path / "mine.toml"
        file.write_text("seed = 9\nbudget = 4.0\n[recommender]\nneighbours = 21\n")
        code, document, _ = rapport("train", "recommender", "--config", file, "--seed", "8")
        assert code == 0
        manifest = json.loads(
            (home / "models" / document["version"] / "manifest.json").read_text()
        )
        assert manifest["meta"]["seed"] == 8
        assert manifest["meta"]["study"] == {
            "name": "configuration file",
            "trials": 0,
            "values": {"neighbours": 21},
        }
        file.write_text("[recommender]\nneighbors = 21\n")
        code, error, _ = rapport("train", "recommender", "--config", file)
        assert (code, error["error"]["type"]) == (2, "Settings")

    def test_an_override_is_printed_in_the_card(self, rapport, home, monkeypatch):
        """A gate about quality can be passed with a reason, which the card then has for ever."""
        _, document, _ = rapport("train", "matching", "--budget", "4", "--seed", "6")
        strict = Gate(name="strict", metric="engage_log_loss", high=0.0)
        monkeypatch.setattr("training.gates.GATES", {"matching": (strict,)})
        version = document["version"]
        assert rapport("models", "promote", version)[0] == 4
        assert rapport("models", "promote", version, "--override", " ")[0] == 2
        assert rapport("models", "promote", version, "--override", "a pilot")[0] == 0
        settings = Settings.load(home)
        card = read_card(open_store(settings), settings.models, settings.keys, kind="matching")
        assert [entry["reason"] for entry in card["overrides"]] == ["strict: a pilot"]
        assert len(card["attributes"]) == 31
        assert card["trained_on"] == "synthetic"
        assert {row["attribute"] for row in card["people"]} >= {"gender", "age_band"}
        assert any(row["value"] is not None for row in card["groups"])
        rapport("models", "rollback", "matching")

    def test_a_damaged_bundle_is_found(self, rapport, home):
        """A changed byte ends verification, with exit code 1."""
        _, document, _ = rapport("train", "recommender", "--budget", "4", "--seed", "11")
        version = document["version"]
        assert rapport("models", "verify", version)[0] == 0
        file = next((home / "models" / version).glob("*.npz"))
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(bytes(content))
        code, error, _ = rapport("models", "verify", version)
        assert (code, error["error"]["type"]) == (1, "Bundle")

    def test_show_tells_what_was_measured(self, rapport):
        """The metrics of training are kept with the model."""
        _, document, _ = rapport("models", "list")
        champion = next(m for m in document["models"] if m["state"] == "champion")
        code, shown, _ = rapport("models", "show", champion["version"])
        assert code == 0
        assert shown["trained_on"] == "synthetic"
        assert shown["metrics"]

    def test_nothing_is_trained_from_an_unknown_kind(self, rapport):
        """A typing error is a usage error."""
        code, error, words = rapport("train", "matchin")
        assert (code, error["error"]["type"]) == (2, "Usage")
        assert "matchin" in words


@pytest.mark.slow
class TestReport:
    def test_one_page_of_every_champion(self, rapport, tmp_path):
        """Drawings and cards of both, with the stamp; nothing is asked of a foreign host."""
        _, listed, _ = rapport("models", "list")
        champions = {m["version"] for m in listed["models"] if m["state"] == "champion"}
        file = tmp_path / "report.html"
        code, document, _ = rapport("report", "--out", file)
        assert (code, set(document["models"])) == (0, champions)
        text = file.read_text("utf-8")
        assert text.count("<svg") >= 7
        assert all(version in text for version in champions)
        assert text.count("TRAINED ON SYNTHETIC DATA") == 2
        assert "<script" not in text
        assert list(tmp_path.iterdir()) == [file]

    def test_without_a_model_there_is_no_page(self, rapport, tmp_path):
        """Nothing is half done: an error, and no file."""
        file = tmp_path / "report.html"
        code, error, _ = rapport("report", "--out", file, at=tmp_path / "empty")
        assert (code, error["error"]["type"]) == (1, "NotFound")
        assert rapport("report", "--model", "m-none", "--out", file)[0] == 1
        assert not file.exists()


@pytest.mark.slow
class TestEvaluate:
    @pytest.mark.parametrize("kind", ["matching", "recommender"])
    def test_every_baseline_stands_beside_the_model(self, rapport, kind):
        """The comparison names the model and its baselines, with intervals."""
        code, document, _ = rapport("evaluate", kind)
        assert code == 0
        names = {row["model"] for row in document["rows"]}
        expected = {
            "matching": {"base_rate", "patient_only", "rules", "effects", "random", "oracle"},
            "recommender": {"random", "popular", "personal_popular", "item_neighbours"},
        }
        assert expected[kind] < names
        assert any(row["low"] is not None for row in document["rows"])
        assert document["notes"]


@pytest.mark.slow
class TestAssign:
    def test_a_waiting_list_is_placed_within_openings(self, rapport, clinic, tmp_path):
        """Every request has one row; nobody in crisis is placed; no opening is given twice."""
        out = tmp_path / "plan.parquet"
        code, document, _ = rapport(
            "assign", "--intakes", clinic / "intakes.parquet", "--out", out
        )
        assert code == 0
        plan = pd.read_parquet(out)
        intakes = pd.read_parquet(clinic / "intakes.parquet")
        clinicians = pd.read_parquet(clinic / "clinicians.parquet").set_index("clinician_id")
        assert sorted(plan["intake_id"]) == sorted(intakes["intake_id"])
        placed = plan.dropna(subset="clinician_id")
        assert document["assigned"] == len(placed) > 0
        assert document["unassigned"] == len(plan) - len(placed)
        assert 0.0 <= document["gap"] <= 0.005
        load = placed["clinician_id"].value_counts()
        openings = clinicians["open_slots"].reindex(load.index).fillna(1)
        assert (load <= openings).all()
        red = set(intakes[intakes["cssrs"] == "high"]["intake_id"])
        assert not red & set(placed["intake_id"])
        assert (plan["reason"].notna() == plan["clinician_id"].isna()).all()

    def test_the_same_file_is_refused(self, rapport, clinic):
        """A plan is never written over the list."""
        path = clinic / "intakes.parquet"
        assert rapport("assign", "--intakes", path, "--out", path)[0] == 2


@pytest.mark.slow
class TestRank:
    def test_every_intake_has_a_row(self, rapport, clinic, tmp_path):
        """Ranks count from 1; where nobody may be ranked one row says why."""
        out = tmp_path / "ranked.parquet"
        code, document, _ = rapport(
            "rank", "--intakes", clinic / "intakes.parquet", "--out", out, "--top", "3"
        )
        ranked = pd.read_parquet(out)
        intakes = pd.read_parquet(clinic / "intakes.parquet")
        assert code == 0
        assert set(ranked["intake_id"]) == set(intakes["intake_id"])
        assert ranked["rank"].max() <= 3
        unranked = ranked[ranked["rank"].isna()]
        assert set(unranked["pathway"]) <= {"crisis", "navigator"}
        assert unranked["clinician_id"].isna().all()
        first = ranked[ranked["rank"] == 1].set_index("intake_id")["utility"]
        second = ranked[ranked["rank"] == 2].set_index("intake_id")["utility"]
        assert (first.reindex(second.index) >= second).all()
        red = intakes[intakes["cssrs"] == "high"]["intake_id"]
        assert ranked[ranked["intake_id"].isin(red)]["rank"].isna().all()
        assert document["intakes"] == len(intakes)

    def test_exploring_draws_the_same_list_again(self, rapport, clinic, tmp_path):
        """Two runs agree, and a draw costs no more than its band of the score."""
        files = [tmp_path / "one.csv", tmp_path / "other.csv"]
        for out in files:
            given = ("--intakes", clinic / "intakes.parquet", "--out", out, "--top", "50")
            assert rapport("rank", *given, "--explore")[0] == 0
        assert files[0].read_bytes() == files[1].read_bytes()
        ranked = pd.read_csv(files[0]).dropna(subset="rank")
        first = ranked[ranked["rank"] == 1].set_index("intake_id")["score"]
        best = ranked.groupby("intake_id")["score"].max()
        lost = best - first.reindex(best.index)
        assert 0 < lost.max() <= 0.02 + 1e-12
        assert (ranked["score"] >= ranked["utility"]).all()

    def test_a_bad_intake_is_refused_with_its_place(self, rapport, tmp_path):
        """Line and column are named, the value is not, and nothing is written."""
        source = tmp_path / "new.csv"
        source.write_text(
            "intake_id,patient_id,requested_at,region,age_band,payer,concerns,phq9_total\n"
            "i1,p1,2026-01-01T00:00:00Z,US-CA,26-35,x,anxiety,99\n"
        )
        code, error, _ = rapport("rank", "--intakes", source, "--out", tmp_path / "out.csv")
        assert code == 3
        assert (error["error"]["line"], error["error"]["column"]) == (2, "phq9_total")
        assert "99" not in error["error"]["detail"]
        assert not (tmp_path / "out.csv").exists()

    def test_without_a_model_it_says_what_to_run(self, rapport, clinic, tmp_path):
        """A fresh home has no champion."""
        code, error, _ = rapport(
            *("rank", "--intakes", clinic / "intakes.parquet", "--out", tmp_path / "out.csv"),
            at=tmp_path / "fresh",
        )
        assert code == 1
        assert "rapport train matching" in error["error"]["detail"]


@pytest.mark.slow
class TestRecommend:
    def test_known_and_unknown_people_get_content(self, rapport, clinic, tmp_path):
        """A person never seen gets a list too, and nobody gets an unreviewed item."""
        events = pd.read_parquet(clinic / "content_events.parquet")
        people = tmp_path / "people.csv"
        known = events["user_id"].iloc[0]
        people.write_text(f"user_id\n{known}\nsomeone-new\n")
        out = tmp_path / "content.csv"
        words = ("recommend", "--users", people, "--out", out, "--as-of", "2026-06-30")
        assert rapport(*words, "--top", "5")[0] == 0
        rows = pd.read_csv(out)
        assert set(rows["user_id"]) <= {known, "someone-new"}
        assert (rows["user_id"] == "someone-new").sum() == 5
        assert rapport(*words, "--exclude-seen")[0] == 0
        rows = pd.read_csv(out)
        seen = set(events[events["user_id"] == known]["item_id"])
        assert seen.isdisjoint(rows[rows["user_id"] == known]["item_id"])


@pytest.mark.slow
class TestStore:
    def test_export_and_import_give_equal_tables(self, rapport, tmp_path):
        """A clinic survives the way out and in again; importing twice changes nothing."""
        out, fresh = tmp_path / "out", tmp_path / "fresh"
        assert rapport("export", out, "--format", "csv")[0] == 0
        code, first, _ = rapport("import", out, at=fresh)
        assert code == 0
        assert all(t["rejected"] == 0 and t["written"] == t["read"] for t in first.values())
        _, again, _ = rapport("import", out, at=fresh)
        assert all(table["written"] == 0 for table in again.values())
        again_out = tmp_path / "again"
        assert rapport("export", again_out, "--format", "csv", at=fresh)[0] == 0
        for file in out.glob("*.csv"):
            assert file.read_bytes() == (again_out / file.name).read_bytes()

    def test_one_table_can_be_imported(self, rapport, tmp_path, clinic):
        """A file of any name goes into the table that was named."""
        target = tmp_path / "mine.parquet"
        target.write_bytes((clinic / "clinicians.parquet").read_bytes())
        code, document, _ = rapport("import", "clinicians", target, at=tmp_path / "one")
        assert code == 0
        assert document["clinicians"]["written"] == document["clinicians"]["read"] > 0
        assert rapport("import", "clinicans", target)[0] == 2

    def test_an_unknown_column_is_refused(self, rapport, tmp_path):
        """Exit code 3, the nearest known name, and nothing stored."""
        folder = tmp_path / "bad"
        folder.mkdir()
        (folder / "programs.csv").write_text("program_id,titel\na,b\n")
        code, error, _ = rapport("import", folder, at=tmp_path / "fresh")
        assert code == 3
        assert error["error"]["file"] == "programs.csv"
        assert "title" in error["error"]["detail"]

    def test_the_quality_of_the_data_is_reported(self, rapport):
        """Counts and findings of a simulated clinic, none of them an error."""
        code, document, _ = rapport("check")
        assert code == 0
        assert document["counts"]["intakes"] > 0

    def test_contradicting_data_are_an_error(self, rapport, tmp_path):
        """A visit before its booking is found, with exit code 3."""
        fresh, folder = tmp_path / "fresh", tmp_path / "bad"
        folder.mkdir()
        (folder / "episodes.csv").write_text(
            "episode_id,intake_id,clinician_id,booked_at,first_attended_at\n"
            "e,i,c,2026-02-01T00:00:00Z,2026-01-01T00:00:00Z\n"
        )
        assert rapport("import", folder, at=fresh)[0] == 0
        code, document, _ = rapport("check", at=fresh)
        assert code == 3
        assert "error" in {finding["severity"] for finding in document["findings"]}

    def test_a_world_that_does_not_exist_is_a_usage_error(self, rapport, tmp_path):
        """Unknown worlds and formats are refused before anything is written."""
        out = tmp_path / "clinic"
        assert rapport("simulate", "--out", out, "--world", "mars")[0] == 2
        assert rapport("simulate", "--out", out, "--format", "xlsx")[0] == 2
        assert not out.exists()

    def test_the_schema_is_upgraded_and_checked(self, rapport, tmp_path):
        """Both commands name the revision."""
        fresh = tmp_path / "fresh"
        _, upgraded, _ = rapport("db", "upgrade", at=fresh)
        code, checked, _ = rapport("db", "check", at=fresh)
        assert code == 0
        assert checked == {"revision": upgraded["revision"], "ok": True}

    def test_keys_are_made_listed_and_ended(self, rapport):
        """A key is shown once, listed without its secret, and revoked."""
        code, made, _ = rapport("keys", "create", "desk", "--scope", "match")
        assert code == 0
        assert set(made) == {"key_id", "key", "name", "scopes"}
        _, listed, _ = rapport("keys", "list")
        assert made["key"] not in json.dumps(listed)
        assert rapport("keys", "revoke", made["key_id"])[1] == {
            "key_id": made["key_id"],
            "revoked": True,
        }
        assert rapport("keys", "create", "desk", "--scope", "everything")[0] == 2
