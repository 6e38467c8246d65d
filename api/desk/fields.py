"""The fields of the intake form as a page draws them: labels, choices, suggestions, faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.desk.intake_form import GROUPS
from api.desk_field_wording import FIELDS
from api.desk_wording import DESK
from data.clinic import INTAKES
from data.columns import Column, Kind
from data.directory import Directory
from data.messages import Reader
from data.word_index import WordIndex

REQUIRED = frozenset({"patient_id", "region", "age_band", "payer", "concerns"})
PLACES: Mapping[str, int] = {"concerns": 3, "languages": 2, "blocked_clinicians": 1}
"""How many entries of a list are offered at least; a longer one gets as many as it has and one more."""
SUGGESTED: Mapping[str, str] = {
    "region": "regions",
    "age_band": "age_bands",
    "payer": "payers",
    "languages": "languages",
    "concerns": "specialties",
    "pref_gender": "genders",
    "pref_modality": "modalities",
    "pref_style_directive": "styles",
}
"""The words of the directory that are suggested for a field."""
MOST_SUGGESTED = 60
"""Of the words of one column: a page has a size."""
LONGEST_SUGGESTED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entry of a list that is chosen from."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the form."""

    name: str
    kind: str
    """text, number, date, choice (one of a list), checks (any of a list), or words (several texts)."""
    label: str
    hint: str
    values: tuple[str, ...]
    is_required: bool
    fault: str
    """What has to be mended; empty where nothing has."""
    choices: tuple[Choice, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    """Label and value of each text of a list."""
    suggestions: str = ""
    """Id of the list of suggestions."""
    column: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields that belong together."""

    name: str
    label: str
    fields: tuple[Field, ...]
    is_folded: bool
    """Whether the group may be out of sight: nothing is required of it, typed or at fault in it."""


def groups(
    values: Mapping[str, Sequence[str]], faults: Mapping[str, str], reader: Reader
) -> list[Group]:
    """The form.

    Args:
        values: What is typed, by field.
        faults: Codes of what has to be mended, by field.
        reader: Who reads the labels.
    """
    found = []
    for name, columns in GROUPS.items():
        fields = tuple(_field(column, values, faults, reader) for column in columns)
        is_busy = any(entry.values or entry.fault for entry in fields)
        found.append(
            Group(
                name=name,
                label=FIELDS.say(f"desk.group.{name}", reader),
                fields=fields,
                is_folded=name in {"wishes", "more"} and not is_busy,
            )
        )
    return found


def suggestions(directory: Directory) -> dict[str, list[str]]:
    """Words that the directory knows, most common first, by id of the list."""
    return {kind: _common(getattr(directory, kind), kind) for kind in SUGGESTED.values()}


def _common(index: WordIndex, kind: str) -> list[str]:
    counts = index.matrix.sum(axis=1).tolist()
    words = sorted(index.rows, key=lambda word: (-counts[index.rows[word]], word))
    fitting = [word for word in words if 0 < len(word) <= LONGEST_SUGGESTED]
    written = [word.upper() if kind == "regions" else word for word in fitting]
    return sorted(written[:MOST_SUGGESTED])


def _field(
    name: str, values: Mapping[str, Sequence[str]], faults: Mapping[str, str], reader: Reader
) -> Field:
    column = INTAKES.column(name)
    given = tuple(values.get(name, ()))
    label = FIELDS.say(f"desk.field.{name}", reader)
    return Field(
        name=name,
        kind=_kind(column),
        label=label,
        hint=_hint(column, reader),
        values=given,
        is_required=name in REQUIRED,
        fault=fault_text(column, faults[name], reader) if name in faults else "",
        choices=_choices(column, given, reader),
        places=_places(name, label, given, reader),
        suggestions=SUGGESTED.get(name, ""),
        column=column,
    )


def _kind(column: Column) -> str:
    if column.kind is Kind.WORDS:
        return "checks" if column.choices else "words"
    if column.choices or column.kind is Kind.FLAG:
        return "choice"
    if column.kind is Kind.TIME:
        return "date"
    return "number" if column.kind in {Kind.INTEGER, Kind.NUMBER} else "text"


def _hint(column: Column, reader: Reader) -> str:
    if column.kind is Kind.TIME:
        return FIELDS.say("desk.hint.days", reader)
    if column.low is not None and column.high is not None:
        return FIELDS.say(
            "desk.hint.range", reader, low=float(column.low), high=float(column.high)
        )
    is_known = FIELDS.speaks_of(f"desk.hint.{column.name}", reader.audience)
    return FIELDS.say(f"desk.hint.{column.name}", reader) if is_known else ""


def fault_text(column: Column | None, code: str, reader: Reader) -> str:
    """What has to be mended, in a sentence."""
    if code in {"range", "number"} and column is not None and column.low is not None:
        bounds = {"low": float(column.low), "high": float(column.high or 0)}
        return DESK.say(f"desk.fault.{code}", reader, **bounds)
    return DESK.say(f"desk.fault.{'other' if code in {'range', 'number'} else code}", reader)


def _choices(column: Column, given: tuple[str, ...], reader: Reader) -> tuple[Choice, ...]:
    if column.kind is Kind.FLAG:
        named = {"": "unknown", "true": "yes", "false": "no"}
    elif column.kind is Kind.WORDS:
        named = {word: word for word in column.choices}
    elif column.choices:
        named = {"": "unknown", **{word: word for word in column.choices}}
    else:
        return ()
    return tuple(
        Choice(
            value=value,
            label=FIELDS.say(f"desk.choice.{code}", reader),
            is_chosen=value in given,
        )
        for value, code in named.items()
    )


def _places(
    name: str, label: str, given: tuple[str, ...], reader: Reader
) -> tuple[tuple[str, str], ...]:
    if name not in PLACES:
        return ()
    count = max(PLACES[name], len(given) + 1 if len(given) >= PLACES[name] else 0)
    texts = [*given, *[""] * (count - len(given))]
    return tuple(
        (FIELDS.say("desk.nth", reader, label=label, place=float(place)), text)
        for place, text in enumerate(texts, 1)
    )
