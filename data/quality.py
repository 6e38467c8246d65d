"""What the stored clinic is worth: the checks behind `rapport check`.

Ranges, types and closed vocabularies are enforced when data come in; these checks look at what only
the whole can show. A report holds counts and names of columns, never an id or an answer.
"""

from datetime import datetime

from sqlalchemy import Engine

from data.clinic import CLINIC_TABLES
from data.database import reading
from data.findings import Report, Severity
from data.quality_learning import check_learning
from data.quality_records import (
    check_duplicates,
    check_references,
    check_rematches,
    check_times,
)
from data.quality_supply import (
    CLINICIAN_COLUMNS,
    CONTENT_COLUMNS,
    check_clinicians,
    check_content,
)
from data.queries import count_rows, read_frame

LICENCE_DAYS = 90
"""How long a check of licence and sanctions holds unless told otherwise."""


def check_clinic(engine: Engine, *, at: datetime, licence_days: int = LICENCE_DAYS) -> Report:
    """Check everything that is stored.

    Args:
        engine: The database.
        at: The present.
        licence_days: How long a check of licence and sanctions holds.
    """
    with reading(engine) as connection:
        findings = [
            *check_times(connection, at),
            *check_references(connection),
            *check_duplicates(connection),
            *check_rematches(connection, at),
        ]
    clinicians = read_frame(engine, "clinicians", columns=CLINICIAN_COLUMNS)
    findings += check_clinicians(clinicians, at=at, licence_days=licence_days)
    content = read_frame(engine, "content", columns=CONTENT_COLUMNS)
    programs = read_frame(engine, "programs", columns=("program_id",))["program_id"]
    findings += check_content(content, programs, at=at)
    obstacles, learning = check_learning(engine, at)
    order = list(Severity)
    return Report(
        counts={name: count_rows(engine, name) for name in CLINIC_TABLES},
        findings=tuple(
            sorted([*findings, *obstacles], key=lambda finding: order.index(finding.severity))
        ),
        learning=learning,
    )
