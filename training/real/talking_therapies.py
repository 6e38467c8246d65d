"""NHS Talking Therapies: do shrunken provider effects foretell next year's improvement?

A cell is a provider, a problem and a type of therapy in one year, with the number who finished
treatment, the courses of therapy among them (two or more appointments of that type), and how many
reliably improved. Everything is fitted on earlier years and scored once on a later one, each cell by
its number of cases. Figures are confounded by severity and step of care: they are never the effect
of a therapy or of a provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from matching.effects import fit_effects
from training.metrics.intervals import Interval, bootstrap, mean_interval, ratio
from training.metrics.proper_scores import brier_losses, log_loss, log_losses
from training.real.crossed_effects import Factor, fit_crossed
from training.real.results import ResultRow, ResultTable, find_shipped

Floats = NDArray[np.float64]

NAME = "nhs_talking_therapies"
DENOMINATORS = {"of finished": "finished", "of courses": "courses"}
"""What improvement is a share of. Of those who finished treatment, as one appointment of a therapy
counts there too, the share also tells how often a second one followed; of courses of therapy is the
published rate."""
TEST_YEARS = (2021, 2022)
"""First calendar years of the financial years that are predicted."""

NATIONAL = "national rate"
RAW = "raw provider x problem"
PROVIDER = "provider, shrunken"
TWO_LEVEL = "provider x problem, two-level"
CROSSED = "two-level, therapy too"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What may be chosen, on years before the test year."""

    half_life_years: float = np.inf
    """Years after which a year weighs half; infinite for equal weights."""
    is_binomial: bool = True
    """Whether one case varies by `p (1 - p)`, or as much as measured within provider and problem,
    which holds that years and therapies differ by more than chance."""

    def __str__(self) -> str:
        weights = f"half-life {self.half_life_years:g} years"
        if np.isinf(self.half_life_years):
            weights = "equal weights of years"
        return f"{weights}, {'binomial' if self.is_binomial else 'measured'} variance"


SETTINGS = tuple(
    Setting(half_life_years=half_life, is_binomial=is_binomial)
    for half_life in (np.inf, 2.0, 1.0, 0.5)
    for is_binomial in (True, False)
)
"""What is tried, plainest first."""


def read_cells(folder: Path, denominator: str) -> pd.DataFrame:
    """Published cells with a number of cases and a rate.

    Args:
        folder: Where `outcomes.parquet` stands.
        denominator: Column that improvement is a share of, `finished` or `courses`.

    Returns:
        Columns year (first calendar year), provider, problem, therapy, cases, rate.
    """
    table = pd.read_parquet(folder / "outcomes.parquet")
    cases = table[denominator].astype("float64")
    return pd.DataFrame(
        {
            "year": table["period"].str.slice(0, 4).astype("int64"),
            "provider": table["provider"],
            "problem": table["problem"],
            "therapy": table["therapy"],
            "cases": cases,
            "rate": np.minimum(table["improved"].astype("float64") / cases, 1.0),
        }
    )


def predict_year(
    cells: pd.DataFrame, test_year: int, setting: Setting
) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Predict the rates of one year from all years before it.

    Cells whose problem and therapy were never published together before are left out: no method
    has anything to say about them.

    Args:
        cells: As from `read_cells`.
        test_year: The year to predict.
        setting: How years weigh and cases vary.

    Returns:
        The test cells, and the predicted rates by method; shape (test cells,) each.
    """
    train = cells[cells["year"] < test_year]
    ages = (test_year - 1 - train["year"]) / setting.half_life_years
    train = train.assign(cases=train["cases"] * 0.5**ages)
    train = train.assign(improved=train["cases"] * train["rate"])
    base = _national_rates(train)
    train = train.join(base, on=["problem", "therapy"])
    test = cells[cells["year"] == test_year].join(base, on=["problem", "therapy"])
    test = test[test["base"].notna()].reset_index(drop=True)
    expected = test["base"].to_numpy()
    effects = _provider_effects(train, test, is_binomial=setting.is_binomial)
    found = {name: np.clip(expected + effect, 0.001, 0.999) for name, effect in effects.items()}
    return test, found


def _national_rates(train: pd.DataFrame) -> pd.Series:
    """The national rate by problem and therapy, each with one case at the overall rate."""
    sums = train.groupby(["problem", "therapy"])[["improved", "cases"]].sum()
    overall = sums["improved"].sum() / sums["cases"].sum()
    return ((sums["improved"] + overall) / (sums["cases"] + 1.0)).rename("base")


def _provider_effects(
    train: pd.DataFrame, test: pd.DataFrame, *, is_binomial: bool
) -> Mapping[str, Floats]:
    """What each method adds to the national rate of the test cells; shape (test cells,) each."""
    base, cases = train["base"].to_numpy(), train["cases"].to_numpy()
    residuals = train["rate"].to_numpy() - base
    variances = base * (1.0 - base) if is_binomial else None
    owners, asked = train["provider"].tolist(), test["provider"].tolist()
    problems, asked_problems = train["problem"].tolist(), test["problem"].tolist()
    provider = fit_effects(
        owners, [""] * len(owners), residuals, variances=variances, cases=cases
    )
    two_level = fit_effects(owners, problems, residuals, variances=variances, cases=cases)
    crossed = fit_crossed(
        Factor(owners=owners, domains=train["therapy"].tolist()),
        Factor(owners=owners, domains=problems),
        residuals,
        variances=variances,
        cases=cases,
    )
    sums = train.assign(excess=residuals * cases).groupby(["provider", "problem"])
    totals = sums[["excess", "cases"]].sum()
    raw = (totals["excess"] / totals["cases"]).rename("raw")
    return {
        NATIONAL: np.zeros(len(test)),
        RAW: test.join(raw, on=["provider", "problem"])["raw"].fillna(0.0).to_numpy(),
        PROVIDER: provider.look_up(asked, [""]).means,
        TWO_LEVEL: two_level.look_up(asked, asked_problems).means,
        CROSSED: crossed.means(
            Factor(owners=asked, domains=test["therapy"].tolist()),
            Factor(owners=asked, domains=asked_problems),
        ),
    }


def choose_setting(cells: pd.DataFrame, test_year: int) -> Setting:
    """The setting by which the two-level method best predicts the year before the test year.

    Args:
        cells: As from `read_cells`; the test year itself is not looked at.
        test_year: The year to be predicted later.

    Returns:
        The first of the best; the plainest where fewer than two years come before that year, as
        there is nothing yet to weigh.
    """
    if cells.loc[cells["year"] < test_year - 1, "year"].nunique() < 2:
        return SETTINGS[0]
    losses = []
    for setting in SETTINGS:
        test, found = predict_year(cells, test_year - 1, setting)
        losses.append(log_loss(found[TWO_LEVEL], test["rate"], test["cases"]))
    return SETTINGS[int(np.argmin(losses))]


def score_year(
    test_name: str, test: pd.DataFrame, predictions: Mapping[str, Floats], seed: int
) -> list[ResultRow]:
    """Log-loss and RMSE of each method, and its log-loss minus that of the two-level method.

    Args:
        test_name: What to call the test set.
        test: Test cells.
        predictions: Predicted rates by method; shape (test cells,) each.
        seed: Seed of the bootstrap by provider.
    """
    rates, weights = test["rate"].to_numpy(), test["cases"].to_numpy()
    providers = test["provider"].to_numpy(dtype=str)
    reference = log_losses(predictions[TWO_LEVEL], rates)

    def row(method: str, metric: str, interval: Interval) -> ResultRow:
        """A row of the table."""
        return ResultRow.of(test_name, method, metric, interval, len(test))

    rows = []
    for method, predicted in predictions.items():
        losses = log_losses(predicted, rates)
        rng = np.random.default_rng(seed)
        mean = mean_interval(losses, providers, weights=weights, rng=rng)
        rows.append(row(method, "log_loss", mean))
        squares = np.column_stack([weights * brier_losses(predicted, rates), weights])
        root = bootstrap(
            squares,
            providers,
            lambda sums: np.sqrt(ratio(sums)),
            rng=np.random.default_rng(seed),
        )
        rows.append(row(method, "rmse", root))
        if method != TWO_LEVEL:
            rng = np.random.default_rng(seed)
            gap = mean_interval(losses - reference, providers, weights=weights, rng=rng)
            rows.append(row(method, "log_loss_minus_two_level", gap))
    return rows


def talking_therapies_table(folder: Path | None = None, *, seed: int = 0) -> ResultTable:
    """Predict each test year from the years before it, by every method.

    Args:
        folder: Where the data stand; the shipped ones when absent.
        seed: Seed of the bootstrap.

    Returns:
        Rows for each test year and denominator, with 95 % intervals by bootstrap of providers.

    Raises:
        NotFoundError: The data are not in this copy.
    """
    place = folder or find_shipped(NAME)
    rows: list[ResultRow] = []
    notes: list[str] = []
    for label, denominator in DENOMINATORS.items():
        cells = read_cells(place, denominator)
        for year in TEST_YEARS:
            test_name = f"{year}-{(year + 1) % 100:02} {label}"
            setting = choose_setting(cells, year)
            test, found = predict_year(cells, year, setting)
            scored = score_year(test_name, test, found, seed)
            rows.extend(scored)
            notes.append(_describe(test_name, scored, setting))
    return ResultTable(
        title="NHS Talking Therapies: next year's reliable improvement by provider and problem",
        source="NHS England statistics through bennettoxford/nhstt (MIT), Open Government Licence v3",
        caution="confounded by severity and step of care: never an effect of a therapy or provider",
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _describe(test_name: str, rows: list[ResultRow], setting: Setting) -> str:
    """What came out, in a sentence."""
    losses = {row.method: row.value for row in rows if row.metric == "log_loss"}
    best = min(losses, key=lambda method: losses[method])
    gap = next(
        row
        for row in rows
        if (row.method, row.metric) == (PROVIDER, "log_loss_minus_two_level")
    )
    verdict = "no clear difference"
    if gap.low > 0:
        verdict = "two-level is better"
    elif gap.high < 0:
        verdict = "provider alone is better"
    return (
        f"{test_name}: best is {best}; two-level against provider alone: {verdict}; "
        f"chosen before: {setting}."
    )
