"""A foreign clinic as a clinic folder, and its truth in a file that lies elsewhere."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.foreign.chances import (
    accepts,
    attends,
    changes,
    pairs_of,
    returns,
    stays,
    worth,
)
from benchmarks.foreign.people import Comers, Staff, draw_comers, draw_staff, eligible
from benchmarks.foreign.places import Place
from benchmarks.foreign.records import Clinic, Log, moment, write_log

SCALES = {"phq9": (27.0, 6.0), "gad7": (21.0, 4.0), "wsas": (40.0, 8.0)}
"""Highest total and published reliable change."""
TEST_SHARE = 0.2
MOST_TEST_INTAKES = 800

Row = dict[str, Any]


def write_clinic(
    place: Place, folder: Path, truth: Path, *, seed: int, is_null: bool = False
) -> None:
    """Write the folder of a clinic, and the chances of each eligible pair of late requests to `truth`."""
    spread = 0.0 if is_null else 1.0
    scales, steps = np.array([SCALES[code] for code in place.instruments]).T
    staff = draw_staff(place, np.random.default_rng([seed, 1]), spread=spread)
    comers = draw_comers(place, np.random.default_rng([seed, 2]), scales)
    clinic = Clinic(place=place, staff=staff, comers=comers, scales=scales, spread=spread)
    log = write_log(clinic, seed=seed)
    tables = {
        "clinicians": list(clinician_rows(place, staff, log)),
        "intakes": list(intake_rows(place, comers)),
        **{
            name: getattr(log, name)
            for name in ("offers", "episodes", "attendance", "measures")
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if name not in place.absent_tables:
            absent = place.absent_columns.get(name, ())
            kept = [{key: row[key] for key in row if key not in absent} for row in rows]
            WRITERS[place.file_format](folder / name, kept)
    truth.parent.mkdir(parents=True, exist_ok=True)
    true_pairs(clinic, steps).to_parquet(truth, index=False)


def clinician_rows(place: Place, staff: Staff, log: Log) -> Iterator[Row]:
    network = [payer for payer in place.payers if payer != "self_pay"]
    for row in range(place.clinicians):
        treats = staff.treats[row]
        payers = _words(place.payers, staff.payers[row])
        yield {
            "clinician_id": place.ids("clinician", row),
            "licensed_regions": _words(place.regions, staff.regions[row]),
            "payers": [word for word in payers if word in network],
            "accepts_self_pay": "self_pay" in payers,
            "fee": place.fee,
            "languages": _words(place.languages, staff.languages[row]),
            "specialties_top": _words(place.concerns, treats == 2),
            "also_treats": _words(place.concerns, treats == 1),
            "modalities": [],
            "formats": _words(place.formats, staff.formats[row]),
            "age_bands": [],
            "gender": "f" if staff.is_woman[row] else "m",
            "years_experience": float(staff.years[row]),
            "style_structured": round(float(staff.structured[row]), 2),
            "acuity_ceiling": "amber" if staff.takes_amber[row] else "green",
            "accepts_new": True,
            "open_slots": 3 if staff.is_open[row] else 0,
            "next_available": moment(log.end + float(staff.next_days[row])),
            "clinic_id": f"{place.name}-{row % 7}",
        }


def intake_rows(place: Place, comers: Comers) -> Iterator[Row]:
    for row in range(place.intakes):
        concerns = [place.concerns[comers.concern[row]]]
        if comers.second[row] >= 0:
            concerns.append(place.concerns[comers.second[row]])
        structured = float(comers.structured[row])
        totals = {
            f"{code}_total": int(comers.first_totals[row, column])
            for column, code in enumerate(place.instruments)
            if place.has_start_totals
        }
        yield {
            "intake_id": place.ids("intake", row),
            "patient_id": place.ids("patient", row),
            "requested_at": moment(float(comers.day[row])),
            "region": place.regions[comers.region[row]],
            "age_band": place.age_bands[comers.band[row]],
            "languages": [place.languages[comers.language[row]]],
            "payer": place.payers[comers.payer[row]],
            "formats": [] if comers.form[row] < 0 else [place.formats[comers.form[row]]],
            "concerns": concerns,
            **totals,
            "cssrs": "high"
            if comers.is_red[row]
            else "low"
            if comers.is_amber[row]
            else "none",
            "prior_treatment": bool(comers.stuck[row] > 1.2),
            "pref_gender": "f" if comers.wants_woman[row] else None,
            "pref_gender_strength": "prefer" if comers.wants_woman[row] else None,
            "pref_style_structured": round(structured, 2) if np.isfinite(structured) else None,
        }


def true_pairs(clinic: Clinic, steps: NDArray[np.float64]) -> pd.DataFrame:
    """The true chances of each eligible pair of the last fifth of the requests that may be ranked."""
    place, staff, comers = clinic.place, clinic.staff, clinic.comers
    later = np.arange(int(place.intakes * (1.0 - TEST_SHARE)), place.intakes)
    later = later[~comers.is_red[later]]
    frames = []
    for row in later[:: -(-len(later) // MOST_TEST_INTAKES)].tolist():
        rows = eligible(staff, comers, row, is_later=True)
        if not len(rows):
            continue
        pairs, waits = (
            pairs_of(staff, comers, row, rows, spread=clinic.spread),
            staff.next_days[rows],
        )
        accept = accepts(staff, comers, pairs) if place.may_decline else np.ones(len(rows))
        attend, mean = attends(staff, comers, pairs, waits), returns(staff, comers, pairs)
        change = changes(
            staff, comers, pairs, (clinic.scales, steps), knows_start=place.has_start_totals
        )
        frames.append(
            pd.DataFrame(
                {
                    "intake_id": place.ids("intake", row),
                    "clinician_id": [place.ids("clinician", one) for one in rows.tolist()],
                    "p_accept": accept,
                    "p_attend": attend,
                    "p_engage": stays(mean, 2),
                    "p_improve": change[0],
                    "p_deteriorate": change[1],
                    "utility": worth(accept, attend, stays(mean, 2), change, waits),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _words(words: tuple[str, ...], flags: NDArray[np.bool_]) -> list[str]:
    return [word for word, flag in zip(words, flags.tolist(), strict=True) if flag]


def _text(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _write_csv(path: Path, rows: list[Row]) -> None:
    def cell(value: Any) -> Any:
        if isinstance(value, bool):
            return str(value).lower()
        return "|".join(value) if isinstance(value, list) else _text(value)

    made = [{key: cell(value) for key, value in row.items()} for row in rows]
    pd.DataFrame(made, dtype=object).to_csv(path.with_suffix(".csv"), index=False)


def _write_ndjson(path: Path, rows: list[Row]) -> None:
    lines = (
        json.dumps({key: _text(value) for key, value in row.items()}, ensure_ascii=False)
        for row in rows
    )
    path.with_suffix(".ndjson").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _write_parquet(path: Path, rows: list[Row]) -> None:
    pd.DataFrame(rows).to_parquet(path.with_suffix(".parquet"), index=False)


WRITERS: dict[str, Callable[[Path, list[Row]], None]] = {
    "csv": _write_csv,
    "ndjson": _write_ndjson,
    "parquet": _write_parquet,
}
