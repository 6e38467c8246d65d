"""How often the text tripwire hears what it has to, and how often it hears what is not there.

The sentences are our own and synthetic, which over-estimates how it does on what people really write. The
second half was written before the tables were tuned on the first.

    .venv/bin/python -m benchmarks.tripwire
"""

import argparse
import json
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.domain import Tier
from matching.tripwire import read_text
from training.metrics.intervals import wilson

CORPORA = Path(__file__).resolve().parent.parent / "tests" / "matching"
TIERS = {"red": Tier.RED, "amber": Tier.AMBER, "green": Tier.GREEN}
TEXT = (
    "I have felt quite low since spring, my work is hard and I would like to talk to somebody. "
)
CHARACTERS = 2_000
REPEATS = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence."""

    language: str
    phenomenon: str
    tier: Tier
    text: str


def read_corpus(name: str) -> list[Case]:
    """The sentences of one half, `developed` or `held_out`."""
    lines = (CORPORA / f"tripwire_{name}.txt").read_text("utf-8").splitlines()
    parts = [line.split("|", 3) for line in lines if line and not line.startswith("#")]
    return [Case(language, kind, TIERS[tier], text) for language, kind, tier, text in parts]


def is_right(case: Case) -> bool:
    """Whether a phrase is heard at its tier or above, and nothing where there is nothing."""
    tier = read_text(case.text).tier
    return tier is Tier.GREEN if case.tier is Tier.GREEN else tier >= case.tier


def main(arguments: list[str]) -> None:
    """Print shares with 95 % intervals, what was missed, and the time per text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", choices=("developed", "held_out"), default="held_out")
    cases = read_corpus(parser.parse_args(arguments).corpus)
    groups: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        kind = "specificity" if case.tier is Tier.GREEN else f"sensitivity_{case.tier.label}"
        for name in (kind, f"{kind}:{case.language}", case.phenomenon):
            groups[name].append(is_right(case))
    for name, found in groups.items():
        low, high = wilson(sum(found), len(found))
        print(
            f"{name:24} {sum(found):3}/{len(found):3} {np.mean(found):.3f} [{low:.3f}, {high:.3f}]"
        )
    print(
        json.dumps(
            [case.text for case in cases if not is_right(case)], indent=1, ensure_ascii=False
        )
    )
    text = (TEXT * (CHARACTERS // len(TEXT) + 1))[:CHARACTERS]
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        read_text(text)
        times.append((time.perf_counter() - begin) * 1e3)
    print(f"{CHARACTERS} characters: median {statistics.median(times):.2f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
