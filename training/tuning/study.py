"""One study per kind of model and state of the data, in a storage that several workers may share."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState

from data.database import open_engine
from training.console import ReportProgress
from training.tuning.objectives import Objective
from training.tuning.spaces import SPACES, suggest

KNOWN_UNTIL, IS_DEFAULT = "known_until", "is_default"
BY_HAND = "configuration file"
"""What a bundle calls a configuration that no study found."""
STARTUP_TRIALS = 8
"""Trials before the sampler learns and anything is cut short."""
DEAD_AFTER = timedelta(hours=1)
"""A trial that has run this long belongs to a worker that is gone."""
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What a study has found so far."""

    study: str
    trials: int
    """Finished or cut short."""
    loss: float
    values: Mapping[str, Any]
    default_loss: float | None
    """Of the configuration without a study; None until it has been judged to the end."""

    def told(self) -> dict[str, Any]:
        """What a bundle says of the study that it was trained by."""
        return {"name": self.study, "trials": self.trials, "values": dict(self.values)}


def values_of(meta: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The configuration that a bundle was trained with by a study; None where it tuned itself."""
    study = meta.get("study")
    return None if study is None else study["values"]


def run_study(  # noqa: PLR0913 - a study, how long, and who is told
    storage: str,
    kind: str,
    objective: Objective,
    *,
    trials: int,
    timeout_seconds: float | None,
    seed: int,
    at: datetime,
    on_progress: ReportProgress,
) -> Tuned:
    """Go on with a study until it has so many trials, or time is up.

    The configuration without a study is the first trial. A trial that is worse than the median of
    the others after a step is cut short. What was killed is picked up where it was: finished trials stay.

    Args:
        storage: SQLAlchemy URL; several workers may share it.
        kind: `matching` or `recommender`.
        objective: How configurations are judged.
        trials: How many trials the study shall have in all.
        timeout_seconds: No trial begins after this time; None for no limit.
        seed: Of the sampler.
        at: The present.
        on_progress: Told of each trial.

    Raises:
        SettingsError: The storage is no database that can be used.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = _open(storage, kind, objective, seed)
    _bury(study, at)
    _ask_defaults(study, objective)
    space = SPACES[kind]

    def judge(trial: optuna.Trial) -> float:
        values = suggest(trial, space)
        losses: list[float] = []
        for step in range(objective.steps):
            losses.append(objective.loss(values, step))
            trial.report(math.fsum(losses) / len(losses), step)
            if step + 1 < objective.steps and trial.should_prune():
                raise optuna.TrialPruned
        return math.fsum(losses) / len(losses)

    def tell(study: optuna.Study, _: Any) -> None:
        on_progress(f"tune {kind}", min(_finished(study), trials), trials)
        if _finished(study) >= trials:
            study.stop()

    left = trials - _finished(study)
    if left > 0:
        study.optimize(judge, n_trials=left, timeout=timeout_seconds, callbacks=[tell])
    return _found(study)


def chosen_values(values: Mapping[str, Any] | None) -> Tuned | None:
    """A configuration that a person wrote down, in the place of a study's; None without one."""
    if values is None:
        return None
    return Tuned(study=BY_HAND, trials=0, loss=0.0, values=dict(values), default_loss=None)


def find_tuned(storage: str, kind: str, *, before: datetime) -> Tuned | None:
    """The best configuration of the newest study that knew nothing of a time; None where there is none.

    Args:
        storage: SQLAlchemy URL; empty means none.
        kind: `matching` or `recommender`.
        before: A study that looked at this time or later is passed over.
    """
    found = [entry for entry in _known(storage, kind) if entry[0] <= before]
    if not found:
        return None
    return _found(optuna.load_study(study_name=max(found)[1], storage=storage))


def _known(storage: str, kind: str) -> list[tuple[datetime, str]]:
    """Until when each study of a kind with a finished trial looked, and its name."""
    file = storage.removeprefix("sqlite:///")
    if not storage or (file != storage and not Path(file).is_file()):
        return []
    found: list[tuple[datetime, str]] = []
    for summary in optuna.get_all_study_summaries(storage, include_best_trial=True):
        until = summary.user_attrs.get(KNOWN_UNTIL)
        is_mine = summary.study_name.startswith(f"{kind}-") and summary.best_trial is not None
        if is_mine and until is not None:
            found.append((datetime.fromisoformat(until), summary.study_name))
    return found


def list_losses(storage: str, kind: str) -> list[tuple[int, float]]:
    """Number and loss of each trial of the newest study of a kind that was judged to the end; empty without one.

    Args:
        storage: SQLAlchemy URL; empty means none.
        kind: `matching` or `recommender`.
    """
    names = _known(storage, kind)
    if not names:
        return []
    study = optuna.load_study(study_name=max(names)[1], storage=storage)
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return [(trial.number, float(trial.value or 0.0)) for trial in complete]


def _open(storage: str, kind: str, objective: Objective, seed: int) -> optuna.Study:
    until = objective.known_until.astimezone(UTC).isoformat()
    name = f"{kind}-{hashlib.sha256(f'{until}:{seed}'.encode()).hexdigest()[:12]}"
    open_engine(storage).dispose()
    study = optuna.create_study(
        storage=storage, study_name=name, direction="minimize", load_if_exists=True
    )
    study.sampler = optuna.samplers.TPESampler(
        seed=seed + len(study.trials), n_startup_trials=STARTUP_TRIALS, constant_liar=True
    )
    study.pruner = optuna.pruners.MedianPruner(n_startup_trials=STARTUP_TRIALS)
    study.set_user_attr(KNOWN_UNTIL, until)
    return study


def _ask_defaults(study: optuna.Study, objective: Objective) -> None:
    """Let the configuration without a study be judged, unless it was, is, or waits to be."""
    asked = (TrialState.COMPLETE, TrialState.RUNNING, TrialState.WAITING)
    if not any(IS_DEFAULT in trial.user_attrs for trial in study.get_trials(states=asked)):
        study.enqueue_trial(dict(objective.defaults), user_attrs={IS_DEFAULT: True})


def _bury(study: optuna.Study, at: datetime) -> None:
    """Give up trials of workers that are gone."""
    for trial in study.get_trials(states=(TrialState.RUNNING,)):
        started = trial.datetime_start
        if started is not None and at.astimezone().replace(tzinfo=None) - started > DEAD_AFTER:
            study.tell(trial.number, state=TrialState.FAIL)


def _finished(study: optuna.Study) -> int:
    return len(study.get_trials(deepcopy=False, states=FINISHED))


def _found(study: optuna.Study) -> Tuned:
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    default = next((trial for trial in complete if IS_DEFAULT in trial.user_attrs), None)
    best = study.best_trial
    return Tuned(
        study=study.study_name,
        trials=_finished(study),
        loss=float(best.value or 0.0),
        values=dict(best.params),
        default_loss=None if default is None else float(default.value or 0.0),
    )
