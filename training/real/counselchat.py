"""CounselChat: who among the therapists who answered a question will people find most helpful?

Each method learns from four fifths of the questions and orders the therapists who answered the rest;
what counts is the readers' upvotes. Five folds, repeated with new folds, so that every question is
tested on models that have not seen it. Nothing of a tested question is used: not its votes, not its
views, not how many answered.

The outcome is `log(1 + upvotes)`. Two ways of taking out how popular a question is are reported:
`within` subtracts the question's mean and drops single answers, `crossed` fits question and
therapist effects side by side, each shrunken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from matching.effects import fit_effects
from training.metrics.intervals import Interval, bootstrap, mean_interval, ratio
from training.real.crossed_effects import Factor, fit_crossed
from training.real.ordering import concordance, expected_ndcg
from training.real.results import ResultRow, ResultTable, find_shipped

Floats = NDArray[np.float64]

NAME = "counselchat"
FOLDS = 5
REPEATS = 4
TEST = "held-out questions"

RANDOM = "random"
VOLUME = "volume of answers"
RAW = "raw mean"
WITHIN = "therapist, within"
WITHIN_TOPIC = "therapist x topic, within"
CROSSED = "therapist, crossed"
CROSSED_TOPIC = "therapist x topic, crossed"
METHODS = (RANDOM, VOLUME, RAW, WITHIN, WITHIN_TOPIC, CROSSED, CROSSED_TOPIC)
LEVELS = (RANDOM, RAW, CROSSED, CROSSED_TOPIC)
"""Methods that foretell an answer's votes as well as the order; `random` says the overall mean."""


def read_answers(folder: Path) -> pd.DataFrame:
    """Answers, one per question and therapist.

    A question filed under two topics stands twice with the same answer; the first topic in
    alphabetical order is kept.

    Args:
        folder: Where `answers.csv` stands.

    Returns:
        Columns question_id, topic, therapist_id, upvotes and outcome, in order of question and
        therapist: the order of the source gives the votes away.
    """
    answers = pd.read_csv(folder / "answers.csv", dtype={"therapist_id": "str", "topic": "str"})
    answers = answers.sort_values(["question_id", "therapist_id", "topic"], kind="stable")
    answers = answers.drop_duplicates(["question_id", "therapist_id"]).reset_index(drop=True)
    topics = answers.groupby("question_id")["topic"].transform("min")
    return answers.assign(topic=topics, outcome=np.log1p(answers["upvotes"]))


def score_answers(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, Floats]:
    """Scores of test answers by every method, from training questions alone.

    Args:
        train: Answers to training questions.
        test: Answers to be ordered; only therapist and topic are read.

    Returns:
        Scores of shape (test answers,); a therapist never seen gets what is usual.
    """
    mean = float(train["outcome"].mean())
    volume = test["therapist_id"].map(train["therapist_id"].value_counts()).fillna(0)
    raw = test["therapist_id"].map(train.groupby("therapist_id")["outcome"].mean()).fillna(mean)
    return {
        RANDOM: np.full(len(test), mean),
        VOLUME: volume.to_numpy(np.float64),
        RAW: raw.to_numpy(np.float64),
        **_within(train, test),
        **_crossed(train, test, mean),
    }


def _factors(answers: pd.DataFrame) -> dict[str, Factor]:
    """Therapists alone, and within topics."""
    owners = answers["therapist_id"].tolist()
    return {
        "": Factor.plain(owners),
        "topic": Factor(owners=owners, domains=answers["topic"].tolist()),
    }


def _within(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, Floats]:
    """Effects on outcomes around the mean of their question; shape (test answers,) each."""
    groups = train.groupby("question_id")["outcome"]
    compared = train[groups.transform("size") >= 2]
    residuals = (compared["outcome"] - groups.transform("mean")[compared.index]).to_numpy()
    found = {}
    for name, kind in ((WITHIN, ""), (WITHIN_TOPIC, "topic")):
        factor, asked = _factors(compared)[kind], _factors(test)[kind]
        effects = fit_effects(factor.owners, factor.domains, residuals)
        found[name] = effects.look_up(asked.owners, asked.domains).means
    return found


def _crossed(train: pd.DataFrame, test: pd.DataFrame, mean: float) -> dict[str, Floats]:
    """Foretold outcomes with question effects beside; shape (test answers,) each."""
    questions = Factor.plain(train["question_id"].astype("str").tolist())
    residuals = train["outcome"].to_numpy() - mean
    found = {}
    for name, kind in ((CROSSED, ""), (CROSSED_TOPIC, "topic")):
        asked = _factors(test)[kind]
        effects = fit_crossed(questions, _factors(train)[kind], residuals).second
        found[name] = mean + effects.look_up(asked.owners, asked.domains).means
    return found


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scored:
    """What one method earned.

    Attributes:
        by_question: Concordance and NDCG of each question whose answers differ in votes, mean over
            repeats; indexed by question.
        squares: Squared errors summed over answers, and answers; shape (questions, 2).
    """

    by_question: pd.DataFrame
    squares: Floats


def run_folds(answers: pd.DataFrame, *, repeats: int, seed: int) -> dict[str, Scored]:
    """Score every question by models that did not see it, in each repeat.

    Args:
        answers: As from `read_answers`.
        repeats: How often folds are drawn anew.
        seed: Seed of the folds.

    Returns:
        What each method earned, by method.
    """
    questions, rows = np.unique(answers["question_id"], return_inverse=True)
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(repeats):
        folds = (rng.permutation(len(questions)) % FOLDS)[rows]
        for fold in range(FOLDS):
            test = answers[folds == fold]
            parts.append(test.assign(**score_answers(answers[folds != fold], test)))
    scored = pd.concat(parts)
    return {name: _score(scored, name, repeats) for name in METHODS}


def _score(scored: pd.DataFrame, method: str, repeats: int) -> Scored:
    """What one method earned on the answers of all repeats."""
    scored = scored.assign(repeat=scored.groupby(["question_id", "therapist_id"]).cumcount())
    figures = []
    for (question, _), part in scored.groupby(["question_id", "repeat"]):
        scores, votes = part[method].to_numpy(), part["upvotes"].to_numpy()
        if np.ptp(votes) > 0:
            figures.append((question, concordance(scores, votes), expected_ndcg(scores, votes)))
    frame = pd.DataFrame(figures, columns=["question_id", "concordance", "ndcg"])
    errors = (scored[method] - scored["outcome"]) ** 2
    sums = errors.groupby(scored["question_id"]).agg(["sum", "size"])
    return Scored(
        by_question=frame.groupby("question_id").mean(),
        squares=sums.to_numpy(np.float64) / repeats,
    )


def counselchat_table(
    folder: Path | None = None, *, repeats: int = REPEATS, seed: int = 0
) -> ResultTable:
    """Order the therapists of held-out questions by every method.

    Args:
        folder: Where the data stand; the shipped ones when absent.
        repeats: How often the five folds are drawn anew.
        seed: Seed of folds and bootstrap.

    Returns:
        Concordance and NDCG over questions whose answers differ in votes, the concordance less that
        of the raw mean, and the error of foretold votes over all answers; 95 % intervals by
        bootstrap of questions.

    Raises:
        NotFoundError: The data are not in this copy.
    """
    earned = run_folds(read_answers(folder or find_shipped(NAME)), repeats=repeats, seed=seed)
    rows = [row for method in earned for row in _rows(earned, method, seed)]
    return ResultTable(
        title="CounselChat: which of the therapists who answered is found most helpful",
        source="nbertagnolli/counsel-chat, MIT; reduced to ids, topics, votes and views",
        caution="votes of readers on a public forum, early answers gather more: not an outcome of care",
        rows=tuple(rows),
        notes=_describe(rows),
    )


def _rows(earned: Mapping[str, Scored], method: str, seed: int) -> list[ResultRow]:
    """The rows of one method."""
    ours, raw = earned[method].by_question, earned[RAW].by_question
    figures = {"concordance": ours["concordance"], "ndcg": ours["ndcg"]}
    if method != RAW:
        figures["concordance_minus_raw_mean"] = ours["concordance"] - raw["concordance"]

    def row(metric: str, interval: Interval, n: int) -> ResultRow:
        """A row of the table."""
        return ResultRow.of(TEST, method, metric, interval, n)

    rows = [
        row(
            metric,
            mean_interval(values, values.index, rng=np.random.default_rng(seed)),
            len(values),
        )
        for metric, values in figures.items()
    ]
    if method in LEVELS:
        squares = earned[method].squares
        root = bootstrap(
            squares,
            np.arange(len(squares)),
            lambda sums: np.sqrt(ratio(sums)),
            rng=np.random.default_rng(seed),
        )
        rows.append(row("rmse_log_votes", root, round(squares[:, 1].sum())))
    return rows


def _describe(rows: list[ResultRow]) -> tuple[str, ...]:
    """What came out, in two sentences."""
    order = {row.method: row.value for row in rows if row.metric == "concordance"}
    error = {row.method: row.value for row in rows if row.metric == "rmse_log_votes"}
    gaps = [row for row in rows if row.metric == "concordance_minus_raw_mean"]
    ahead = [row.method for row in gaps if row.low > 0]
    best = max(order, key=lambda name: order[name])
    closest = min(error, key=lambda name: error[name])
    clearly = ", ".join(ahead) or "none"
    return (
        f"Order: best is {best}; clearly ahead of the raw mean: {clearly}.",
        f"Foretold votes: least error has {closest}.",
    )
