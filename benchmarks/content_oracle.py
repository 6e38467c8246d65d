"""Whether one item may be shown to one person: the clinical gating table once more, item by item, in plain Python.

Written from the clinical rules and not from the engine: it reads rows as dicts and imports nothing of
`recommender` or `matching`. Its words are those that `benchmarks.content_sweep` makes catalogues and people of. It says what
must never be shown; what the engine withholds beyond that is not its business.
"""

from datetime import datetime
from typing import Any

STATES_OF_WORD = {
    "trauma": {"trauma"},
    "PTSD": {"trauma"},
    "psychosis": {"psychosis"},
    "mania": {"psychosis", "bipolar"},
    "bipolar": {"bipolar"},
    "Eating-Disorder": {"eating"},
    "eating": {"eating"},
    "panic": {"panic"},
    "panic attacks": {"panic"},
    "alcohol": {"substance"},
    "addiction": {"substance"},
    "epilepsy": {"seizure"},
    "driving": {"critical_work"},
    "pregnancy": {"perinatal"},
    "postpartum": {"perinatal"},
    "teens": {"minor"},
    "13-17": {"minor"},
    "suicidal thoughts": {"suicidality"},
}
"""What a concern, goal, population or contraindication stands for; other words stand for themselves."""
SAFE = {"grounding", "safety planning", "Sleep Hygiene", "coping"}
BODY_SCAN = {"body scan", "Body-Scan"}
SILENT = {"silence"}
EXPOSURE = {"exposure"}
INTENSIVE = {"retreat"}
SLEEP_RESTRICTION = {"sleep restriction"}
WEIGHT = {"calories", "fasting"}
BREATH_HOLD = {"breath hold", "hyperventilation"}
CUT_DOWN = {"cutting down", "abstinence"}
NEVER_ON_RECORD = ("psychosis", "mania", "substance_withdrawal", "violence_risk")
LONGEST_BRIEF = 10.0


def is_red(person: dict[str, Any]) -> bool:
    """High on the C-SSRS, current psychosis or mania, withdrawal, danger to others."""
    return person.get("cssrs") == "high" or any(
        person.get(name) is True for name in NEVER_ON_RECORD
    )


def states_of(person: dict[str, Any]) -> set[str]:
    """Every state that the person's answers and own words stand for."""

    def at_least(name: str, least: int) -> bool:
        return (person.get(name) or 0) >= least

    states: set[str] = set()
    if at_least("phq9_item9", 1) or person.get("cssrs") in {"low", "moderate"}:
        states.add("suicidality")
    if at_least("phq9_total", 20) or at_least("gad7_total", 15) or at_least("wsas_total", 21):
        states.add("severe")
    if at_least("pcl5_total", 33):
        states.add("trauma")
    if person.get("age_band") == "13-17":
        states.add("minor")
    words = (*person["concerns"], *person["goals"], *person["populations"])
    return states.union(*(STATES_OF_WORD.get(word, set()) for word in words))


def may_not_see(
    person: dict[str, Any], item: dict[str, Any], program: dict[str, Any] | None, at: datetime
) -> str | None:
    """The first rule that forbids an item at a time; None where none does."""
    if is_red(person):
        return "red"
    states = states_of(person)
    for name, is_broken in (
        ("dates", _breaks_a_date(item, at)),
        ("contraindication", _is_contraindicated(person, item, states)),
        ("population", _is_for_others(item, states)),
        *((state, _is_blocked(state, item, program)) for state in sorted(states)),
    ):
        if is_broken:
            return name
    return None


def _breaks_a_date(item: dict[str, Any], at: datetime) -> bool:
    reviewed, expires = item["reviewed_at"], item["review_expires_at"]
    published, retired = item["published_at"], item["retired_at"]
    return (
        reviewed is None
        or reviewed > at
        or (expires is not None and expires <= at)
        or (published is not None and published > at)
        or (retired is not None and retired <= at)
    )


def _is_contraindicated(person: dict[str, Any], item: dict[str, Any], states: set[str]) -> bool:
    own = {*person["concerns"], *person["goals"]}
    return any(
        word in own or not states.isdisjoint(STATES_OF_WORD.get(word, set()))
        for word in item["contraindications"]
    )


def _is_for_others(item: dict[str, Any], states: set[str]) -> bool:
    """Minors and the perinatal time have catalogues of their own, and nobody else sees only theirs."""
    groups = [STATES_OF_WORD.get(word, {"others"}) for word in item["populations"]]
    made_for = set[str]().union(*groups)
    for special in ("minor", "perinatal"):
        if special in states:
            return any(own in states and own not in made_for for own in ("minor", "perinatal"))
    return bool(made_for) and "others" not in made_for


def _is_blocked(state: str, item: dict[str, Any], program: dict[str, Any] | None) -> bool:
    """The row of the gating table for one state."""
    topics, title = set(item["topics"]), item["title"]

    def is_about(words: set[str]) -> bool:
        return not topics.isdisjoint(words) or any(word in title for word in words)

    is_guided = program is not None and program["guided"] is True
    is_long_meditation = (
        item["kind"] == "meditation" or (is_about(BODY_SCAN) and item["kind"] != "lesson")
    ) and item["minutes"] > LONGEST_BRIEF
    is_silent = is_about(SILENT) or item["voice"] == "none"
    unguided_program = program is not None and not is_guided
    blocked = {
        "suicidality": topics.isdisjoint(SAFE)
        or is_long_meditation
        or is_silent
        or unguided_program,
        "severe": unguided_program,
        "trauma": is_long_meditation or is_about(BODY_SCAN) or is_silent or is_about(EXPOSURE),
        "psychosis": item["minutes"] > LONGEST_BRIEF
        or (item["kind"] != "lesson" and not is_guided)
        or is_about(INTENSIVE)
        or is_about(SLEEP_RESTRICTION),
        "bipolar": is_about(SLEEP_RESTRICTION),
        "seizure": is_about(SLEEP_RESTRICTION) or is_about(BREATH_HOLD),
        "critical_work": is_about(SLEEP_RESTRICTION),
        "eating": is_about(WEIGHT) or is_about(BODY_SCAN),
        "panic": is_about(BREATH_HOLD),
        "substance": is_about(CUT_DOWN) and not is_guided,
    }
    return blocked.get(state, False)
