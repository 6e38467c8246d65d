"""How a configuration is judged: on later time than it was fitted on, in several steps that allow an early end.

Nothing in the time that `train` measures a recipe on is looked at, so that a study flatters no figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

import numpy as np

from data.errors import DataRefusedError
from data.instants import micros_of
from recommender.model import RecommenderConfig
from training.clinic_frames import Frames
from training.collaborative_tuning import collaborative_ndcg
from training.content_folds import Fold, fold_at
from training.content_log import ContentLog
from training.effects_fit import EffectsConfig, fit_effects_scorer
from training.held_out import held_out_episodes, predict_episodes
from training.matching_cases import Cases
from training.metrics.proper_scores import log_losses
from training.recommender_tuning import popular_ndcg
from training.tuning.spaces import SPACES

CUTS = (0.6, 0.7, 0.8)
"""Shares of the requests or events by time at which a fold begins to be predicted."""
FOLD_SHARE = 0.1
"""How much of the time after a cut is predicted."""
LEAST_LABELS = 30
"""Fewest episodes, or people, of a fold."""


class Objective(Protocol):
    """A loss in steps; lower is better."""

    @property
    def known_until(self) -> datetime:
        """Nothing at or after this time is looked at."""
        ...

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The configuration without a study, which is the first trial."""
        ...

    @property
    def steps(self) -> int:
        """How many parts a judgement has."""
        ...

    def loss(self, values: Mapping[str, Any], step: int) -> float:
        """The loss of a configuration in one step, counted from 0."""
        ...


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MatchingObjective:
    """Mean log-loss of all heads on the episodes that come next, over three cuts in time."""

    cases: Cases
    known_until: datetime
    cuts: tuple[tuple[int, int], ...]
    """Begin and end of what each step predicts, microseconds since 1970 UTC."""

    @classmethod
    def build(cls, frames: Frames, *, known_until: datetime) -> Self:
        """Cut a clinic's log.

        Args:
            frames: Tables by name.
            known_until: Nothing known at or after this time is used.

        Raises:
            DataRefusedError: There are too few labels to judge by.
        """
        cases, moment = Cases.build(frames), micros_of(known_until)
        episodes = held_out_episodes(cases, since=0, known_before=moment)
        if len(episodes) * FOLD_SHARE < LEAST_LABELS:
            raise DataRefusedError("too few outcomes to tune on: train without a study")
        times = cases.requests[episodes]
        cuts = tuple(
            (
                int(np.quantile(times, cut, method="higher")),
                int(np.quantile(times, cut + FOLD_SHARE, method="higher")),
            )
            for cut in CUTS
        )
        return cls(cases=cases, known_until=known_until, cuts=cuts)

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The first configuration that `train` tries."""
        return {"ridge": 4.0, "slope_sd": EffectsConfig().slope_sd, "has_signals": True}

    @property
    def steps(self) -> int:
        """One per cut."""
        return len(self.cuts)

    def loss(self, values: Mapping[str, Any], step: int) -> float:
        """Mean log-loss over all labels that were known in time."""
        begin, end = self.cuts[step]
        moment = micros_of(self.known_until)
        scorer = fit_effects_scorer(self.cases, as_of=begin, config=EffectsConfig(**values))
        episodes = held_out_episodes(self.cases, since=begin, known_before=moment)
        episodes = episodes[self.cases.requests[episodes] < end]
        outcomes = self.cases.outcomes
        known = outcomes.observed_at[:, episodes] < moment
        labels = np.where(known, outcomes.labels[:, episodes], np.nan)
        said = predict_episodes(scorer, self.cases, episodes, wait_days=scorer.usual_wait_days)
        return float(np.nanmean(log_losses(said, labels)))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RecommenderObjective:
    """One minus the mean NDCG@10 of popularity, of similar items, of the low pass and of the factors, over three cuts in time."""

    known_until: datetime
    folds: tuple[Fold, ...]

    @classmethod
    def build(cls, log: ContentLog, *, known_until: datetime, seed: int) -> Self:
        """Cut a log of content events.

        Args:
            log: All events.
            known_until: Events at or after this time are not used.
            seed: Draws the people who are looked at.

        Raises:
            DataRefusedError: There are too few people to judge by.
        """
        before = log.between(None, micros_of(known_until)).compact()
        times = before.events.at_micros
        folds = []
        for cut in CUTS if len(times) else ():
            begin = int(np.quantile(times, cut, method="higher"))
            end = int(np.quantile(times, cut + FOLD_SHARE, method="higher"))
            folds.append(fold_at(before.between(None, end), begin, seed=seed))
        if not folds or min(len(fold.people) for fold in folds) < LEAST_LABELS:
            raise DataRefusedError("too few people to tune on: train without a study")
        return cls(known_until=known_until, folds=tuple(folds))

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The configuration that serves where nothing is tuned."""
        config = RecommenderConfig()
        return {name: getattr(config, name) for name in SPACES["recommender"]}

    @property
    def steps(self) -> int:
        """One per cut."""
        return len(self.folds)

    def loss(self, values: Mapping[str, Any], step: int) -> float:
        """One minus the mean of all figures."""
        fold, config = self.folds[step], RecommenderConfig(**values)
        figures = (popular_ndcg(fold, config), *collaborative_ndcg(fold, config))
        return 1.0 - float(np.mean(figures))
