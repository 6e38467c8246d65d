"""Asking for a match: what is on record, the decision, its log. The API and the desk's page ask alike."""

from api.matches import Decision, Moment, decide
from api.recording import record_match
from api.runtime import Runtime
from api.schemas_matches import MatchRequest
from api.standing import Before
from data.idempotency import KeyedRequest
from data.known_risk import find_known_risk
from data.rematches import Origin, find_out_of_reach


async def ask(
    runtime: Runtime,
    body: MatchRequest,
    moment: Moment,
    keyed: KeyedRequest | None,
    *,
    origin: Origin | None = None,
) -> Decision:
    """Match an intake; the decision is on disk when this returns.

    Args:
        runtime: The service.
        body: Who asks for what.
        moment: When, and under which id.
        keyed: The request under its claimed key, if it has one.
        origin: The match of the same person that is asked anew, if one is.
    """
    before = None
    if origin is not None:
        known = await runtime.query(find_known_risk, runtime.engine, origin.patient_id)
        before = Before(origin=origin, known=known)
    serving = runtime.models.serving
    reach = await runtime.query(
        find_out_of_reach,
        runtime.engine,
        body.intake.columns()["patient_id"],
        at=moment.at,
        priced_at=serving.priced_at,
    )
    decision = decide(body, serving, moment, reach, before=before)
    await record_match(runtime, decision, keyed)
    return decision
