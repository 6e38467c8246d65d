"""What is like what: cosines, and regressions (EASE) of which some neighbours or all are kept.

    PYTHONPATH=. python benchmarks/similar_items.py [--users 2000] [--items 500] [--seed 5]

A simulated log, cut where `train` cuts it. NDCG@10 on items new to a person, of similar items alone, by
penalty. One JSON document.
"""

import argparse
import json
import sys
from dataclasses import replace

from recommender.model import RecommenderConfig
from training.collaborative_tuning import neighbours_ndcg
from training.content_folds import Fold, fold_at
from training.content_log import ContentLog
from training.simulator.clinic import simulate
from training.simulator.parameters import world

RIDGES = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
SHRINKAGES = (0.0, 10.0, 30.0)


def measure(fold: Fold) -> dict[str, object]:
    def ndcg(**changes: float) -> float:
        return round(neighbours_ndcg(fold, replace(RecommenderConfig(), **changes)), 4)

    every = len(fold.log.item_ids)
    return {
        "people": len(fold.people),
        "cosines": {str(value): ndcg(neighbour_shrinkage=value) for value in SHRINKAGES},
        "regressions": {
            str(ridge): {
                "kept": ndcg(ease_ridge=ridge, activity_power=0.0),
                "every_positive": ndcg(ease_ridge=ridge, activity_power=0.0, neighbours=every),
            }
            for ridge in RIDGES
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--users", type=int, default=2_000)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    clinic = simulate(
        world("base"),
        patients=200,
        clinicians=20,
        items=given.items,
        users=given.users,
        seed=given.seed,
    )
    log = ContentLog.from_frame(clinic.tables["content_events"]).compact()
    cut = log.find_cut()
    if cut is None:
        sys.exit("too few events to cut")
    json.dump(measure(fold_at(log, cut, seed=1)), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
