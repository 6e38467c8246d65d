"""One request for care by its id, whether it was imported or asked over HTTP."""

from sqlalchemy import Engine, or_, select

from data.database import reading
from data.domain import Intake
from data.known_risk import asked_intake, intake_of
from data.tables import CLINIC, match_log

_INTAKES = CLINIC["intakes"]


def find_intake(engine: Engine, name: str) -> Intake | None:
    """What was asked under an `intake_id`, or by a match; None where nothing is known.

    Args:
        engine: The database.
        name: An `intake_id` or a `match_id`.

    Returns:
        The newest match of that name, as it was asked and without free text, else the imported row.
    """
    asked = (
        select(match_log.c.decision)
        .where(or_(match_log.c.match_id == name, match_log.c.intake_id == name))
        .order_by(match_log.c.at.desc(), match_log.c.match_id)
        .limit(1)
    )
    imported = select(_INTAKES).where(_INTAKES.c.intake_id == name)
    with reading(engine) as connection:
        decision = connection.scalar(asked)
        if decision is not None:
            return asked_intake(decision)
        row = connection.execute(imported).mappings().one_or_none()
    return None if row is None else intake_of({**row})
