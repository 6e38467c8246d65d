"""How a model fares for groups of people, for the audit alone: groups of fewer than 20 are counted, not told.

Groups are what people said of themselves, and, where they said nothing, the age band, language and
deprivation of their request. None of it enters a model here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.database import Engine
from data.queries import read_frame
from data.word_index import language_key, word_key
from training.clinic_frames import Frames, table_of
from training.evaluation.held_out_said import HeldOut
from training.metrics.intervals import mean_interval

Floats = NDArray[np.float64]
Groups = Mapping[str, Mapping[str, str]]
"""Attribute, then person, then the group of the person."""

LEAST_PEOPLE = 20
"""Smallest group of which anything but its name is told."""
TABLE = "demographics"
STATED = ("gender", "ethnicity", "age_band", "disability", "language")
DEPRIVATION = "deprivation_decile"
DEPRIVATION_BANDS = ((3, "most deprived"), (7, "middle"), (10, "least deprived"))
AUDITED_HEADS = ("engage", "improve")


def read_demographics(engine: Engine) -> pd.DataFrame:
    """What people said of themselves; read by no other part of training."""
    return read_frame(engine, TABLE)


def groups_of_people(demographics: pd.DataFrame, frames: Frames) -> Groups:
    """Which group each person is of, by attribute; people who said nothing are in none.

    Args:
        demographics: Rows of the audit table; may be empty.
        frames: Tables by name, for what requests say; any may be absent.
    """
    intakes = table_of(frames, "intakes")
    found = {name: _words(demographics, name) for name in STATED}
    found["age_band"] = {**_words(intakes, "age_band"), **found["age_band"]}
    spoken = _people(intakes, [words[0] if words else None for words in intakes["languages"]])
    found["language"] = {
        person: language_key(tag) for person, tag in {**spoken, **found["language"]}.items()
    }
    deciles = {**_deciles(intakes), **_deciles(demographics)}
    return {**found, "deprivation": deciles}


def _words(frame: pd.DataFrame, column: str) -> dict[str, str]:
    return {person: word_key(word) for person, word in _people(frame, frame[column]).items()}


def _deciles(frame: pd.DataFrame) -> dict[str, str]:
    found = _people(frame, frame[DEPRIVATION])
    return {
        person: next(name for most, name in DEPRIVATION_BANDS if int(decile) <= most)
        for person, decile in found.items()
    }


def _people(frame: pd.DataFrame, values: Iterable[Any]) -> dict[str, Any]:
    """The last value that is there, by person."""
    pairs = zip(frame["patient_id"], values, strict=True)
    return {str(person): value for person, value in pairs if not pd.isna(value)}


def people_rows(groups: Groups, people: Iterable[str]) -> list[dict[str, Any]]:
    """How many people are of each group, and their share of those who said; null under 20."""
    everybody = sorted(set(people))
    rows = []
    for attribute, by_person in groups.items():
        said = [by_person[person] for person in everybody if person in by_person]
        for group in sorted(set(said)):
            count = said.count(group)
            is_told = count >= LEAST_PEOPLE
            rows.append(
                {
                    "attribute": attribute,
                    "group": group,
                    "n": count if is_told else None,
                    "share": round(count / len(said), 4) if is_told else None,
                }
            )
    return rows


def group_rows(
    groups: Groups,
    people: Sequence[str],
    columns: Mapping[str, tuple[Floats, Floats]],
    *,
    seed: int,
) -> list[dict[str, Any]]:
    """Means by group with 95 % intervals that draw whole people; null for fewer than 20 people.

    Args:
        groups: Whose group is which.
        people: Whom each value is of; values of one measure, in the order of its columns.
        columns: By measure, values and what each counts for, NaN where there is none; shape (people,) each.
        seed: Of the intervals.
    """
    rows, names = [], np.array(people, dtype=np.str_)
    for attribute, by_person in groups.items():
        own = np.array([by_person.get(person, "") for person in people], dtype=np.str_)
        for group in sorted(set(own.tolist()) - {""}):
            for measure, (values, weights) in columns.items():
                kept = (own == group) & np.isfinite(values)
                count = len(set(names[kept].tolist()))
                row = {"attribute": attribute, "group": group, "measure": measure}
                rows.append(
                    {**row, **_mean(values[kept], weights[kept], names[kept], count, seed)}
                )
    return rows


def _mean(
    values: Floats, weights: Floats, people: NDArray[np.str_], count: int, seed: int
) -> dict[str, Any]:
    if count < LEAST_PEOPLE:
        return {"n": None, "value": None, "low": None, "high": None}
    found = mean_interval(values, people, weights=weights, rng=np.random.default_rng(seed))
    told = {"value": found.value, "low": found.low, "high": found.high}
    return {"n": count, **{name: round(float(value), 5) for name, value in told.items()}}


def outcome_columns(held: HeldOut) -> dict[str, tuple[Floats, Floats]]:
    """What is said less what happened, and what happened, of held-out courses.

    Args:
        held: What a model said of them.

    Returns:
        By measure the values, NaN where nothing is known, and what each counts for; shape (courses,) each.
    """
    columns = {}
    for head in AUDITED_HEADS:
        said, observed, weights = held.heads[head]
        columns[f"{head}_gap"] = (said - observed, weights)
        columns[f"{head}_observed"] = (observed, weights)
    return columns
