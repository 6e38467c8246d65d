"""The registry as the page shows it: what serves since when, and all models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.desk.match_view import shortened
from api.match_answers import rfc3339
from data.messages import Reader
from data.registry import Change, Model
from data.translations import locale_of, moment_shown

MOST_MODELS = 50
"""The newest of them; a page has a size."""
BRINGS_UP = frozenset({"promote", "rollback"})
REAL = "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What answers requests of one kind."""

    kind: str
    version: str
    """Empty where a fallback answers."""
    since: str
    """When it began to serve, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model of the registry."""

    version: str
    kind: str
    state: str
    created_at: str
    """RFC 3339."""
    created: str
    """The same for people."""
    data: str
    """What it learned from: synthetic or real."""


def answering(
    versions: Mapping[str, str | None], changes: Sequence[Change], reader: Reader
) -> list[Answering]:
    """What this process answers with, by kind.

    Args:
        versions: Version by kind; None where a fallback answers.
        changes: The trail of the registry, oldest first.
        reader: Who reads the page.
    """
    began = {entry.version: entry.at for entry in changes if entry.action in BRINGS_UP}
    found = []
    for kind, version in versions.items():
        at = began.get(version or "")
        since = "" if at is None else moment_shown(at, locale_of(reader.language))
        found.append(Answering(kind=kind, version=version or "", since=since))
    return found


def entries(models: Sequence[Model], reader: Reader) -> list[Entry]:
    """The newest models."""
    return [
        Entry(
            version=shortened(model.version),
            kind=model.kind,
            state=model.state,
            created_at=rfc3339(model.created_at),
            created=moment_shown(model.created_at, locale_of(reader.language)),
            data=REAL if model.trained_on == REAL else "synthetic",
        )
        for model in models[:MOST_MODELS]
    ]
