"""The catalogue snapshot: all content items as columns of arrays, built once and never changed."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.clinic import CONTENT_LEVELS
from data.directory import micros
from data.word_index import WordIndex

NO_PROGRAM = -1
"""Stands for an item that belongs to no program."""


def _texts(column: pd.Series) -> tuple[str, ...]:
    return tuple(value if isinstance(value, str) else "" for value in column)


def _single(column: pd.Series, *, key: str = "word") -> WordIndex:
    return WordIndex.build([(value,) if value else () for value in _texts(column)], key=key)


def _by_program(programs: pd.DataFrame) -> dict[str, dict[str, Any]]:
    columns = {
        "title": _texts(programs["title"]),
        "topics": tuple(tuple(words) for words in programs["topics"]),
        "level": _texts(programs["level"]),
        "grade": _texts(programs["evidence_grade"]),
    }
    ids = _texts(programs["program_id"])
    return {name: dict(zip(ids, values, strict=True)) for name, values in columns.items()}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Catalogue:
    """All content items, in the order of their ids; arrays have shape (items,) unless said otherwise.

    Instants are microseconds since 1970 UTC, `data.directory.UNKNOWN_TIME` where missing.
    """

    revision: int
    item_ids: tuple[str, ...]
    rows: dict[str, int]
    """Item id to row."""
    titles: tuple[str, ...]
    kinds: WordIndex
    topics: WordIndex
    languages: WordIndex
    """Primary languages."""
    populations: WordIndex
    contraindications: WordIndex
    voices: WordIndex
    minutes: NDArray[np.float64]
    level: NDArray[np.int64]
    """0 universal or unknown, 1 mild, 2 moderate."""
    program: NDArray[np.int64]
    """Position in `program_ids`, or `NO_PROGRAM`."""
    program_position: NDArray[np.int64]
    """Place within the program; 0 where none is given."""
    program_ids: tuple[str, ...]
    program_titles: tuple[str, ...]
    program_topics: tuple[tuple[str, ...], ...]
    """Words that a program names itself."""
    program_level: NDArray[np.int64]
    """As `level`; shape (programs,)."""
    program_grades: tuple[str, ...]
    """Evidence grades in the clinic's words, empty where none is given."""
    is_guided: NDArray[np.bool_]
    """Whether the item belongs to a program that a person supports."""
    requires: tuple[tuple[str, ...], ...]
    """Item ids to finish first, per item."""
    reviewed_at: NDArray[np.int64]
    review_expires_at: NDArray[np.int64]
    published_at: NDArray[np.int64]
    retired_at: NDArray[np.int64]

    @classmethod
    def build(cls, content: pd.DataFrame, programs: pd.DataFrame, *, revision: int = 0) -> Self:
        """A snapshot of frames of the tables `content` and `programs`.

        Args:
            content: All columns of `content`; one row per item.
            programs: All columns of `programs`; may be empty.
            revision: The stored revision the frames were read at.
        """
        frame = content.sort_values("item_id", kind="stable").reset_index(drop=True)
        ids = tuple(frame["item_id"].astype(str))
        named = _texts(frame["program_id"])
        about = _by_program(programs)
        titles = about["title"]
        guided = set(programs["program_id"][programs["guided"].astype("boolean").fillna(False)])
        program_ids = tuple(sorted({*titles, *(name for name in named if name)}))
        program_rows = {name: row for row, name in enumerate(program_ids)}
        levels = {word: rank for rank, word in enumerate(CONTENT_LEVELS)}
        return cls(
            revision=revision,
            item_ids=ids,
            rows={item_id: row for row, item_id in enumerate(ids)},
            titles=_texts(frame["title"]),
            kinds=_single(frame["kind"]),
            topics=WordIndex.build(list(frame["topics"])),
            languages=_single(frame["language"], key="language"),
            populations=WordIndex.build(list(frame["populations"])),
            contraindications=WordIndex.build(list(frame["contraindications"])),
            voices=_single(frame["voice"]),
            minutes=frame["minutes"].astype("Float64").to_numpy(np.float64, na_value=np.nan),
            level=np.array([levels.get(word, 0) for word in _texts(frame["level"])], np.int64),
            program=np.array([program_rows.get(name, NO_PROGRAM) for name in named], np.int64),
            program_position=frame["program_position"].fillna(0).to_numpy(np.int64),
            program_ids=program_ids,
            program_titles=tuple(titles.get(name, "") for name in program_ids),
            program_topics=tuple(about["topics"].get(name, ()) for name in program_ids),
            program_level=np.array(
                [levels.get(about["level"].get(name, ""), 0) for name in program_ids], np.int64
            ),
            program_grades=tuple(about["grade"].get(name, "") for name in program_ids),
            is_guided=np.array([name in guided for name in named], np.bool_),
            requires=tuple(tuple(entry) for entry in frame["requires"]),
            reviewed_at=micros(frame["reviewed_at"]),
            review_expires_at=micros(frame["review_expires_at"]),
            published_at=micros(frame["published_at"]),
            retired_at=micros(frame["retired_at"]),
        )

    def __len__(self) -> int:
        return len(self.item_ids)
