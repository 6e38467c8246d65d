"""Requests of late, whether imported or answered by the service: who may be expected to come next."""

from datetime import datetime

import msgspec
from sqlalchemy import Engine, select

from data.database import reading
from data.domain import Intake
from data.frames import intakes_from_frame
from data.instants import micros_of
from data.queries import read_frame
from data.tables import match_log


class _Asked(msgspec.Struct):
    intake: Intake


_asked = msgspec.json.Decoder(_Asked).decode


def list_recent_requests(engine: Engine, *, since: datetime, until: datetime) -> list[Intake]:
    """The intakes of a period, each once, however often it was matched; first asked first.

    Args:
        engine: The database.
        since: The period's begin.
        until: Its end, no longer part of it.
    """
    frame = read_frame(engine, "intakes", since=since, until=until)
    found = {intake.intake_id: intake for intake in intakes_from_frame(frame)}
    is_recent = (match_log.c.at >= micros_of(since)) & (match_log.c.at < micros_of(until))
    with reading(engine) as connection:
        for decision in connection.scalars(select(match_log.c.decision).where(is_recent)):
            intake = _asked(decision).intake
            found.setdefault(intake.intake_id, intake)
    return sorted(found.values(), key=lambda intake: (intake.requested_at, intake.intake_id))
