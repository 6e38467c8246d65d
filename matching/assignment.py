"""A whole waiting list at once: everybody who can be placed is, and as well as openings allow.

Min-cost flow over each person's best clinicians at the prices of capacity. As many people as possible
are placed; among such plans the sum of utilities is largest over the arcs looked at, and the bound of
the prices says how far from the best of all arcs that can be.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from data.errors import UsageError
from matching.capacity_prices import best_candidates, solve_prices

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

CANDIDATES = 30
"""Clinicians of each person that enter the flow at first."""
GAP = 0.005
"""Largest share of the bound that a plan may fall short of."""
ITERATIONS, ROUNDS = 400, 3
"""Price steps of a round, and rounds at the most."""
UNITS = 10_000
"""Whole units of one utility: flows have whole costs."""
NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Assignment:
    """A plan with its certificate."""

    clinician_rows: Rows
    """The clinician of each person, `NOBODY` where there is none; shape (people,)."""
    prices: Floats
    """What a further opening of each clinician would add, about; shape (clinicians,)."""
    value: float
    """Sum of the utilities of the plan."""
    bound: float
    """No plan within the openings has a larger sum."""

    @property
    def gap(self) -> float:
        """Share of the bound that the plan falls short of; 0 where nothing can be gained."""
        return _gap(self.bound, self.value)


def assign(utilities: Floats, openings: Rows) -> Assignment:
    """Place as many people as possible, as well as possible.

    Args:
        utilities: Of people and clinicians, -inf where the pair is not eligible, else finite; shape
            (people, clinicians).
        openings: Openings of each clinician, 0 or more; shape (clinicians,).

    Raises:
        UsageError: Shapes differ, openings are negative, or a utility is NaN or +inf.
    """
    values, places = _checked(utilities, openings)
    prices = np.zeros(values.shape[1])
    bound, arcs = np.inf, _no_arcs(values)
    plan = np.full(len(values), NOBODY)
    for _ in range(ROUNDS):
        prices, found = solve_prices(values, places, start=prices, iterations=ITERATIONS)
        bound = min(bound, found)
        arcs |= _arcs_of(values, best_candidates(values, prices, most=CANDIDATES))
        plan = _place_all(values, places, arcs)
        if _gap(bound, _value(utilities, plan)) <= GAP:
            break
    return Assignment(
        clinician_rows=plan, prices=prices, value=_value(utilities, plan), bound=bound
    )


def _checked(utilities: Floats, openings: Rows) -> tuple[NDArray[np.float32], Rows]:
    """Narrow utilities without the clinicians who have no opening.

    Raises:
        UsageError: See `assign`.
    """
    places = np.asarray(openings, np.int64)
    if utilities.ndim != 2 or places.shape != utilities.shape[1:]:
        raise UsageError("give one row of utilities per person and one opening per clinician")
    if np.any(places < 0):
        raise UsageError("openings must be 0 or more")
    if np.isnan(utilities).any() or np.isposinf(utilities).any():
        raise UsageError("utilities must be finite, or -inf where a pair is not eligible")
    values = utilities.astype(np.float32)
    values[:, places == 0] = -np.inf
    return values, places


def _no_arcs(values: NDArray[np.float32]) -> Mask:
    return np.zeros(values.shape, dtype=np.bool_)


def _arcs_of(values: NDArray[np.float32], candidates: Rows) -> Mask:
    arcs = _no_arcs(values)
    np.put_along_axis(arcs, candidates, values=True, axis=1)
    return arcs & np.isfinite(values)


def _gap(bound: float, value: float) -> float:
    return max(bound - value, 0.0) / bound if bound > 0 else 0.0


def _value(utilities: Floats, plan: Rows) -> float:
    placed = np.flatnonzero(plan != NOBODY)
    return float(utilities[placed, plan[placed]].sum())


def _place_all(values: NDArray[np.float32], openings: Rows, arcs: Mask) -> Rows:
    """Solve the flow, adding arcs until nobody more can be placed; `arcs` grows in place."""
    while True:
        plan = _flow(values, openings, arcs)
        missing = _chain_arcs(values, openings, plan) & ~arcs
        if not missing.any():
            return plan
        arcs |= missing


def _flow(values: NDArray[np.float32], openings: Rows, arcs: Mask) -> Rows:
    """The clinician of each person by min-cost flow; a place is worth more than any utility.

    Raises:
        ArithmeticError: The solver gave up, as on costs beyond 64 bits.
    """
    people, clinicians = values.shape
    tails, heads = np.nonzero(arcs)
    plan = np.full(people, NOBODY)
    if not len(tails):
        return plan
    gains = np.rint(values[tails, heads].astype(np.float64) * UNITS).astype(np.int64)
    placed = (int(gains.max() - gains.min()) + 1) * (min(people, clinicians) + 1)
    flow = min_cost_flow.SimpleMinCostFlow()
    sink = people + clinicians
    everyone = np.arange(people)
    flow.add_arcs_with_capacity_and_unit_cost(
        tails, people + heads, np.ones(len(tails), np.int64), gains.max() - gains
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        people + np.arange(clinicians),
        np.full(clinicians, sink),
        openings,
        np.zeros(clinicians, np.int64),
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        everyone, np.full(people, sink), np.ones(people, np.int64), np.full(people, placed)
    )
    flow.set_nodes_supplies(np.append(everyone, sink), np.append(np.ones(people), -people))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"the min-cost flow ended with {status}")
    used = flow.flows(np.arange(len(tails))) > 0
    plan[tails[used]] = heads[used]
    return plan


def _chain_arcs(values: NDArray[np.float32], openings: Rows, plan: Rows) -> Mask:
    """Arcs along which a person without a place could get one by others moving on; none if none.

    Goes from the unplaced to whom they may see, from there to who is placed with these, and on,
    until an opening is met.
    """
    may = np.isfinite(values)
    load = np.bincount(plan[plan != NOBODY], minlength=len(openings))
    is_free = load < openings
    chains = _no_arcs(values)
    reached_people, reached = plan == NOBODY, np.zeros(len(openings), dtype=np.bool_)
    fresh_people = np.flatnonzero(reached_people)
    while len(fresh_people):
        options = may[fresh_people]
        new = options.any(axis=0) & ~reached
        chains[fresh_people[options[:, new].argmax(axis=0)], np.flatnonzero(new)] = True
        reached |= new
        ends = np.flatnonzero(new & is_free)
        if len(ends):
            chains[np.ix_(fresh_people, ends)] = options[:, ends]
            return chains
        held = np.isin(plan, np.flatnonzero(new)) & ~reached_people
        fresh_people = np.flatnonzero(held)
        reached_people |= held
    return _no_arcs(values)
