"""Openings shared out: a whole waiting list at once, and people who come one by one.

    PYTHONPATH=. python benchmarks/capacity.py [--people 10000] [--clinicians 2000] [--arrivals 4000]

Made-up utilities in which everybody likes much the same clinicians, so that openings are scarce where
they are wanted. The list: seconds, people placed and certified gap of `assign`, beside one by one by
the best utility. One by one, over five seeds, at openings of 0.8, 1.0 and 1.2 of demand: share of the
bound on any plan for the same people. Prices start from a solution for other people of the same world and
move with every booking (`prices`); they are solved again after every tenth of the arrivals (`re-solved`);
and as the service reads them off list, ledger and clock, solved again as often (`served`). The bound leaves out
whom a place is worth least to; no rule here does but `turning people away`, which shows what that is worth.
One JSON document.
"""

import argparse
import datetime as dt
import json
import sys
import time

import numpy as np

from matching.assignment import NOBODY, assign
from matching.capacity_prices import after_booking, solve_prices
from matching.pricing import DirectoryPrices

SEEDS = range(5)
LOADS = (0.8, 1.0, 1.2)
CLINICIANS_ONLINE = 200
ELIGIBLE = 0.25
REPLANS = 10
ITERATIONS = 400
REPLANNED = ("prices re-solved", "prices served")
TURNING_AWAY = "prices, turning people away"
SOLVED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def make_world(clinicians: int, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """How good each clinician is for everybody, and how good for whom."""
    return dice.normal(0.0, 0.6, clinicians), dice.normal(0.0, 0.5, (clinicians, 8))


def make_people(
    world: tuple[np.ndarray, np.ndarray],
    people: int,
    eligible: float,
    dice: np.random.Generator,
) -> np.ndarray:
    skill, leaning = world
    taste = dice.normal(0.0, 0.5, (people, 8))
    logits = skill + taste @ leaning.T + dice.normal(0.0, 0.3, (people, len(skill)))
    utilities = 1.0 / (1.0 + np.exp(-logits))
    utilities[dice.random(utilities.shape) > eligible] = -np.inf
    return utilities


def share_out(total: int, clinicians: int, dice: np.random.Generator) -> np.ndarray:
    return dice.multinomial(total, dice.dirichlet(np.full(clinicians, 5.0)))


def served_list(prices: np.ndarray, left: np.ndarray) -> DirectoryPrices:
    """What the service would read: prices and openings as solved."""
    return DirectoryPrices(
        solved_at=SOLVED,
        days=1.0,
        rows={str(row): row for row in range(len(prices))},
        start=prices.copy(),
        openings=left.astype(np.float64),
    )


def solved_again(
    past: np.ndarray,
    left: np.ndarray,
    prices: np.ndarray,
    coming: int,
    dice: np.random.Generator,
) -> np.ndarray:
    people = past[dice.integers(0, len(past), coming)].astype(np.float32)
    return solve_prices(people, left, start=prices, iterations=40)[0]


def one_by_one(
    utilities: np.ndarray, openings: np.ndarray, rule: str, start: np.ndarray, past: np.ndarray
) -> tuple[float, int]:
    """Sum of utilities, and offers made where nothing was left."""
    left, prices, total, over = openings.astype(np.int64), start.copy(), 0.0, 0
    rates = openings / len(utilities)
    listed, claims = served_list(start, left), {}
    dice, since = np.random.default_rng(0), 0
    for place, row in enumerate(utilities):
        if rule in REPLANNED and place and place % (len(utilities) // REPLANS) == 0:
            prices = solved_again(past, left, prices, len(utilities) - place, dice)
            listed, claims, since = served_list(prices, left), {}, place
        if rule == "prices served":
            passed = (place - since) / (len(utilities) - since)
            prices = listed.now(claims, SOLVED + dt.timedelta(days=passed))
        may = np.isfinite(row) & (left > 0)
        if not may.any():
            continue
        if rule == "random":
            choice = int(dice.choice(np.flatnonzero(may)))
        else:
            worth = row if rule == "best first" else row - prices
            choice = int(np.argmax(np.where(may, worth, -np.inf)))
            if rule == TURNING_AWAY and worth[choice] <= 0:
                prices = after_booking(prices, rates, -1)
                continue
        over += left[choice] <= 0
        left[choice] -= 1
        total += row[choice]
        claims[str(choice)] = claims.get(str(choice), 0) + 1
        if rule in {"prices", "prices re-solved", TURNING_AWAY}:
            prices = after_booking(prices, rates, choice)
    return total, over


def measure_list(people: int, clinicians: int) -> dict[str, float]:
    dice = np.random.default_rng(1)
    utilities = make_people(make_world(clinicians, dice), people, 1.0, dice)
    openings = share_out(people, clinicians, dice)
    begin = time.perf_counter()
    plan = assign(utilities, openings)
    seconds = time.perf_counter() - begin
    greedy, _ = one_by_one(utilities, openings, "best first", np.zeros(clinicians), utilities)
    placed = int(np.count_nonzero(plan.clinician_rows != NOBODY))
    load = np.bincount(plan.clinician_rows[plan.clinician_rows != NOBODY], minlength=clinicians)
    return {
        "people": people,
        "clinicians": clinicians,
        "seconds": round(seconds, 2),
        "placed": placed,
        "gap": round(plan.gap, 5),
        "over_capacity": int((load > openings).sum()),
        "one_by_one_share_of_bound": round(greedy / plan.bound, 4),
    }


def measure_arrivals(arrivals: int, load: float) -> dict[str, object]:
    shares: dict[str, list[float]] = {}
    over = 0
    for seed in SEEDS:
        dice = np.random.default_rng([seed, 7])
        world = make_world(CLINICIANS_ONLINE, dice)
        past = make_people(world, arrivals, ELIGIBLE, dice)
        people = make_people(world, arrivals, ELIGIBLE, dice)
        openings = share_out(round(load * arrivals), CLINICIANS_ONLINE, dice)
        zero = np.zeros(CLINICIANS_ONLINE)
        start, _ = solve_prices(
            past.astype(np.float32), openings, start=zero, iterations=ITERATIONS
        )
        _, bound = solve_prices(
            people.astype(np.float32), openings, start=start, iterations=ITERATIONS
        )
        for rule in ("random", "best first", "prices", TURNING_AWAY, *REPLANNED):
            total, broken = one_by_one(people, openings, rule, start, past)
            shares.setdefault(rule, []).append(total / bound)
            over += broken
    return {
        "openings_of_demand": load,
        "over_capacity": int(over),
        "share_of_bound": {
            rule: {"mean": round(float(np.mean(found)), 4), "least": round(min(found), 4)}
            for rule, found in shares.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--clinicians", type=int, default=2_000)
    parser.add_argument("--arrivals", type=int, default=4_000)
    given = parser.parse_args()
    document = {
        "list": measure_list(given.people, given.clinicians),
        "arrivals": [measure_arrivals(given.arrivals, load) for load in LOADS],
    }
    json.dump(document, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
