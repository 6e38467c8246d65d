"""The five true chances of a pair: other curves than the logistic ones that models assume.

Accepting is complementary log-log, attending probit in the root of the wait, coming again a beta-geometric
run whose mean is an arctangent, and getting better exponential decay of the symptoms towards none, with
heavy-tailed errors of both questionnaires.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import betaln, ndtr, stdtr

from benchmarks.foreign.people import Comers, Staff

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

RUN = 6.0  # how alike the returns of one course are
MOST_VISITS = 12  # after so many weekly visits a course is over
LAST_VISIT = 10  # what comes later changes nothing any more
ERROR, TAILS = 0.08, 6  # of a questionnaire, as a share of the scale; degrees of freedom
LUCK = 0.6  # how far courses of one pair differ in speed
WEIGHTS = {"access": 0.2, "engage": 0.3, "improve": 0.5, "harm": 1.0, "wait": 0.004}


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """What pairs have in common: of one person with several clinicians; shape (candidates,) each."""

    row: int
    staff_rows: Rows
    fit: Floats  # 0 to 1
    liking: Floats


def pairs_of(staff: Staff, comers: Comers, row: int, rows: Rows, *, spread: float) -> Pairs:
    fit = staff.treats[rows, comers.concern[row]] / 2.0
    liking = np.zeros(len(rows))
    if comers.wants_woman[row]:
        liking += np.where(staff.is_woman[rows], 0.25, -0.25)
    if np.isfinite(comers.structured[row]):
        distance = np.abs(staff.structured[rows] - comers.structured[row])
        liking += np.where(distance < 0.25, 0.3, -0.1)
    return Pairs(row=row, staff_rows=rows, fit=spread * fit, liking=spread * liking)


def accepts(staff: Staff, comers: Comers, pairs: Pairs) -> Floats:
    severe = comers.misery[pairs.row].mean() - 0.55
    reach = 0.75 + 0.5 * pairs.fit - staff.picky[pairs.staff_rows] - 0.6 * severe
    return 1.0 - np.exp(-np.exp(reach))


def attends(staff: Staff, comers: Comers, pairs: Pairs, waits: Floats) -> Floats:
    reach = 1.35 + staff.prompt[pairs.staff_rows] - 0.11 * np.sqrt(waits)
    return np.asarray(
        ndtr(reach - 0.12 * comers.chaos[pairs.row] - 0.15 * (comers.band[pairs.row] == 0))
    )


def returns(staff: Staff, comers: Comers, pairs: Pairs) -> Floats:
    """Mean chance of coming again after a visit."""
    reach = (
        1.0
        + staff.warmth[pairs.staff_rows]
        + 0.5 * pairs.fit
        + pairs.liking
        - 0.25 * comers.chaos[pairs.row]
        - 0.3 * (comers.band[pairs.row] == 0)
    )
    return np.asarray(0.5 + np.arctan(2.0 * reach) / np.pi)


def stays(mean: Floats, returned: int) -> Floats:
    """Chance of coming again at least so many times: the moments of a beta distribution."""
    a, b = RUN * mean, RUN * (1.0 - mean)
    return np.asarray(np.exp(betaln(a + returned, b) - betaln(a, b)))


def speed(staff: Staff, comers: Comers, pairs: Pairs, luck: float) -> Floats:
    """Decay of symptoms over a whole course, with so many standard deviations of luck."""
    reach = (
        0.1
        + LUCK * luck
        + staff.craft[pairs.staff_rows, comers.concern[pairs.row]]
        + 0.2 * pairs.fit
        - 0.35 * (comers.stuck[pairs.row] - 1.0)
    )
    return np.logaddexp(0.0, 2.0 * reach) / 2.0


def left_over(pace: Floats, visits: int) -> Floats:
    """Share of the symptoms that are left after so many visits."""
    return np.exp(-pace * (0.35 + 0.65 * min(visits, LAST_VISIT) / LAST_VISIT))


def changes(
    staff: Staff,
    comers: Comers,
    pairs: Pairs,
    instruments: tuple[Floats, Floats],
    *,
    knows_start: bool,
) -> tuple[Floats, Floats]:
    """Chances of reliable improvement and deterioration of those who came at least three times.

    `instruments`: highest totals and reliable changes. Where the first total is not known at the request, it
    is averaged over.
    """
    mean = returns(staff, comers, pairs)
    nodes, luck_weights = normal_nodes(5)
    pace = np.stack([speed(staff, comers, pairs, luck) for luck in nodes.tolist()])
    visits = range(3, LAST_VISIT + 1)
    reached = [stays(mean, count - 1) for count in visits]
    shares = np.stack(
        [*(reached[k] - reached[k + 1] for k in range(len(reached) - 1)), reached[-1]]
    )
    left = np.stack([left_over(pace, count) for count in visits])
    found = _reliable(comers, pairs.row, left, instruments, knows_start=knows_start)
    better, worse = (np.einsum("l,vc,vlc->c", luck_weights, shares, part) for part in found)
    return better / reached[0], worse / reached[0]


def normal_nodes(count: int) -> tuple[Floats, Floats]:
    """Places and weights whose sums are means over a standard normal."""
    places, weights = hermegauss(count)
    return places, weights / weights.sum()


def _reliable(
    comers: Comers,
    row: int,
    left: Floats,
    instruments: tuple[Floats, Floats],
    *,
    knows_start: bool,
) -> tuple[Floats, Floats]:
    """Better on one instrument and worse on none; and its mirror image."""
    not_worse, not_better, neither = (np.ones(left.shape) for _ in range(3))
    for place, (scale, change) in enumerate(zip(*instruments, strict=True)):
        true = comers.misery[row, place]
        starts, weights = np.array([float(comers.first_totals[row, place])]), np.ones(1)
        if not knows_start:
            nodes, weights = normal_nodes(7)
            starts = np.clip(np.rint((true + ERROR * nodes) * scale), 0, scale)
        firsts = starts[:, None, None, None]
        below = (firsts - change + 0.5) / scale - true * left
        above = (firsts + change - 0.5) / scale - true * left
        down = np.where(firsts >= change, stdtr(TAILS, below / ERROR), 0.0)
        up = np.where(firsts + change <= scale, stdtr(TAILS, -above / ERROR), 0.0)
        down, up = (np.tensordot(weights, part, 1) for part in (down, up))
        not_worse, not_better = not_worse * (1.0 - up), not_better * (1.0 - down)
        neither = neither * (1.0 - up - down)
    return not_worse - neither, not_better - neither


def worth(
    accept: Floats, attend: Floats, engage: Floats, change: tuple[Floats, Floats], waits: Floats
) -> Floats:
    """The utility of the design, written down a second time."""
    better, worse = change
    course = WEIGHTS["engage"] + WEIGHTS["improve"] * better - WEIGHTS["harm"] * worse
    value = accept * attend * (WEIGHTS["access"] + engage * course)
    return np.asarray(value * np.exp(-WEIGHTS["wait"] * waits))
