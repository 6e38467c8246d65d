"""Files of who used what, in the forms that public sets come in."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse


class Split(NamedTuple):
    """What is learned from, what the people judged had used, and what they used next.

    `history` and `test` have a row per person judged; all three share their columns.
    """

    train: Any
    history: Any
    test: Any


def read_split(train: Path, test: Path, history: Path | None) -> Split:
    """Read the files of a split; without histories the people judged are those of the training part."""
    pairs = [read_pairs(path) for path in (train, test, *([history] if history else []))]
    items = pd.Index(np.unique(np.concatenate([part[:, 1] for part in pairs])))
    judged = pairs[2] if history else pairs[0]
    learned = _matrix(pairs[0], pd.Index(np.unique(pairs[0][:, 0])), items)
    people = pd.Index(np.unique(judged[:, 0]))
    kept = pairs[1][np.isin(pairs[1][:, 0], people)]
    return Split(learned, _matrix(judged, people, items), _matrix(kept, people, items))


def read_pairs(path: Path) -> Any:
    """Pairs of person and item; shape (pairs, 2).

    `.npz` holds a scipy matrix; in `.txt` each line is a person and their items; all else are columns of which the
    first two count, with or without a heading.
    """
    if path.suffix == ".npz":
        return np.transpose(sparse.load_npz(path).nonzero())
    if path.suffix == ".txt":
        lines = [np.array(line.split(), np.int64) for line in path.read_text().splitlines()]
        counts = [max(len(line) - 1, 0) for line in lines]
        people = np.repeat([line[0] if len(line) else 0 for line in lines], counts)
        return np.column_stack([people, np.concatenate([line[1:] for line in lines])])
    frame = pd.read_csv(path, sep=None, engine="python", header=None, usecols=[0, 1], dtype=str)
    if not frame.iloc[0].str.fullmatch(r"\d+").all():
        frame = frame.iloc[1:]
    return frame.to_numpy(str)


def _matrix(pairs: Any, people: pd.Index, items: pd.Index) -> Any:
    rows, columns = people.get_indexer(pairs[:, 0]), items.get_indexer(pairs[:, 1])
    matrix = sparse.csr_matrix(
        (np.ones(len(rows), np.float32), (rows, columns)), shape=(len(people), len(items))
    )
    matrix.data[:] = 1.0
    return matrix
