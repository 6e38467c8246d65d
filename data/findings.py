"""What a check of the data found, in words for people and codes for programs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How serious a finding is, most serious first."""

    ERROR = "error"
    """Learning from it or serving it would be wrong."""
    WARNING = "warning"
    """Some rows will be of no use, or somebody has to look."""
    NOTE = "note"
    """Good to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found; it names tables and columns, never a person."""

    code: str
    """Stable name of the check."""
    severity: Severity
    count: int
    """How many rows; at least 1."""
    text: str
    """A plain sentence without the count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings about a clinic."""

    counts: Mapping[str, int]
    """Rows by table."""
    findings: tuple[Finding, ...]
    """Most serious first, then in the order of the checks."""
    learning: Mapping[str, float]
    """What a model could learn from: counts, and shares between 0 and 1."""

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "counts": dict(self.counts),
            "findings": [asdict(finding) for finding in self.findings],
            "learning": dict(self.learning),
        }


Meanings = Mapping[str, tuple[Severity, str]]
"""Severity and sentence of each code."""


def findings_of(meanings: Meanings, counts: Mapping[str, float]) -> list[Finding]:
    """The findings among counts by code: those that counted anything, in order of the counts.

    Raises:
        KeyError: A code has no meaning.
    """
    return [
        Finding(code=code, severity=meanings[code][0], count=int(count), text=meanings[code][1])
        for code, count in counts.items()
        if count > 0
    ]
