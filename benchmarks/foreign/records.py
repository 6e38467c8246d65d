"""The log of a foreign clinic: whom the desk chose, what came of it, and what was written down of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.foreign.chances import (
    ERROR,
    MOST_VISITS,
    RUN,
    TAILS,
    Pairs,
    accepts,
    attends,
    left_over,
    pairs_of,
    returns,
    speed,
)
from benchmarks.foreign.people import Comers, Staff, eligible
from benchmarks.foreign.places import Place

START = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)
SHOWN = 3
STAYED = 8  # visits from which an outcome is measured as often as the clinic can
NEUTRAL = 0.04  # share of courses that end for a reason that says nothing

Row = dict[str, Any]


def moment(day: float) -> datetime:
    return START + timedelta(seconds=round(day * 86_400))


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """Who is there, and how far its questionnaires go; scales of shape (instruments,)."""

    place: Place
    staff: Staff
    comers: Comers
    scales: NDArray[np.float64]
    spread: float  # 0 where clinicians do not differ at all


@dataclass(kw_only=True)
class Log:
    """Rows by table, as they are written."""

    end: float  # day of the last request; nothing later is written
    offers: list[Row] = field(default_factory=list)
    episodes: list[Row] = field(default_factory=list)
    attendance: list[Row] = field(default_factory=list)
    measures: list[Row] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """How people were placed before: by habit, and the hardest with the most experienced."""

    habit: NDArray[np.float64]

    @classmethod
    def draw(cls, staff: Staff, dice: np.random.Generator) -> "Desk":
        return cls(habit=dice.normal(0.0, 1.0, len(staff.warmth)) + 0.3 * staff.warmth)

    def listed(
        self,
        staff: Staff,
        comers: Comers,
        row: int,
        rows: NDArray[np.int64],
        dice: np.random.Generator,
    ) -> NDArray[np.int64]:
        severe = comers.misery[row].mean() - 0.5
        liked = self.habit[rows] + 3.0 * severe * (staff.years[rows] - 12.0) / 12.0
        return rows[np.argsort(-(liked + dice.gumbel(0.0, 1.0, len(rows))))][:SHOWN]


def write_log(clinic: Clinic, *, seed: int) -> Log:
    dice = np.random.default_rng([seed, 3])
    staff, comers = clinic.staff, clinic.comers
    log, desk = Log(end=float(comers.day[-1])), Desk.draw(staff, dice)
    for row in range(clinic.place.intakes):
        rows = eligible(staff, comers, row, is_later=False)
        if comers.is_red[row] or not len(rows):
            continue
        listed = desk.listed(staff, comers, row, rows, dice)
        _offer(clinic.place, log, row, listed, float(comers.day[row]))
        _course(
            clinic, pairs_of(staff, comers, row, listed[:1], spread=clinic.spread), log, dice
        )
    return log


def _offer(place: Place, log: Log, row: int, listed: NDArray[np.int64], day: float) -> None:
    for rank, clinician in enumerate(listed.tolist(), start=1):
        log.offers.append(
            {
                "request_id": f"{place.ids('intake', row)}/1",
                "intake_id": place.ids("intake", row),
                "offered_at": moment(min(day + 0.1, log.end)),
                "clinician_id": place.ids("clinician", clinician),
                "rank": rank,
            }
        )


def _course(clinic: Clinic, pairs: Pairs, log: Log, dice: np.random.Generator) -> None:
    place, staff, comers = clinic.place, clinic.staff, clinic.comers
    row, booked = pairs.row, float(comers.day[pairs.row]) + dice.uniform(0.2, 3.0)
    wait = float(np.clip(dice.gamma(1.5, 7.0), 1.0, 27.0))
    first = booked + wait
    takes = not place.may_decline or dice.random() < accepts(staff, comers, pairs)[0]
    comes = takes and dice.random() < attends(staff, comers, pairs, np.array([wait]))[0]
    mean = returns(staff, comers, pairs)[0]
    again = dice.beta(RUN * mean, RUN * (1.0 - mean))
    visits = int(min(dice.geometric(1.0 - again) if again < 1.0 else MOST_VISITS, MOST_VISITS))
    luck, is_neutral = dice.normal(), dice.random() < NEUTRAL
    if is_neutral:
        visits = int(dice.integers(1, visits + 1))
    if booked > log.end:
        return
    days = first + 7.0 * np.arange(visits)
    over = float(days[-1]) + 10.0
    episode: Row = {
        "episode_id": place.ids("episode", row),
        "intake_id": place.ids("intake", row),
        "clinician_id": place.ids("clinician", int(pairs.staff_rows[0])),
        "request_id": f"{place.ids('intake', row)}/1",
        "booked_at": moment(booked),
        "accepted": bool(takes),
        "first_attended_at": moment(first) if comes and first <= log.end else None,
        "ended_at": moment(over) if comes and over <= log.end else None,
        "end_reason": _ending(visits, is_neutral=is_neutral)
        if comes and over <= log.end
        else None,
    }
    log.episodes.append(episode)
    if takes:
        _visits(log, episode["episode_id"], days if comes else days[:1], attended=comes)
    if comes:
        pace = speed(staff, comers, pairs, luck)
        left = [left_over(pace, count)[0] for count in range(1, visits + 1)]
        _scores(clinic, row, log, (days, np.array(left)), dice)


def _ending(visits: int, *, is_neutral: bool) -> str:
    if is_neutral:
        return "moved"
    return "planned" if visits == MOST_VISITS else "dropout"


def _visits(log: Log, episode: str, days: NDArray[np.float64], *, attended: bool) -> None:
    status = "attended" if attended else "no_show"
    log.attendance += [
        {"episode_id": episode, "at": moment(day), "status": status}
        for day in days.tolist()
        if day <= log.end
    ]


def _scores(
    clinic: Clinic,
    row: int,
    log: Log,
    course: tuple[NDArray[np.float64], NDArray[np.float64]],
    dice: np.random.Generator,
) -> None:
    """Questionnaires: where the clinic does so at the start and on the way, and at the end of twelve weeks."""
    place, comers = clinic.place, clinic.comers
    days, left = course
    last = float(days[0] + dice.uniform(84.0, 98.0))
    # Who feels no better is harder to reach, and so is who stopped early.
    reached = place.measured * (1.0 if len(days) >= STAYED else 0.5) * (1.15 - 0.5 * left[-1])
    is_reached = dice.random() < reached
    on_way = dice.random(len(days)) < 0.6
    for instrument, code in enumerate(place.instruments):
        true, scale = comers.misery[row, instrument], clinic.scales[instrument]
        found: list[tuple[float, int]] = []
        if not place.has_start_totals:
            found.append((float(days[0]), int(comers.first_totals[row, instrument])))
        if place.has_sessions_scored:
            # A score of the second week would be taken for the first.
            found += [
                (float(day) + 0.01, _total(true * share, scale, dice))
                for day, share in list(zip(days, left, strict=True))[2:]
                if on_way[round((day - days[0]) / 7.0)]
            ]
        if is_reached:
            found.append((last, _total(true * left[-1], scale, dice)))
        log.measures += [
            {
                "patient_id": place.ids("patient", row),
                "episode_id": place.ids("episode", row),
                "instrument": code,
                "at": moment(day),
                "total": total,
            }
            for day, total in found
            if day <= log.end
        ]


def _total(severity: float, scale: float, dice: np.random.Generator) -> int:
    error = ERROR * dice.standard_t(TAILS)
    return int(np.clip(np.rint((severity + error) * scale), 0, scale))
