"""Every deliberate exception of rapport.

RapportError
├── UsageError                 a command or call was used wrongly                      exit 2
├── SettingsError              a setting is missing or impossible                      exit 2
├── DataRefusedError           input was refused; nothing of it was stored             exit 3
│   ├── UnknownColumnError     a file has a column the contract does not know
│   └── UnreadableFileError    a file is empty, broken, or not what its name says
├── NotFoundError              a named thing does not exist
├── ConflictError              the thing exists already or has moved on
├── GateRefusedError           a model did not earn promotion                          exit 4
├── NotFittedError             a model was used before it was fitted or loaded
├── BundleError                a model bundle is damaged, unsigned or of another kind
├── AccessDeniedError          no valid credential, or not for this operation
└── StorageError               the database cannot be used as it stands

Messages say what to do next and never contain a person's answers, names or free text.
"""

from dataclasses import dataclass


class RapportError(Exception):
    """Root of all deliberate errors."""


class UsageError(RapportError):
    """A command or call was used wrongly."""


class SettingsError(RapportError):
    """A setting is missing or impossible."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something was found; every part may be unknown."""

    file: str | None = None
    """File name without its folder."""
    line: int | None = None
    """Physical line (text files) or row number (Parquet), counted from 1."""
    column: str | None = None
    """Column name of the contract."""

    def __str__(self) -> str:
        parts = [
            self.file,
            None if self.line is None else f"line {self.line}",
            None if self.column is None else f"column {self.column!r}",
        ]
        return ", ".join(part for part in parts if part)


class DataRefusedError(RapportError):
    """Input was refused and nothing of it was stored.

    Attributes:
        place: Where the first fault stands.
    """

    def __init__(self, message: str, *, place: Place | None = None) -> None:
        self.place = place or Place()
        where = str(self.place)
        super().__init__(f"{where}: {message}" if where else message)


class UnknownColumnError(DataRefusedError):
    """A file has a column the contract does not know."""


class UnreadableFileError(DataRefusedError):
    """A file is empty, broken, or not what its name says."""


class NotFoundError(RapportError):
    """A named thing does not exist."""


class ConflictError(RapportError):
    """The thing exists already or has moved on."""


class GateRefusedError(RapportError):
    """A model did not earn promotion; the message names the gates."""


class NotFittedError(RapportError):
    """A model was used before it was fitted or loaded."""


class BundleError(RapportError):
    """A model bundle is damaged, unsigned or of another kind."""


class AccessDeniedError(RapportError):
    """No valid credential, or none for this operation."""


class StorageError(RapportError):
    """The database cannot be used as it stands."""
