"""Trees and ranker learn what effects leave over, never from later than their rows, and nothing from chance."""

import numpy as np
import pytest

from data.instants import micros_of
from training import boosted_fit, ranker_fit
from training.boosted_fit import fit_boosted, tree_rows
from training.effects_fit import EffectsConfig, fit_effects_scorer
from training.matching_cases import Cases
from training.matching_job import moment_after
from training.ranker_fit import fit_ranker

CONFIG = EffectsConfig()


@pytest.fixture(scope="module")
def clinic(make_clinic) -> tuple[Cases, int]:
    """1,500 intakes of 12 clinicians who differ."""
    frames = make_clinic(intakes=1_500, clinicians=12, spread=1.0, seed=5)
    return Cases.build(frames), micros_of(moment_after(frames))


@pytest.fixture(scope="module")
def scorer(clinic):
    """Effects known at the end."""
    cases, as_of = clinic
    return fit_effects_scorer(cases, as_of=as_of, config=CONFIG)


class TestTreeRows:
    def test_rows_know_nothing_later_than_their_block(self, clinic):
        """Whatever becomes known after a block begins changes none of its columns."""
        cases, as_of = clinic
        rows = tree_rows(cases, as_of=as_of, config=CONFIG)
        begins = int(cases.requests[rows.episodes].min())
        early = fit_effects_scorer(cases, as_of=begins, config=CONFIG)
        first = int(rows.episodes[0])
        terms = early.terms(
            cases.intakes[cases.outcomes.intake_rows[first]],
            cases.directory,
            cases.clinician_rows[first : first + 1],
            np.array([early.usual_wait_days]),
        )
        assert rows.logits[:, 0] == pytest.approx((terms.base + terms.shifts.sum(axis=0))[:, 0])

    def test_early_requests_teach_no_trees(self, clinic):
        """About seven in ten are left."""
        cases, as_of = clinic
        rows = tree_rows(cases, as_of=as_of, config=CONFIG)
        assert 0.6 < len(rows.episodes) / len(cases.clinician_rows) < 0.75
        assert np.all(np.diff(cases.requests[rows.episodes]) >= 0)


class TestFitBoosted:
    def test_few_labels_grow_no_trees(self, clinic, scorer):
        """Below the least number the effects stay alone."""
        cases, as_of = clinic
        found = fit_boosted(cases, scorer, as_of=as_of, config=CONFIG, seed=1)
        assert found.trees == {}

    def test_the_same_seed_gives_the_same_trees(self, clinic, scorer, monkeypatch):
        """Byte for byte; and trees that win nothing on their last rows are not kept."""
        monkeypatch.setattr(boosted_fit, "LEAST_LABELS", 300)
        monkeypatch.setattr(boosted_fit, "LEAST_GAIN", -1.0)
        cases, as_of = clinic
        first, second = (
            fit_boosted(cases, scorer, as_of=as_of, config=CONFIG, seed=1) for _ in range(2)
        )
        assert first.trees
        assert {head: trees.text for head, trees in first.trees.items()} == {
            head: trees.text for head, trees in second.trees.items()
        }
        monkeypatch.setattr(boosted_fit, "LEAST_GAIN", 1.0)
        none = fit_boosted(cases, scorer, as_of=as_of, config=CONFIG, seed=1)
        assert none.trees == {}


class TestFitRanker:
    def test_it_keeps_to_its_teacher(self, clinic, scorer, monkeypatch):
        """Scores of a list follow the utilities of the heads."""
        monkeypatch.setattr(ranker_fit, "LEAST_LISTS", 50)
        cases, as_of = clinic
        ranker = fit_ranker(cases, scorer, as_of=as_of, config=CONFIG, seed=1)
        assert ranker is not None
        intake = cases.intakes[-1]
        rows = np.arange(len(cases.directory))
        waits = np.full(len(rows), 14.0)
        scores = ranker.scores(intake, cases.directory, rows, wait_days=waits)
        said = scorer.predict(intake, cases.directory, rows, wait_days=waits)
        assert np.corrcoef(scores, said.p_engage * said.p_improve)[0, 1] > 0.5

    def test_few_requests_make_no_ranker(self, make_clinic, scorer):
        """There is nothing to order by."""
        cases = Cases.build(make_clinic(intakes=60, clinicians=6, spread=0.5, seed=3))
        as_of = int(cases.requested_at.max())
        assert fit_ranker(cases, scorer, as_of=as_of, config=CONFIG, seed=1) is None
        empty = Cases.build({})
        assert fit_ranker(empty, scorer, as_of=0, config=CONFIG, seed=1) is None
