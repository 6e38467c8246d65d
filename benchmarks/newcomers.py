"""Do newcomers get the exposure that they merit, and what does it cost? A world of known truth.

150 clinicians, 8 problem domains, 16,000 requests of 20 eligible clinicians each; 30 % of the clinicians
join half-way. A clinician changes the logit of a success by a main effect of SD .3 and one per domain of
SD .5. Outcomes are seen 400 requests later; effects are shrunken with the true variance components.
Before the newcomers join either a desk chooses at random, which leaves the others well known, or the
policy itself does; after that every request goes to the first of the list. What newcomers merit is their
share under the true chances.

    python benchmarks/newcomers.py [--seeds 5] [--first-seed 200] [--requests 16000]

The defaults of the bonus were chosen on seeds 100 to 109, so the first seed is another.

Regret is in points of success after the newcomers join. Policies: `greedy` by expectation, `one_sd` with
a whole posterior standard deviation for everybody, `served` as the service adds it by default (capped,
fading, in points of utility).
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from matching.newcomers import NewcomerBonus
from matching.predictions import HEADS
from matching.rules import base_rates
from matching.shrinkage import CellSums, Components, shrink
from matching.utility import UtilityWeights, pairing_value
from matching.variance_components import VarianceComponent

Floats = NDArray[np.float64]

CLINICIANS, DOMAINS, OFFERED = 150, 8, 20
NEW_SHARE, LAG = 0.3, 400
MAIN_SD, DOMAIN_SD = 0.3, 0.5
CASE_VARIANCE = 0.25
POLICIES = ("greedy", "one_sd", "served")
TARGET_SHARE, TARGET_COST = 0.8, 1.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class World:
    """What is true: chances, requests, and who may be offered to each."""

    chances: Floats  # (clinicians, domains)
    domains: NDArray[np.int64]  # (requests,)
    offered: NDArray[np.int64]  # (requests, offered)
    luck: Floats  # (requests,)
    is_new: NDArray[np.bool_]  # (clinicians,)

    @property
    def half(self) -> int:
        return len(self.domains) // 2


def draw_world(seed: int, requests: int) -> World:
    dice = np.random.default_rng(seed)
    effects = dice.normal(0, MAIN_SD, (CLINICIANS, 1)) + dice.normal(
        0, DOMAIN_SD, (CLINICIANS, DOMAINS)
    )
    is_new = np.zeros(CLINICIANS, dtype=np.bool_)
    is_new[dice.choice(CLINICIANS, int(NEW_SHARE * CLINICIANS), replace=False)] = True
    keys = dice.random((requests, CLINICIANS))
    keys[: requests // 2, is_new] = 2.0
    return World(
        chances=expit(effects),
        domains=dice.integers(0, DOMAINS, requests),
        offered=np.argpartition(keys, OFFERED, axis=1)[:, :OFFERED],
        luck=dice.random(requests),
        is_new=is_new,
    )


def components() -> Components:
    """The true variances on the scale of the outcome, where a logit counts .25."""

    def known(value: float) -> VarianceComponent:
        return VarianceComponent(value=value, low=value, high=value)

    return Components(
        case=CASE_VARIANCE,
        clinician=known((MAIN_SD * 0.25) ** 2),
        domain=known((DOMAIN_SD * 0.25) ** 2),
    )


def utility_slope() -> float:
    """Points of utility per point of success at usual rates of the other outcomes."""
    rates = np.repeat(base_rates()[:, None], 2, axis=1)
    rates[HEADS.index("improve")] = [0.5, 0.51]
    low, high = pairing_value(rates, 14.0, UtilityWeights())
    return float(high - low) / 0.01


def bonus(policy: str, spreads: Floats, cases: Floats, slope: float) -> Floats:
    """What is added to the expected chance of success; shape (offered,)."""
    if policy == "greedy":
        return np.zeros(len(spreads))
    if policy == "one_sd":
        return spreads
    everybody = np.ones(len(spreads), dtype=np.bool_)
    points = NewcomerBonus().points(spreads * slope, cases.astype(np.int64), everybody)
    return points / slope


def run(world: World, policy: str, before: str) -> NDArray[np.int64]:
    """Whom each request goes to; shape (requests,)."""
    known, slope = components(), utility_slope()
    cells = np.zeros((3, CLINICIANS, DOMAINS))
    chosen = np.zeros(len(world.domains), dtype=np.int64)
    for request, domain in enumerate(world.domains.tolist()):
        if request >= LAG:
            _observe(cells, world, request - LAG, chosen)
        rows = world.offered[request]
        if before == "desk" and request < world.half:
            chosen[request] = rows[request % OFFERED]
            continue
        own = cells[:, rows]
        sums = CellSums.of(own.reshape(3, -1))
        weights = sums.precisions(known.domain.value).reshape(own.shape[1:])
        means = sums.means.reshape(own.shape[1:])
        found = shrink(
            CellSums.of(own[:, :, domain]),
            weights.sum(axis=1),
            (weights * means).sum(axis=1),
            own[0].sum(axis=1),
            known,
        )
        extra = bonus(policy, np.sqrt(found.variances), found.clinician_cases, slope)
        chosen[request] = rows[np.argmax(found.means + extra)]
    return chosen


def _observe(cells: Floats, world: World, request: int, chosen: NDArray[np.int64]) -> None:
    clinician, domain = chosen[request], world.domains[request]
    success = world.luck[request] < world.chances[clinician, domain]
    cells[:, clinician, domain] += [1.0, float(success) - 0.5, CASE_VARIANCE]


def measure(world: World, policy: str, before: str) -> tuple[float, float, float]:
    """Merited exposure that newcomers got, and regret in points after they join and at the end."""
    chosen, late = run(world, policy, before), slice(world.half, None)
    chances = world.chances[world.offered, world.domains[:, None]]
    best = world.offered[np.arange(len(chances)), chances.argmax(axis=1)]
    lost = 100.0 * (chances.max(axis=1) - world.chances[chosen, world.domains])
    merited = world.is_new[best[late]].mean()
    got = world.is_new[chosen[late]].mean() / merited
    return got, lost[late].mean(), lost[-len(lost) // 8 :].mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=200)
    parser.add_argument("--requests", type=int, default=16_000)
    arguments = parser.parse_args()
    started = time.perf_counter()
    first = arguments.first_seed
    seeds = range(first, first + arguments.seeds)
    worlds = {seed: draw_world(seed, arguments.requests) for seed in seeds}
    for before in ("desk", "policy"):
        _report(worlds, before)
    print(f"{time.perf_counter() - started:.0f} s")


def _report(worlds: dict[int, World], before: str) -> None:
    print(f"\nbefore they join: {before}")
    print("seed  policy   share of merited   regret   regret of the last eighth")
    rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in POLICIES}
    for seed, world in worlds.items():
        for name in POLICIES:
            rows[name].append(measure(world, name, before))
            print(_row(str(seed), name, rows[name][-1]))
    means = {name: tuple(np.mean(found, axis=0).tolist()) for name, found in rows.items()}
    for name, found in means.items():
        print(_row("mean", name, found))
    cost = means["served"][1] - means["greedy"][1]
    is_met = means["served"][0] >= TARGET_SHARE and cost <= TARGET_COST
    print(
        f"served: {means['served'][0]:.0%} of merited exposure for {cost:.2f} points of regret;"
        f" target of {TARGET_SHARE:.0%} for at most {TARGET_COST:.0f}:"
        f" {'met' if is_met else 'missed'}"
    )


def _row(seed: str, name: str, found: tuple[float, ...]) -> str:
    return f"{seed:4}  {name:8} {found[0]:10.0%}        {found[1]:6.2f} {found[2]:8.2f}"


if __name__ == "__main__":
    main()
