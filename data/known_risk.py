"""What is known of a person's risk: the newest intake or match request, and questionnaires since."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, bindparam, func, select

from data.clinic import INTAKES
from data.codes.instruments import instrument_key
from data.columns import Kind
from data.database import reading
from data.domain import HeardIntake, Intake
from data.instants import instant_of, micros_of
from data.tables import CLINIC, match_log

TOTALS: Mapping[str, str] = {
    "phq9": "phq9_total",
    "gad7": "gad7_total",
    "pcl5": "pcl5_total",
    "wsas": "wsas_total",
}
"""The column of an intake that each questionnaire fills."""
EVER = -(2**63)
"""Before every stored instant."""

_INTAKES = CLINIC["intakes"]
_MEASURES = CLINIC["measures"]
_PATIENT: Any = bindparam("patient_id")
_STORED = (
    select(_INTAKES)
    .where(_INTAKES.c.patient_id == _PATIENT)
    .order_by(_INTAKES.c.requested_at.desc())
    .limit(1)
)
_ASKED = (
    select(match_log.c.at, match_log.c.decision)
    .where(match_log.c.patient_id == _PATIENT)
    .order_by(match_log.c.at.desc())
    .limit(1)
)
_FOLDED = func.lower(func.replace(func.replace(_MEASURES.c.instrument, "-", ""), " ", ""))
"""The instrument in the form of `instrument_key`, as far as clinics spell it."""
_COMPLETED = (
    select(_MEASURES.c.instrument, _MEASURES.c.total, _MEASURES.c.item9)
    .where(
        _MEASURES.c.patient_id == _PATIENT,
        _FOLDED.in_(TOTALS),
        _MEASURES.c.at > bindparam("since"),
    )
    .order_by(_MEASURES.c.at)
)
_words = msgspec.json.Decoder(tuple[str, ...]).decode


class _Logged(msgspec.Struct):
    """The part of a match decision that says who asked, and what was heard in their text."""

    intake: HeardIntake


_logged = msgspec.json.Decoder(_Logged).decode


def find_known_risk(engine: Engine, patient_id: str) -> Intake | None:
    """The newest intake of a person, with the totals of questionnaires completed since.

    Args:
        engine: The database.
        patient_id: The person.

    Returns:
        The newest of imported intakes and match requests, these with what was heard in their free text; an intake without region, payer and age
        where only questionnaires are known; None where nothing is.
    """
    with reading(engine) as connection:
        intake = _newest(connection, patient_id)
        since = EVER if intake is None else micros_of(intake.requested_at)
        totals = _totals(connection, patient_id, since)
    if intake is not None:
        return replace(intake, **totals) if totals else intake
    if not totals:
        return None
    return Intake(
        intake_id="",
        patient_id=patient_id,
        requested_at=instant_of(0),
        region="",
        age_band="",
        payer="",
        **totals,
    )


def _newest(connection: Connection, patient_id: str) -> Intake | None:
    whose = {"patient_id": patient_id}
    row = connection.execute(_STORED, whose).mappings().one_or_none()
    decision = connection.execute(_ASKED, whose).one_or_none()
    if decision is not None and (row is None or decision.at >= row["requested_at"]):
        asked = asked_intake(decision.decision)
        return replace(asked, requested_at=instant_of(decision.at))
    return None if row is None else intake_of({**row})


def asked_intake(decision: bytes) -> HeardIntake:
    """The intake of a logged match, with what was heard in its free text and without the text.

    Args:
        decision: JSON of the match log.
    """
    return _logged(decision).intake


def intake_of(row: dict[str, Any]) -> Intake:
    """The intake that a stored row of `intakes` holds, by column."""
    values: dict[str, Any] = {}
    for column in INTAKES.columns:
        value = row[column.name]
        if column.kind is Kind.WORDS:
            values[column.name] = _words(value)
        elif value is not None:
            values[column.name] = instant_of(value) if column.kind is Kind.TIME else value
    return Intake(**values)


def _totals(connection: Connection, patient_id: str, since: int) -> dict[str, Any]:
    """Newest total of each questionnaire, and of item 9, as columns of an intake."""
    totals: dict[str, Any] = {}
    for row in connection.execute(_COMPLETED, {"patient_id": patient_id, "since": since}):
        totals[TOTALS[instrument_key(row.instrument)]] = int(row.total)
        if row.item9 is not None:
            totals["phq9_item9"] = row.item9
    return totals
