"""What a model has to show before it may serve.

A gate reads the metrics that were measured when the model was trained. A gate about safety must
have been measured; a gate about quality that could not be measured (a clinic without outcomes)
says so and passes, because the fallback of the same kind is what then serves.

The log-loss gates read the lower end of the 95 % interval of the excess over the base rate: a
model is refused where it is shown to be worse. A small clinic has too few outcomes to show that a
model is at most 0.002 nats worse, and a gate that only large clinics can pass would leave the
others with fixed rates.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from data.errors import GateRefusedError, UsageError

Metrics = Mapping[str, float | int | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One thing a model has to show."""

    name: str
    metric: str
    """The metric it reads."""
    low: float | None = None
    """Smallest value that passes."""
    high: float | None = None
    """Largest value that passes."""
    must_be_measured: bool = False
    meaning: str = ""


GATES: Mapping[str, tuple[Gate, ...]] = {
    "matching": (
        Gate(
            name="eligibility",
            metric="eligibility_violations",
            high=0,
            must_be_measured=True,
            meaning="nobody is ranked who may not treat the patient",
        ),
        Gate(
            name="safety",
            metric="red_ranked",
            high=0,
            must_be_measured=True,
            meaning="no list for a red tier",
        ),
        Gate(
            name="engage_log_loss",
            metric="engage_log_loss_excess_low",
            high=0.002,
            meaning="engagement is not shown to be predicted worse than by its base rate",
        ),
        Gate(
            name="improve_log_loss",
            metric="improve_log_loss_excess_low",
            high=0.002,
            meaning="improvement is not shown to be predicted worse than by its base rate",
        ),
    ),
    "recommender": (
        Gate(
            name="safety",
            metric="withheld_shown",
            high=0,
            must_be_measured=True,
            meaning="no item is shown that the safety filter withholds",
        ),
        Gate(
            name="crisis",
            metric="red_recommended",
            high=0,
            must_be_measured=True,
            meaning="no content for a red tier",
        ),
        Gate(
            name="popularity",
            metric="ndcg_over_popularity_high",
            low=-0.005,
            meaning="not shown to be worse than showing everyone the same popular items",
        ),
    ),
}
"""The gates of each kind of model, safety first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one gate went."""

    gate: Gate
    value: float | None
    is_passed: bool

    @property
    def words(self) -> str:
        """The gate, what was measured, and what would pass."""
        bound = (
            f"at most {self.gate.high:g}"
            if self.gate.low is None
            else f"at least {self.gate.low:g}"
        )
        shown = "not measured" if self.value is None else f"{self.value:.4g}"
        return f"{self.gate.name} ({self.gate.metric} is {shown}, needs {bound}): {self.gate.meaning}"


def judge(kind: str, metrics: Metrics) -> list[Verdict]:
    """Put a model's metrics before the gates of its kind, in order.

    Example:
        >>> [verdict.is_passed for verdict in judge("recommender", {
        ...     "withheld_shown": 0, "red_recommended": 1, "ndcg_over_popularity_high": None})]
        [True, False, True]
    """
    verdicts = []
    for gate in GATES[kind]:
        found = metrics.get(gate.metric)
        value = None if found is None else float(found)
        if value is None:
            is_passed = not gate.must_be_measured
        else:
            is_passed = (gate.low is None or value >= gate.low) and (
                gate.high is None or value <= gate.high
            )
        verdicts.append(Verdict(gate, value, is_passed))
    return verdicts


def override_of(kind: str, metrics: Metrics, reason: str) -> str | None:
    """Which gates a person lets a model past, and why, for the trail; None where it passed all.

    Gates about safety and eligibility have no override.

    Args:
        kind: `matching` or `recommender`.
        metrics: What was measured at training.
        reason: Why it shall serve all the same; printed in the model's card for ever.

    Raises:
        GateRefusedError: A gate about safety did not pass.
        UsageError: The reason says nothing.
    """
    if not reason.strip():
        raise UsageError("--override needs a reason: it is printed in the model card for ever")
    failed = [verdict for verdict in judge(kind, metrics) if not verdict.is_passed]
    fixed = [verdict.words for verdict in failed if verdict.gate.must_be_measured]
    if fixed:
        raise GateRefusedError("refused, whatever the reason, by " + "; ".join(fixed))
    names = ", ".join(verdict.gate.name for verdict in failed)
    return f"{names}: {reason.strip()}" if names else None


def failed_gates(kind: str, metrics: Metrics) -> list[str]:
    """What a model did not pass, in words; empty where it may serve."""
    return [verdict.words for verdict in judge(kind, metrics) if not verdict.is_passed]


def require_gates(kind: str, metrics: Metrics) -> None:
    """Let a model through or name every gate that holds it back.

    Raises:
        GateRefusedError: At least one gate did not pass.
    """
    failed = failed_gates(kind, metrics)
    if failed:
        raise GateRefusedError("refused by " + "; ".join(failed))
