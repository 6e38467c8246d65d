"""The 31 source attributes of a model (45 CFR 170.315(b)(11)(iv)(B)), filled from what was measured.

What does not exist is said to be missing; nothing here is a promise.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matching.case_mix_features import FLAGS, NUMBERS
from matching.pair_features import PAIR_FEATURES

SYNTHETIC_ONLY = "none - synthetic only"
NOT_STATED = "not stated by this installation"
MATCHING = "matching"
INPUTS_USED = (
    "Use of race, ethnicity, language, sexual orientation, gender identity, sex, date of birth, "
    "social determinants and health status as inputs"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What a card is filled from."""

    kind: str
    trained_on: str
    """synthetic or real."""
    owner: Mapping[str, str]
    """What the installation states of itself: contact, funding, clinical_owner; empty where it does not."""
    meta: Mapping[str, Any]
    """Of the training: engine, time, rows, facts."""
    metrics: Mapping[str, Any]
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """The held-out comparison, people and groups."""

    @property
    def is_synthetic(self) -> bool:
        """Whether nothing here is about real people."""
        return self.trained_on == "synthetic"

    @property
    def is_matching(self) -> bool:
        """Whether the model orders clinicians, not content."""
        return self.kind == MATCHING


Fill = Callable[[CardFacts], str]


def _by_kind(matching: str, recommender: str) -> Fill:
    return lambda facts: matching if facts.is_matching else recommender


def _always(words: str) -> Fill:
    return lambda _facts: words


def _owner(name: str) -> Fill:
    return lambda facts: facts.owner.get(name) or f"{NOT_STATED} (setting `{name}`)"


def _external(facts: CardFacts) -> str:
    if facts.is_synthetic:
        return SYNTHETIC_ONLY
    return "none - the model was tested on no data from outside this installation"


def _developer(facts: CardFacts) -> str:
    return f"The rapport project; trained by this installation. Contact: {_owner('contact')(facts)}."


def _criteria(facts: CardFacts) -> str:
    rows = ", ".join(f"{count:,} {name}" for name, count in facts.meta["rows"].items())
    return (
        f"Everything stored before {facts.meta['as_of']}: {rows}. Nobody is excluded by who they are; "
        "a label counts once it was observed, and a course without it is not learned from."
    )


def _inputs(facts: CardFacts) -> str:
    if not facts.is_matching:
        return (
            "None of race, ethnicity, language, sexual orientation, gender identity, sex, date of birth or social "
            "determinants is learned from: use of items alone. Questionnaires, age band and concerns withhold "
            "items by fixed rules; language filters."
        )
    return (
        "Race, ethnicity, sexual orientation, gender identity, sex, date of birth: not used. Language: who may "
        "be offered, and whether it is shared. Age band: who may be offered, and case mix. Social determinants: "
        f"{', '.join(name for name in NUMBERS if name.startswith('deprivation'))} in the case mix, to be fair "
        f"to clinicians. Health status: {', '.join(name for name in NUMBERS if name.endswith('total'))}, "
        f"{', '.join(FLAGS)} and the concerns. Pairs: {', '.join(PAIR_FEATURES)}."
    )


def _representativeness(facts: CardFacts) -> str:
    people: Sequence[Mapping[str, Any]] = facts.evidence.get("people", ())
    if not people:
        return "unknown: nobody stated anything about themselves"
    told = [row for row in people if row["n"] is not None]
    parts = [
        f"{row['attribute']} {row['group']} {row['share']:.0%} ({row['n']:,})" for row in told
    ]
    hidden = len(people) - len(told)
    return "; ".join([*parts, f"{hidden} groups of fewer than 20 people are not told"]) + "."


def _relevance(facts: CardFacts) -> str:
    if facts.is_synthetic:
        return "None is shown: the people and outcomes are simulated. Train on your own records before use."
    return "The training data are this installation's own records, of the setting the model serves in."


def _validity(facts: CardFacts) -> str:
    numbers = [
        f"{name} {value:.4g}"
        for name, value in facts.metrics.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    since = facts.evidence.get("held_out_from")
    if since is None or not numbers:
        return "not measured: too little data to hold any out"
    return f"On what came from {since} on, by a recipe fitted before: {', '.join(numbers)}."


def _fairness(facts: CardFacts) -> str:
    rows: Sequence[Mapping[str, Any]] = facts.evidence.get("groups", ())
    told = [row for row in rows if row["value"] is not None]
    if not told:
        return "not measured: no group of at least 20 people with a known outcome"
    if not facts.is_matching:
        values = [row["value"] for row in told]
        least, most = min(values), max(values)
        return f"NDCG@10 of {len(told)} groups of at least 20 people from {least:.3f} to {most:.3f}."
    gaps = [row for row in told if row["measure"].endswith("_gap")]
    sure = sum(row["low"] > 0 or row["high"] < 0 for row in gaps)
    worst = max(gaps, key=lambda row: abs(row["value"]))
    return (
        f"Predicted less observed rates of {len(gaps)} groups and outcomes: the 95 % interval leaves out zero in {sure}; "
        f"the largest gap is {worst['value']:+.3f} ({worst['measure']}, {worst['attribute']} {worst['group']}, "
        f"{worst['n']} people)."
    )


def _local(found: Fill) -> Fill:
    return lambda facts: SYNTHETIC_ONLY if facts.is_synthetic else found(facts)


ATTRIBUTES: tuple[tuple[str, str, Fill], ...] = (
    ("Details and output", "Developer name and contact", _developer),
    ("Details and output", "Funding source", _owner("funding")),
    (
        "Details and output",
        "Value produced",
        _by_kind(
            "For each clinician who may be offered: chances of engagement and improvement with 90 % intervals, and a utility.",
            "For each item that may be shown: a score, and the shelf it is shown on.",
        ),
    ),
    (
        "Details and output",
        "Output type",
        _by_kind(
            "A ranked list of clinicians with probabilities from 0 to 1.",
            "A ranked list of self-guided content.",
        ),
    ),
    (
        "Purpose",
        "Intended use",
        _by_kind(
            "Ordering clinicians whom licence, network, capacity and the patient's own wishes allow.",
            "Ordering reviewed content for a person, behind a safety filter that no score outweighs.",
        ),
    ),
    (
        "Purpose",
        "Intended patient population",
        _by_kind(
            "People who ask an outpatient mental health service for therapy, outside a crisis.",
            "People who use self-guided content, outside a crisis.",
        ),
    ),
    (
        "Purpose",
        "Intended users",
        _by_kind(
            "Intake staff, and patients who choose among clinicians.",
            "People who use an app, and clinicians who pick content with them.",
        ),
    ),
    (
        "Purpose",
        "Intended decision-making role",
        _always("Informs: a clinician or the patient decides."),
    ),
    (
        "Cautioned out-of-scope use",
        "Tasks, situations and populations to avoid",
        _always(
            "Crises, emergencies and involuntary care; predicting suicide or violence; rating or paying clinicians; "
            "deciding who gets care; diagnosis."
        ),
    ),
    (
        "Cautioned out-of-scope use",
        "Known risks, inappropriate settings, limitations",
        _always(
            "Gains from matching are small. Outcomes are missing of people who leave. Few cases say little about a "
            "clinician, so that estimates lean on the average. docs/known-limits.md lists what falls short."
        ),
    ),
    ("Development and inputs", "Training inclusion and exclusion criteria", _criteria),
    (
        "Development and inputs",
        INPUTS_USED,
        _inputs,
    ),
    ("Development and inputs", "Demographic representativeness", _representativeness),
    (
        "Development and inputs",
        "Relevance of training data to the deployment setting",
        _relevance,
    ),
    (
        "Fairness process",
        "Approach to fair output",
        _by_kind(
            "Self-reported demographics are kept apart and never learned from; who may be offered is decided by rules "
            "with reasons; newcomers get a bonus, and each exposure has a logged probability.",
            "Self-reported demographics are kept apart and never learned from; new items get a place to be tried.",
        ),
    ),
    (
        "Fairness process",
        "Approaches to manage or reduce bias",
        _by_kind(
            "Clinician effects are adjusted for case mix and shrunk; outcomes count by the inverse chance of being "
            "measured; the gaps of groups are measured at each training.",
            "Lists are judged on the full catalogue; the quality of lists is measured by group at each training.",
        ),
    ),
    ("External validation", "Data source and setting", _external),
    ("External validation", "Party that tested", _external),
    ("External validation", "Demographic representativeness", _external),
    ("External validation", "Process", _external),
    ("Quantitative measures", "Validity on test data of the same source", _validity),
    ("Quantitative measures", "Fairness on test data of the same source", _fairness),
    ("Quantitative measures", "Validity on external data", _external),
    ("Quantitative measures", "Fairness on external data", _external),
    (
        "Quantitative measures",
        "References to evaluations of effects on outcomes",
        _always("none - no study of this model's effect on outcomes exists"),
    ),
    (
        "Ongoing maintenance",
        "Process and frequency of monitoring validity",
        _always(
            "Each `rapport train` measures on later data than it learned from; `rapport evaluate` and `rapport report` do so "
            "at any time. The installation decides how often; nothing runs by itself."
        ),
    ),
    ("Ongoing maintenance", "Validity in local data", _local(_validity)),
    (
        "Ongoing maintenance",
        "Process and frequency of monitoring fairness",
        _always(
            "Groups are measured at each `rapport train`; the installation decides how often."
        ),
    ),
    ("Ongoing maintenance", "Fairness in local data", _local(_fairness)),
    (
        "Update schedule",
        "Process and frequency of updates",
        _always(
            "`rapport train` makes a candidate; `rapport models promote` lets it serve if it passes the gates. The "
            "installation decides how often."
        ),
    ),
    (
        "Update schedule",
        "Frequency of correction when risks are found",
        _always(
            "At once where somebody acts: `rapport models rollback` takes effect within about a second. No schedule is promised."
        ),
    ),
)
"""Group, name and filling of each attribute, in the order of the rule."""


def source_attributes(facts: CardFacts) -> list[dict[str, Any]]:
    """All attributes in order, numbered from 1, none empty."""
    return [
        {"number": number, "group": group, "name": name, "value": fill(facts)}
        for number, (group, name, fill) in enumerate(ATTRIBUTES, 1)
    ]
