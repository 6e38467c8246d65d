"""Checks of what a model could learn from the stored past: enough, overlapping, and ripe."""

from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    distinct,
    func,
    select,
)

from data.codes.concerns import concern_key, domain_of, find_concern
from data.database import reading
from data.findings import Finding, Meanings, Severity, findings_of
from data.instants import micros_of
from data.queries import read_frame
from data.splits import MATURITY, OUTCOME_FROM, OUTCOME_UNTIL
from data.tables import CLINIC

FEW_CASES = 15
"""Below so many cases nothing is said about a clinician alone."""
FEW_CLINICIANS = 5
"""Below so many clinicians a domain has no one to compare with."""
FEW_INTAKES = 200
"""Below so many ripe intakes a model can hardly be better than its rules."""
FEW_EVENTS = 5
"""Below so many events a person's taste is unknown."""
MICROSECOND = timedelta(microseconds=1)


MEANINGS: Meanings = {
    "few_mature_intakes": (
        Severity.WARNING,
        f"fewer than {FEW_INTAKES} intakes are {MATURITY.days} days old, so few labels are ripe",
    ),
    "no_choice": (
        Severity.WARNING,
        "most intakes with offers were shown a single clinician: there is little overlap",
    ),
    "exposure_missing": (
        Severity.NOTE,
        "offers lack their exposure probability: no off-policy evaluation on them",
    ),
    "exposure_zero": (
        Severity.WARNING,
        "offers were shown with an exposure probability of 0",
    ),
    "clinicians_with_few_cases": (
        Severity.NOTE,
        f"clinicians have fewer than {FEW_CASES} booked cases: their effects stay near the mean",
    ),
    "domains_with_few_clinicians": (
        Severity.NOTE,
        f"problem domains were treated by fewer than {FEW_CLINICIANS} clinicians",
    ),
    "unknown_concerns": (
        Severity.NOTE,
        "concern words of intakes are none of the known ones: each is a domain of its own",
    ),
    "unmatched_concerns": (
        Severity.WARNING,
        "concern words of intakes are listed by no clinician, in their own or a known spelling",
    ),
}


def check_learning(engine: Engine, at: datetime) -> tuple[list[Finding], dict[str, float]]:
    """What could be learned, in numbers, and what stands in the way.

    Args:
        engine: The database.
        at: The present.

    Returns:
        The findings, and counts and shares by name.
    """
    with reading(engine) as connection:
        numbers = {
            **_care_numbers(connection, at),
            **_offer_numbers(connection),
            **_clinician_numbers(connection),
            **_content_numbers(connection),
        }
    numbers |= _domain_numbers(engine) | _word_numbers(engine)
    return _findings(numbers), numbers


def _findings(numbers: dict[str, float]) -> list[Finding]:
    has_few = numbers["intakes"] > 0 and numbers["mature_intakes"] < FEW_INTAKES
    has_choice = numbers["intakes_with_choice"] >= numbers["intakes_with_offers"] / 2
    counts = {
        "few_mature_intakes": float(has_few),
        "no_choice": 0.0 if has_choice else numbers["intakes_with_offers"],
        "exposure_missing": numbers["offers"] - numbers["offers_with_exposure"],
        "exposure_zero": numbers["offers_never_exposed"],
        "clinicians_with_few_cases": numbers["clinicians_with_few_cases"],
        "domains_with_few_clinicians": numbers["domains_with_few_clinicians"],
        "unknown_concerns": numbers["unknown_concerns"],
        "unmatched_concerns": numbers["unmatched_concerns"],
    }
    return findings_of(MEANINGS, counts)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _count(
    connection: Connection, source: FromClause, *conditions: ColumnElement[bool]
) -> float:
    """How many rows of a table or query meet all conditions."""
    query = select(func.count()).select_from(source).where(*conditions)
    return float(connection.scalar(query) or 0)


def _care_numbers(connection: Connection, at: datetime) -> dict[str, float]:
    """Ripe intakes, attended episodes, and those whose outcome was measured in its window."""
    intakes, episodes, measures = (CLINIC[name] for name in ("intakes", "episodes", "measures"))
    first = episodes.c.first_attended_at
    in_window = measures.c.at.between(
        first + OUTCOME_FROM // MICROSECOND, first + OUTCOME_UNTIL // MICROSECOND
    )
    observed = (
        select(episodes.c.episode_id)
        .distinct()
        .join(intakes, intakes.c.intake_id == episodes.c.intake_id)
        .join(measures, measures.c.patient_id == intakes.c.patient_id)
        .where(in_window)
    )
    attended = _count(connection, episodes, first.is_not(None))
    outcomes = _count(connection, observed.subquery())
    is_ripe = intakes.c.requested_at <= micros_of(at - MATURITY)
    return {
        "intakes": _count(connection, intakes),
        "mature_intakes": _count(connection, intakes, is_ripe),
        "attended_episodes": attended,
        "observed_outcomes": outcomes,
        "share_observed": _share(outcomes, attended),
    }


def _offer_numbers(connection: Connection) -> dict[str, float]:
    """How much choice there was, and whether its chances are known."""
    offers = CLINIC["offers"]
    shown = (
        select(func.count(distinct(offers.c.clinician_id)).label("clinicians"))
        .group_by(offers.c.intake_id)
        .subquery()
    )
    asked = _count(connection, shown)
    chosen = _count(connection, shown, shown.c.clinicians >= 2)
    total = _count(connection, offers)
    known = _count(connection, offers, offers.c.exposure_probability.is_not(None))
    return {
        "intakes_with_offers": asked,
        "intakes_with_choice": chosen,
        "share_with_choice": _share(chosen, asked),
        "offers": total,
        "offers_with_exposure": known,
        "share_with_exposure": _share(known, total),
        "offers_never_exposed": _count(connection, offers, offers.c.exposure_probability == 0),
    }


def _clinician_numbers(connection: Connection) -> dict[str, float]:
    """How many clinicians have too few cases; those without any are among them."""
    clinicians, episodes = CLINIC["clinicians"], CLINIC["episodes"]
    enough = (
        select(episodes.c.clinician_id)
        .group_by(episodes.c.clinician_id)
        .having(func.count() >= FEW_CASES)
    )
    total = _count(connection, clinicians)
    few = _count(connection, clinicians, clinicians.c.clinician_id.not_in(enough))
    return {"clinicians_with_few_cases": few, "share_with_few_cases": _share(few, total)}


def _content_numbers(connection: Connection) -> dict[str, float]:
    """How dense the events are."""
    events = CLINIC["content_events"].c
    people = (
        select(events.user_id, func.count().label("events")).group_by(events.user_id).subquery()
    )
    users = _count(connection, people)
    known = _count(connection, people, people.c.events >= FEW_EVENTS)
    items = _count(connection, select(events.item_id).distinct().subquery())
    used = _count(connection, select(events.user_id, events.item_id).distinct().subquery())
    return {
        "content_users": users,
        "share_of_users_known": _share(known, users),
        "content_items_used": items,
        "content_density": _share(used, users * items),
    }


def _domain_numbers(engine: Engine) -> dict[str, float]:
    """Clinicians by problem domain, counted by the first concern of each booked intake."""
    intakes = read_frame(engine, "intakes", columns=("intake_id", "concerns"))
    episodes = read_frame(engine, "episodes", columns=("intake_id", "clinician_id"))
    first = intakes["concerns"].map(lambda words: words[0] if words else "")
    domains = {word: domain_of(word) for word in first.unique()}
    intakes["domain"] = first.map(domains)
    treated = episodes.merge(intakes[["intake_id", "domain"]], on="intake_id")
    clinicians = treated.groupby("domain")["clinician_id"].nunique()
    return {
        "domains": float(len(clinicians)),
        "domains_with_few_clinicians": float((clinicians < FEW_CLINICIANS).sum()),
    }


def _word_numbers(engine: Engine) -> dict[str, float]:
    """Distinct concern words of intakes, those that are not known, and those that no clinician lists.

    Where clinicians list no concerns at all, nothing can be matched and nothing is counted as unmatched.
    """
    intakes = read_frame(engine, "intakes", columns=("intake_id", "concerns"))
    columns = ("clinician_id", "specialties_top", "also_treats")
    clinicians = read_frame(engine, "clinicians", columns=columns)
    asked = {concern_key(word) for words in intakes["concerns"] for word in words}
    treated = {
        domain_of(word)
        for column in columns[1:]
        for words in clinicians[column]
        for word in words
    }
    unmatched = {word for word in asked if domain_of(word) not in treated} if treated else set()
    return {
        "concern_words": float(len(asked)),
        "unknown_concerns": float(sum(find_concern(word) is None for word in asked)),
        "unmatched_concerns": float(len(unmatched)),
    }
