"""Solving the prices of capacity: who may be expected to come, and what places would be worth to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from data.bundles import Bundle
from data.capacity import count_taken
from data.database import Engine, reading
from data.directory import Directory
from data.domain import Intake
from data.errors import UsageError
from data.prices import PriceList, count_claims, find_prices
from data.queries import read_frame
from data.recent_requests import list_recent_requests
from data.rematches import read_pasts
from data.settings import Settings
from matching.capacity_prices import solve_prices
from matching.matcher import Matcher
from matching.placing import openings_left
from matching.pricing import DirectoryPrices
from training import matching_job
from training.console import ReportProgress
from training.jobs import open_model
from training.waiting_list import MOST_PAIRS, REPORT_EVERY, score_person

Floats = NDArray[np.float64]

MOST_SCORED = 4000
"""Requests that are scored; of more, a sample stands for all."""
ITERATIONS = 400
SHORTEST_DAYS = 1.0
"""A log is taken to be at least this long: a busy first hour is no forecast of a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """What prices are solved for, and from which past."""

    at: datetime
    """The present."""
    days: float
    """How long today's openings have to last, above 0."""
    weeks: float
    """How far back requests are looked at, above 0."""
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A price list and what it was made of."""

    prices: PriceList
    requests: int
    """Requests found in the weeks before."""
    scored: int
    """Of these, how many were scored."""
    openings: int
    """Places that are counted and free."""


def solve_price_list(
    settings: Settings,
    engine: Engine,
    horizon: Horizon,
    *,
    version: str | None,
    on_progress: ReportProgress,
) -> Solved:
    """Price every counted place for the days ahead.

    Requests of the weeks before are drawn again, as many as the days ahead will bring at the same pace;
    each is scored as if it came now. Clinicians who do not count their places cost nothing, and
    are what others are compared with.

    Args:
        settings: The home.
        engine: Its database.
        horizon: The present, the days ahead, the weeks behind.
        version: A matching model; None means the champion.
        on_progress: Told how far it is.

    Raises:
        NotFoundError: There is no such model.
        UsageError: A number is impossible, nobody asked in these weeks, or far too many did.
    """
    requests = _requests(engine, horizon)
    bundle = open_model(settings, engine, "matching", version)
    matcher = matching_job.matcher_of(bundle, country=settings.country)
    directory = Directory.build(read_frame(engine, "clinicians"))
    expected = _expected(requests, horizon, most=MOST_PAIRS // max(len(directory), 1))
    dice = np.random.default_rng(horizon.seed)
    scored = _sample(requests, dice)
    utilities = _utilities(engine, matcher, directory, scored, horizon.at, on_progress)
    drawn = dice.integers(0, len(scored), expected)
    openings = _openings(engine, directory, horizon.at)
    rows, prices = _solve(utilities, drawn, openings, _yesterday(engine, directory, bundle))
    names = [directory.clinician_ids[row] for row in rows.tolist()]
    return Solved(
        prices=PriceList(
            model_version=bundle.manifest.version,
            solved_at=horizon.at,
            days=horizon.days,
            expected_requests=float(expected),
            prices=dict(zip(names, prices.tolist(), strict=True)),
            openings=dict(zip(names, openings[rows].tolist(), strict=True)),
        ),
        requests=len(requests),
        scored=len(scored),
        openings=int(openings[rows].sum()),
    )


def prices_of_moment(
    engine: Engine, directory: Directory, *, version: str, at: datetime
) -> Floats:
    """The stored prices as of a moment, for a batch; shape (clinicians,).

    Raises:
        UsageError: There are none, or they are of another model or time.
    """
    found = find_prices(engine)
    if found is None:
        raise UsageError("no prices are stored: run `rapport prices` first")
    if found.model_version != version:
        raise UsageError(f"prices are those of {found.model_version}: run `rapport prices`")
    with reading(engine) as connection:
        claims = count_claims(connection, since=found.solved_at, at=at)
    prices = DirectoryPrices.build(found, directory).now(claims, at)
    if prices is None:
        raise UsageError(
            f"prices hold for {found.days:g} days from {found.solved_at.isoformat()}: "
            "run `rapport prices` again"
        )
    return prices


def _requests(engine: Engine, horizon: Horizon) -> list[Intake]:
    """Requests of the weeks before.

    Raises:
        UsageError: There are none, or the horizon is none.
    """
    if not (horizon.days > 0 and horizon.weeks > 0):
        raise UsageError("give days and weeks above 0")
    since = horizon.at - timedelta(weeks=horizon.weeks)
    found = list_recent_requests(engine, since=since, until=horizon.at)
    if not found:
        raise UsageError(f"nobody asked within {horizon.weeks:g} weeks: look back further")
    return found


def _expected(requests: list[Intake], horizon: Horizon, *, most: int) -> int:
    """Requests of the days ahead, at the pace since the first of those found.

    Raises:
        UsageError: They are more than can be solved for.
    """
    passed = (horizon.at - requests[0].requested_at) / timedelta(days=1)
    spanned = min(max(passed, SHORTEST_DAYS), horizon.weeks * 7)
    expected = max(round(len(requests) / spanned * horizon.days), 1)
    if expected > most:
        raise UsageError(f"{expected} requests are too many at once: look fewer days ahead")
    return expected


def _sample(requests: list[Intake], dice: np.random.Generator) -> list[Intake]:
    if len(requests) <= MOST_SCORED:
        return requests
    kept = dice.choice(len(requests), MOST_SCORED, replace=False)
    return [requests[place] for place in np.sort(kept).tolist()]


def _utilities(
    engine: Engine,
    matcher: Matcher,
    directory: Directory,
    requests: list[Intake],
    at: datetime,
    on_progress: ReportProgress,
) -> Floats:
    """Utilities of requests as if they came now, -inf where not eligible; shape (requests, clinicians)."""
    utilities = np.full((len(requests), len(directory)), -np.inf)
    pasts = read_pasts(engine, (intake.patient_id for intake in requests))
    for row, intake in enumerate(requests):
        if row % REPORT_EVERY == 0:
            on_progress("score", row, len(requests))
        turn = (at, pasts.left_before(intake.patient_id, at))
        score_person(matcher, directory, intake, turn, utilities[row])
    on_progress("score", len(requests), len(requests))
    return utilities


def _openings(engine: Engine, directory: Directory, at: datetime) -> NDArray[np.int64]:
    """Places that are counted and not taken, -1 where they are not counted; shape (clinicians,)."""
    with reading(engine) as connection:
        taken = count_taken(connection, at=at)
    left = openings_left(directory, taken)
    return np.where(directory.open_slots < 0, -1, left)


def _yesterday(engine: Engine, directory: Directory, bundle: Bundle) -> Floats:
    """Where the search begins: the prices before, if they are of the same model."""
    before = find_prices(engine)
    if before is None or before.model_version != bundle.manifest.version:
        return np.zeros(len(directory))
    return DirectoryPrices.build(before, directory).start


def _solve(
    utilities: Floats, drawn: NDArray[np.int64], openings: NDArray[np.int64], start: Floats
) -> tuple[NDArray[np.int64], Floats]:
    """Directory rows of whose places are counted and free, and their prices.

    Whoever may have somebody with uncounted places compares everybody else with them: the outside
    option of the dual is their utility in place of 0.
    """
    rows = np.flatnonzero(openings > 0)
    uncounted = utilities[:, openings < 0]
    outside = uncounted.max(axis=1, initial=0.0)
    worth = (utilities[:, rows] - outside[:, None]).astype(np.float32)
    prices, _ = solve_prices(
        worth[drawn], openings[rows], start=start[rows], iterations=ITERATIONS
    )
    return rows, prices
