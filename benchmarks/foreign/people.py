"""Who works in a foreign clinic, and who comes to it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.foreign.places import Place

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

OUTSTANDING = (
    0.12  # share of clinicians who are far better, and as many far worse, than the rest
)


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Clinicians; what nobody writes down first."""

    warmth: Floats  # keeps people coming
    craft: Floats  # shape (clinicians, concerns): how fast people get better
    picky: Floats
    prompt: Floats
    regions: Flags  # shape (clinicians, regions)
    payers: Flags
    languages: Flags
    formats: Flags
    treats: Rows  # shape (clinicians, concerns): 2 known for it, 1 also, 0 not
    structured: Floats  # 0 to 1
    is_woman: Flags
    years: Floats
    next_days: Floats  # from the end of the log to the first free appointment
    is_open: Flags
    takes_amber: Flags


@dataclass(frozen=True, kw_only=True)
class Comers:
    """Requests in order of time; `misery` to `chaos` stand nowhere in the files."""

    misery: Floats  # shape (intakes, instruments): true severity, as a share of the scale
    stuck: Floats  # how slowly they get better
    chaos: Floats  # how easily they stop
    first_totals: Rows  # shape (intakes, instruments): as measured at the start
    concern: Rows
    second: Rows  # -1 for none
    region: Rows
    payer: Rows
    language: Rows
    band: Rows
    form: Rows  # the one format asked for, -1 for any
    wants_woman: Flags
    structured: Floats  # asked for, NaN where nothing is
    is_red: Flags
    is_amber: Flags
    day: Floats  # of the request, from the start of the log


def heavy(dice: np.random.Generator, size: int | tuple[int, ...], spread: float) -> Floats:
    """Most are alike, and a few are far out on either side."""
    common = dice.normal(0.0, 0.4 * spread, size)
    kind = dice.random(size)
    far = np.where(kind < OUTSTANDING, 1.9, np.where(kind > 1 - OUTSTANDING, -1.9, 0.0))
    return np.asarray(common + spread * far)


def draw_staff(place: Place, dice: np.random.Generator, *, spread: float) -> Staff:
    count, concerns = place.clinicians, len(place.concerns)
    craft = heavy(dice, count, 0.2 * spread)[:, None] + heavy(
        dice, (count, concerns), 0.14 * spread
    )
    treats = dice.choice([0, 1, 2], (count, concerns), p=[0.45, 0.3, 0.25])
    treats[np.arange(count), dice.integers(0, concerns, count)] = 2
    return Staff(
        warmth=heavy(dice, count, 0.5 * spread),
        craft=craft,
        picky=spread * dice.exponential(0.35, count),
        prompt=dice.uniform(-0.3, 0.3, count) * spread,
        regions=_some(dice, count, len(place.regions), 0.35),
        payers=_some(dice, count, len(place.payers), 0.6),
        languages=_first_and(dice, count, len(place.languages), 0.3),
        formats=_some(dice, count, len(place.formats), 0.6),
        treats=treats,
        structured=dice.beta(1.2, 1.2, count),
        is_woman=dice.random(count) < 0.66,
        years=np.round(dice.gamma(2.0, 6.0, count)),
        next_days=np.round(dice.gamma(1.5, 9.0, count), 1),
        is_open=dice.random(count) < 0.85,
        takes_amber=dice.random(count) < 0.8,
    )


def draw_comers(place: Place, dice: np.random.Generator, scales: Floats) -> Comers:
    """Scales: the highest total of each instrument; shape (instruments,)."""
    count = place.intakes
    base = dice.beta(3.0, 2.6, count)[:, None]
    misery = np.clip(base + dice.normal(0.0, 0.07, (count, len(scales))), 0.02, 0.98)
    error = 0.08 * dice.normal(0.0, 1.0, misery.shape)
    first = np.clip(np.rint((misery + error) * scales), 0, scales).astype(np.int64)
    weights = 1.0 / np.arange(1, len(place.concerns) + 1) ** 0.7
    concern = dice.choice(len(place.concerns), count, p=weights / weights.sum())
    second = np.where(
        dice.random(count) < 0.4, dice.integers(0, len(place.concerns), count), -1
    )
    return Comers(
        misery=misery,
        stuck=dice.gamma(2.0, 0.5, count),
        chaos=dice.exponential(1.0, count),
        first_totals=first,
        concern=concern,
        second=np.where(second == concern, -1, second),
        region=dice.integers(0, len(place.regions), count),
        payer=dice.integers(0, len(place.payers), count),
        language=np.where(dice.random(count) < 0.85, 0, len(place.languages) - 1),
        band=dice.integers(0, len(place.age_bands), count),
        form=np.where(
            dice.random(count) < 0.5, -1, dice.integers(0, len(place.formats), count)
        ),
        wants_woman=dice.random(count) < 0.25,
        structured=np.where(dice.random(count) < 0.3, dice.beta(1.2, 1.2, count), np.nan),
        is_red=dice.random(count) < 0.02,
        is_amber=dice.random(count) < 0.06,
        day=np.sort(dice.uniform(0.0, 30.4 * place.months, count)),
    )


def _some(dice: np.random.Generator, rows: int, columns: int, share: float) -> Flags:
    """At least one in each row."""
    found = dice.random((rows, columns)) < share
    found[np.arange(rows), dice.integers(0, columns, rows)] = True
    return found


def _first_and(dice: np.random.Generator, rows: int, columns: int, share: float) -> Flags:
    found = dice.random((rows, columns)) < share
    found[:, 0] = True
    return found


def eligible(staff: Staff, comers: Comers, row: int, *, is_later: bool) -> Rows:
    """Who may see somebody; places count only where somebody asks at the end of the log."""
    fits = (
        staff.regions[:, comers.region[row]]
        & staff.payers[:, comers.payer[row]]
        & staff.languages[:, comers.language[row]]
    )
    if comers.form[row] >= 0:
        fits &= staff.formats[:, comers.form[row]]
    if comers.is_amber[row]:
        fits &= staff.takes_amber
    return np.flatnonzero(fits & staff.is_open if is_later else fits)
