"""Choosing how similar items, low pass and factors are made, by what they foresee of new use."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from recommender.ease import MOST_ITEMS, fit_ease
from recommender.interactions import Pairs
from recommender.item_factors import ItemFactors
from recommender.item_neighbours import ItemNeighbours, fit_item_neighbours, user_item_matrix
from recommender.low_pass import LowPass, Spectrum, decompose
from recommender.model import RecommenderConfig
from training.content_folds import Fold
from training.item_factors_fit import fit_item_factors
from training.new_use import NewUse, factor_scores, low_pass_scores, neighbour_scores

Space = Sequence[tuple[str, tuple[float, ...]]]
"""Hyperparameters in the order of the search, the default first; a name may come again."""
IsTimeUp = Callable[[], bool]
Judge = Callable[[RecommenderConfig], float]

USUAL_RANK = 128
"""Most vectors of the low pass for catalogues up to `MOST_ITEMS`: what a request has time for."""
ITEMS_PER_RANK = 39
"""Larger catalogues keep at most one vector for so many items."""
RANKS = (64, 16, 32, 128, 256, 512, 1024)
NEIGHBOURS: Space = (
    ("neighbour_tilt", (0.0, 0.5, 1.0)),
    ("interest_half_life_days", (180.0, 30.0, 90.0, 720.0)),
    ("ease_ridge", (0.0, 3.0, 10.0, 30.0, 100.0, 300.0)),
    ("neighbours", (100, 30, 300)),
    ("neighbour_shrinkage", (10.0, 0.0, 3.0, 30.0, 100.0)),
    ("activity_power", (0.5, 0.0, 1.0)),
)
LOW_PASS: Space = (
    ("low_pass_rank", RANKS),
    ("low_pass_person_power", (0.5, 0.35, 0.2)),
    ("low_pass_item_power", (0.5, 0.35, 0.65)),
    ("low_pass_target_power", (0.5, 0.35, 0.2, 0.65)),
    ("low_pass_source_power", (0.5, 0.3, 0.4, 0.7)),
    ("low_pass_rank", RANKS),
)
FACTORS: Space = (
    ("factor_confidence", (10.0, 1.0, 3.0, 30.0, 100.0)),
    ("factor_ridge", (30.0, 1.0, 3.0, 10.0, 100.0, 300.0)),
    ("factor_width", (64, 32, 128)),
)
STAGES: Mapping[str, float] = {"low_pass": 0.5, "factors": 0.75, "neighbours": 1.0}
"""Until which share of the search's time each part is looked at."""


def fit_similar(pairs: Pairs, config: RecommenderConfig, *, items: int) -> ItemNeighbours:
    """What is like each item: regressions where a ridge is set and the catalogue allows, else cosines."""
    if config.ease_ridge > 0 and items <= MOST_ITEMS:
        return fit_ease(
            pairs,
            items=items,
            neighbours=config.neighbours,
            ridge=config.ease_ridge,
            activity_power=config.activity_power,
        )
    return fit_item_neighbours(
        pairs,
        items=items,
        neighbours=config.neighbours,
        shrinkage=config.neighbour_shrinkage,
        activity_power=config.activity_power,
        tilt=config.neighbour_tilt,
    )


def fit_low_pass(pairs: Pairs, config: RecommenderConfig, *, items: int) -> LowPass:
    """The low pass of a configuration, of no more vectors than the catalogue allows."""
    rank = min(config.low_pass_rank, most_vectors(items))
    return _filter(_spectrum(pairs, config, items=items, rank=rank), config)


def fit_factors(pairs: Pairs, config: RecommenderConfig, *, items: int) -> ItemFactors:
    """The item factors of a configuration."""
    return fit_item_factors(
        pairs,
        items=items,
        width=config.factor_width,
        confidence=config.factor_confidence,
        ridge=config.factor_ridge,
    )


def most_vectors(items: int) -> int:
    """The largest rank that a catalogue allows."""
    return USUAL_RANK if items <= MOST_ITEMS else items // ITEMS_PER_RANK


def _spectrum(pairs: Pairs, config: RecommenderConfig, *, items: int, rank: int) -> Spectrum:
    return decompose(
        user_item_matrix(pairs, items=items),
        rank=rank,
        person_power=config.low_pass_person_power,
        item_power=config.low_pass_item_power,
    )


def _filter(spectrum: Spectrum, config: RecommenderConfig) -> LowPass:
    return spectrum.low_pass(
        rank=config.low_pass_rank,
        source_power=config.low_pass_source_power,
        target_power=config.low_pass_target_power,
    )


@dataclass(slots=True)
class LowPassJudge:
    """NDCG@10 of low passes; the vectors, which cost most, are worked out once for all ranks and scales."""

    use: NewUse
    known: dict[tuple[float, float], Spectrum] = field(default_factory=dict)

    def __call__(self, config: RecommenderConfig) -> float:
        """NDCG@10 of the low pass alone."""
        powers = (config.low_pass_person_power, config.low_pass_item_power)
        if powers not in self.known:
            rank = most_vectors(self.use.items)
            self.known[powers] = _spectrum(
                self.use.pairs, config, items=self.use.items, rank=rank
            )
        low_pass = _filter(self.known[powers], config)
        return self.use.ndcg(lambda weights: low_pass_scores(low_pass, weights))


def judge_factors(use: NewUse, config: RecommenderConfig) -> float:
    """NDCG@10 of item factors alone."""
    factors = fit_factors(use.pairs, config, items=use.items)
    return use.ndcg(lambda weights: factor_scores(factors, weights))


def neighbours_ndcg(fold: Fold, config: RecommenderConfig) -> float:
    """NDCG@10 of similar items alone, on items new to a person after the cut."""
    use = NewUse.of(fold, half_life_days=config.interest_half_life_days)
    similar = fit_similar(use.pairs, config, items=use.items)
    return use.ndcg(lambda weights: neighbour_scores(similar, weights))


def collaborative_ndcg(fold: Fold, config: RecommenderConfig) -> tuple[float, float, float]:
    """NDCG@10 of similar items, of the low pass and of the factors, each alone."""
    use = NewUse.of(fold, half_life_days=config.interest_half_life_days)
    return (
        neighbours_ndcg(fold, config),
        LowPassJudge(use)(config),
        judge_factors(use, config),
    )


def tune_collaborative(
    fold: Fold, config: RecommenderConfig, *, is_past: Callable[[float], bool]
) -> tuple[RecommenderConfig, int]:
    """Go through the hyperparameters of each part one after the other and keep what helps that part.

    Args:
        fold: The cut log.
        config: Where the search begins.
        is_past: Whether a share of the search's time is over; asked before each trial.

    Returns:
        The best configuration, and how many trials were made.
    """
    use = NewUse.of(fold, half_life_days=config.interest_half_life_days)
    judges: Mapping[str, tuple[Space, Judge]] = {
        "low_pass": (LOW_PASS, LowPassJudge(use)),
        "factors": (FACTORS, lambda trial: judge_factors(use, trial)),
        "neighbours": (NEIGHBOURS, lambda trial: neighbours_ndcg(fold, trial)),
    }
    trials = 0
    for name, (space, judge) in judges.items():
        is_time_up = partial(is_past, STAGES[name])
        possible = _possible(space, use.items)
        config, more = search(possible, judge, config, is_time_up=is_time_up)
        trials += more
    return config, trials


def _possible(space: Space, items: int) -> Space:
    """A space without what a catalogue of this size cannot have."""
    most = most_vectors(items)
    return tuple(
        (name, tuple(value for value in values if name != "low_pass_rank" or value <= most))
        for name, values in space
        if name != "ease_ridge" or items <= MOST_ITEMS
    )


def search(
    space: Space, judge: Judge, config: RecommenderConfig, *, is_time_up: IsTimeUp
) -> tuple[RecommenderConfig, int]:
    """Try each hyperparameter's values in turn, keeping the best so far.

    Args:
        space: Names and values.
        judge: The higher the better.
        config: Where to begin, which is tried first.
        is_time_up: Asked before each trial.
    """
    best, tried = -math.inf, set[RecommenderConfig]()
    steps = [(name, value) for name, values in space for value in values]
    for step in (None, *steps):
        trial = config if step is None else _changed(config, *step)
        if trial in tried:
            continue
        if is_time_up():
            break
        tried.add(trial)
        found = judge(trial)
        if found > best + 1e-9:
            best, config = found, trial
    return config, len(tried)


def _changed(config: RecommenderConfig, name: str, value: float) -> RecommenderConfig:
    return replace(config, **{name: type(getattr(config, name))(value)})
