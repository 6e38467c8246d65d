"""What an outcome would be for this intake, whoever the clinician: the yardstick of all effects.

A ridge logistic regression on severity, problem and history (`matching.case_mix_features`). It
knows nothing of clinicians, so that what it leaves over may be theirs; without it a clinician who
takes the hardest cases looks the worst. Race, ethnicity, gender, language and payer never enter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from data.domain import Intake
from data.errors import UsageError
from matching.case_mix_features import QUESTIONNAIRES, CaseMixFeatures
from matching.logistic import coefficient_covariance, fit_logistic, predict_logistic

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMixConfig:
    """Settings of the case-mix model; the defaults suit some hundred cases and more."""

    ridge: float = 4.0
    """Penalty on squared coefficients, in cases: a prior standard deviation of 0.5 logit."""
    least_cases: int = 20
    """Words seen in fewer intakes are pooled as one."""
    blocks: int = 5
    """Blocks of time for cross-fitting."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CaseMixModel:
    """A fitted case-mix model.

    Attributes:
        features: How intakes become numbers.
        coefficients: Intercept first, then one per feature, in logits; shape (features + 1,).
        covariance: How uncertain they are; shape (features + 1, features + 1).
    """

    features: CaseMixFeatures
    coefficients: Floats
    covariance: Floats

    def predict(self, intakes: Sequence[Intake]) -> Floats:
        """Probabilities of the outcome, strictly between 0 and 1; shape (intakes,)."""
        return predict_logistic(self.features.matrix(intakes), self.coefficients)

    def logits(self, intakes: Sequence[Intake]) -> tuple[Floats, Floats]:
        """The logits, and their variances: unsure coefficients, and scores that are not the truth.

        Args:
            intakes: The people.

        Returns:
            Shape (intakes,) each.
        """
        matrix = self.features.matrix(intakes)
        columns = np.concatenate([np.ones((len(matrix), 1)), matrix], axis=1)
        unsure = ((columns @ self.covariance) * columns).sum(axis=1)
        slopes = self.coefficients[1 : 1 + len(QUESTIONNAIRES)]
        hidden = self.features.hidden_variances(intakes) @ slopes**2
        return columns @ self.coefficients, np.asarray(unsure + hidden)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything needed to rebuild the model, by name; `coefficients` has shape (features,)."""
        return {
            **self.features.to_arrays(),
            "coefficients": self.coefficients,
            "covariance": self.covariance,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The inverse of `to_arrays`; `coefficients` has shape (features,).

        Raises:
            KeyError: An array is missing.
        """
        return cls(
            features=CaseMixFeatures.from_arrays(arrays),
            coefficients=arrays["coefficients"],
            covariance=arrays["covariance"],
        )


def fit_case_mix(
    intakes: Sequence[Intake],
    outcomes: Floats,
    config: CaseMixConfig | None = None,
    *,
    weights: Floats | None = None,
) -> CaseMixModel:
    """Fit the model on intakes with a known outcome.

    Args:
        intakes: The intakes, whoever treated them.
        outcomes: What came of each: 0, 1 or between; NaN where it is unknown, and then the intake
            is left out; shape (intakes,).
        config: Settings.
        weights: What each intake counts for, one when absent; shape (intakes,).

    Returns:
        The fitted model; without any known outcome it says one half.

    Raises:
        UsageError: Lengths differ, or an outcome is outside 0 and 1.
    """
    settings = config or CaseMixConfig()
    values = _checked(intakes, outcomes)
    known = np.isfinite(values)
    kept = [intake for intake, is_known in zip(intakes, known, strict=True) if is_known]
    features = CaseMixFeatures.fit(kept, least_cases=settings.least_cases)
    matrix = features.matrix(kept)
    coefficients = fit_logistic(
        matrix,
        values[known],
        ridge=settings.ridge,
        weights=None if weights is None else weights[known],
    )
    return CaseMixModel(
        features=features,
        coefficients=coefficients,
        covariance=coefficient_covariance(matrix, coefficients, ridge=settings.ridge),
    )


def cross_fitted_expectation(
    intakes: Sequence[Intake],
    outcomes: Floats,
    config: CaseMixConfig | None = None,
    *,
    weights: Floats | None = None,
) -> Floats:
    """Expected outcome of each intake from a model that has not seen its block of time.

    Blocks hold about equally many intakes by `requested_at`; equal times stay together. Residuals
    against these expectations are honest: no outcome explains itself.

    Args:
        intakes: The intakes, in any order.
        outcomes: As in `fit_case_mix`; unknown outcomes get an expectation too; shape (intakes,).
        config: Settings.
        weights: As in `fit_case_mix`.

    Returns:
        Probabilities of shape (intakes,).

    Raises:
        UsageError: Lengths differ, or an outcome is outside 0 and 1.
    """
    settings = config or CaseMixConfig()
    ridges = (settings.ridge,)
    return cross_fitted_expectations(intakes, outcomes, ridges, settings, weights=weights)[0]


def cross_fitted_expectations(
    intakes: Sequence[Intake],
    outcomes: Floats,
    ridges: Sequence[float],
    config: CaseMixConfig | None = None,
    *,
    weights: Floats | None = None,
) -> Floats:
    """As `cross_fitted_expectation`, for several penalties at once; that of the settings is not used.

    Args:
        intakes: The intakes, in any order.
        outcomes: As in `fit_case_mix`; shape (intakes,).
        ridges: Penalties, each above 0.
        config: Settings.
        weights: As in `fit_case_mix`.

    Returns:
        Probabilities of shape (ridges, intakes).

    Raises:
        UsageError: Lengths differ, or an outcome is outside 0 and 1.
    """
    settings = config or CaseMixConfig()
    values = _checked(intakes, outcomes)
    expected = np.full((len(ridges), len(intakes)), 0.5)
    if not len(intakes):
        return expected
    counted = np.ones(len(values)) if weights is None else weights
    times = [intake.requested_at.timestamp() for intake in intakes]
    blocks = time_blocks(times, settings.blocks)
    for block in np.unique(blocks):
        out = np.flatnonzero(blocks == block)
        known = np.flatnonzero((blocks != block) & np.isfinite(values))
        seen = [intakes[row] for row in known.tolist()]
        features = CaseMixFeatures.fit(seen, least_cases=settings.least_cases)
        matrix = features.matrix(seen)
        unseen = features.matrix([intakes[row] for row in out.tolist()])
        for place, ridge in enumerate(ridges):
            fit = fit_logistic(matrix, values[known], ridge=ridge, weights=counted[known])
            expected[place, out] = predict_logistic(unseen, fit)
    return expected


def _checked(intakes: Sequence[Intake], outcomes: Floats) -> Floats:
    """The outcomes as numbers.

    Raises:
        UsageError: Lengths differ, or an outcome is outside 0 and 1.
    """
    values = np.asarray(outcomes, np.float64)
    known = np.isfinite(values)
    if len(values) != len(intakes) or np.any((values[known] < 0) | (values[known] > 1)):
        raise UsageError("give one outcome between 0 and 1, or NaN, per intake")
    return values


def time_blocks(times: Sequence[float] | Floats, blocks: int) -> NDArray[np.int64]:
    """Blocks of about equal size in order of time; equal times share a block.

    Args:
        times: When each happened, any unit; shape (rows,), at least one row.
        blocks: Most blocks to make, at least 1.

    Returns:
        The block of each row, ascending with time, not every number used; shape (rows,).

    Example:
        >>> time_blocks([10.0, 20.0, 20.0, 40.0], 2)
        array([0, 1, 1, 1])
    """
    moments = np.asarray(times, np.float64)
    ordered = np.sort(moments)
    starts = (np.arange(1, blocks) * len(ordered)) // blocks
    return np.searchsorted(np.unique(ordered[starts]), moments, side="right").astype(np.int64)
