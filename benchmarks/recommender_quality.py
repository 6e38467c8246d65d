"""Recall@20 and NDCG@20 over the whole catalogue: ours, its own single sources, and peers, on any split.

    PYTHONPATH=. python benchmarks/recommender_quality.py --train FILE --test FILE [--history FILE]
        [--budget 600] [--without-peers]

Files are scipy `.npz`, `.txt` with a person and their items on each line, or columns of which the first two count. With
`--history` the people judged are others than those learned from (strong generalisation). Recall divides by the number of
test items, the ideal of NDCG by at most 20: the definition of the published tables (He et al., 2020). Ours tunes
itself on the training part alone, as `train recommender` does. Each model runs in a process of its own on one thread; peers
that are not installed are left out (`pip install irspack`). One JSON document.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.models import PEERS, Score, TooLargeError, ours, served_lists
from benchmarks.quality.sets import Split, read_split
from training.metrics.ranking import find_hits, ndcg_at, recall_at
from training.new_use import top_items

RANKS = 20
OURS = "rapport"
COMPARED = 100
"""People whose served lists are compared with those scored in bulk."""
SINGLE = ("neighbours", "low_pass", "factors", "popular")


def judge(split: Split, score: Score) -> dict[str, float]:
    has_any = np.flatnonzero(np.diff(split.test.indptr) > 0)
    history, test = split.history[has_any], split.test[has_any]
    ranked = top_items(history, score, RANKS)
    people, items = test.nonzero()
    hits = find_hits(ranked, people, items, items=test.shape[1])
    counts = np.diff(test.indptr)
    recall, ndcg = recall_at(hits, counts, RANKS), ndcg_at(hits, counts, RANKS)
    return {
        "recall@20": round(float(recall.mean()), 5),
        "ndcg@20": round(float(ndcg.mean()), 5),
        "recall_se": round(float(recall.std() / np.sqrt(len(recall))), 5),
        "people": len(has_any),
    }


def measure(split: Split, name: str, budget_seconds: float) -> dict[str, Any]:
    notes: dict[str, Any] = {}
    start = time.perf_counter()
    if name == OURS:
        score = ours(split.train, budget_seconds=budget_seconds, notes=notes)
    else:
        score = PEERS[name](split.train)
    found: dict[str, Any] = {"seconds": round(time.perf_counter() - start, 1)}
    found["processor_seconds"] = round(time.process_time(), 1)
    found["peak_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    found |= judge(split, score)
    if name == OURS:
        found["single"] = {
            only: judge(split, lambda history, only=only: score(history, only=only))
            for only in SINGLE
        }
        some = split.history[np.flatnonzero(np.diff(split.history.indptr))[:COMPARED]]
        served = served_lists(notes.pop("model"), some, some.shape[1], RANKS)
        bulk = top_items(some, score, RANKS)
        found["same_as_served"] = float(
            np.mean(
                [
                    mine[: len(theirs)] == theirs
                    for mine, theirs in zip(bulk.tolist(), served, strict=True)
                ]
            )
        )
        found |= notes
    return found


def in_a_process(arguments: list[str], name: str) -> Any:
    """One model measured by itself; what libraries print does not mix with the figures."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        command = [sys.executable, __file__, *arguments, "--only", name, "--out", str(path)]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, env=os.environ | one
        )
        if done.returncode:
            return {"absent": done.stderr.strip().splitlines()[-1:]}
        found = json.loads(path.read_text())
    sys.stderr.write(f"{name}: {found['recall@20']} {found['ndcg@20']}\n")
    return found


def _shared(given: argparse.Namespace) -> list[str]:
    words = [
        "--train",
        str(given.train),
        "--test",
        str(given.test),
        "--budget",
        str(given.budget),
    ]
    return words + (["--history", str(given.history)] if given.history else [])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--history", type=Path)
    parser.add_argument("--budget", type=float, default=600.0)
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--only", choices=(OURS, *PEERS), help="one model, in this process")
    parser.add_argument("--out", type=Path, help="where the figures go instead of the screen")
    given = parser.parse_args()
    if given.only is None:
        names = (OURS,) if given.without_peers else (OURS, *PEERS)
        found: Any = {name: in_a_process(_shared(given), name) for name in names}
    else:
        split = read_split(given.train, given.test, given.history)
        try:
            found = measure(split, given.only, given.budget)
        except (ImportError, TooLargeError) as reason:
            sys.exit(f"{given.only}: {reason}")
    text = json.dumps(found, indent=1) + "\n"
    if given.out is None:
        sys.stdout.write(text)
    else:
        given.out.write_text(text)


if __name__ == "__main__":
    main()
