"""How often the text tripwire hears what it has to, and how often it hears what is not there.

The sentences are our own and synthetic, which over-estimates how it does on what people really write. Held-out
sentences were written before the tables were tuned and looked at once; what they taught was mended afterwards.

    .venv/bin/python -m benchmarks.tripwire --corpus held_out_2
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.domain import Tier
from matching.tripwire import TextFinding, Tripwire, shipped_tripwire
from training.metrics.intervals import wilson

CORPORA = Path(__file__).resolve().parent.parent / "tests" / "matching"
NAMES = ("developed", "held_out", "held_out_2")
TIERS = {"red": Tier.RED, "amber": Tier.AMBER, "green": Tier.GREEN, "unread": None}
PREVALENCE = 0.01
"""Share of texts with something to hear, for the positive predictive value; an assumption."""
CHARACTERS = (1_000, 2_000, 4_000, 8_000)
REPEATS = 20
TEXTS = {
    "plain": "I have felt quite low since spring, my work is hard and I would like to talk to somebody. ",
    "phrases": "used to want to kill myself ",
    "long gaps": "stopped drinking and ",
    "unknown words": "",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence."""

    language: str
    phenomenon: str
    tier: Tier | None
    """At least this tier; exactly green; None where nobody may take it for read."""
    text: str


def read_corpus(name: str) -> list[Case]:
    """The sentences of one of the corpora."""
    lines = (CORPORA / f"tripwire_{name}.txt").read_text("utf-8").splitlines()
    parts = [line.split("|", 3) for line in lines if line and not line.startswith("#")]
    return [Case(language, kind, TIERS[tier], text) for language, kind, tier, text in parts]


def is_right(case: Case, found: TextFinding) -> bool:
    """Whether a phrase is heard at its tier or above, and nothing where there is nothing."""
    if case.tier is None:
        return not found.is_read
    if case.tier is Tier.GREEN:
        return found.tier is Tier.GREEN and found.is_read
    return found.tier >= case.tier


def shares(cases: Sequence[Case], tripwire: Tripwire) -> dict[str, list[bool]]:
    """Which sentences are read rightly, by kind, by kind and language, and by phenomenon."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        found = tripwire.read(case.text)
        right = is_right(case, found)
        kind = {None: "uncovered", Tier.GREEN: "specificity"}.get(case.tier, "sensitivity")
        for name in (kind, f"{kind} {case.language}", f"  {case.phenomenon}"):
            groups[name].append(right)
        if kind == "sensitivity":
            groups[f"sensitivity to {case.tier.label}"].append(right)
            groups["heard at any tier"].append(found.tier > Tier.GREEN)
    return groups


def predictive_value(sensitivity: float, specificity: float) -> float:
    """Share of alarms that are right at the assumed prevalence.

    Example:
        >>> round(predictive_value(0.98, 0.98), 2)
        0.33
    """
    hits = PREVALENCE * sensitivity
    return hits / (hits + (1 - PREVALENCE) * (1 - specificity))


def times(tripwire: Tripwire) -> None:
    """Print the median milliseconds of each kind of text at each length."""
    noise = random.Random(1)  # noqa: S311 - text to be timed
    words = "".join(noise.choices("abcdefghijklmnopqrstuvwxyz    ", k=max(CHARACTERS)))
    for name, unit in TEXTS.items():
        told = []
        for length in CHARACTERS:
            text = (unit * length)[:length] if unit else words[:length]
            took = []
            for _ in range(REPEATS):
                begin = time.perf_counter()
                tripwire.read(text)
                took.append((time.perf_counter() - begin) * 1e3)
            told.append(f"{length}: {statistics.median(took):.2f} ms")
        print(f"{name:16} {', '.join(told)}")


def main(arguments: list[str]) -> None:
    """Print shares with 95 % intervals, what was missed, and the time per text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", choices=NAMES, default="held_out_2")
    cases = read_corpus(parser.parse_args(arguments).corpus)
    tripwire = shipped_tripwire()
    groups = shares(cases, tripwire)
    for name, found in sorted(groups.items(), key=lambda entry: (entry[0][0] == " ", entry[0])):
        low, high = wilson(sum(found), len(found))
        share = sum(found) / len(found)
        print(f"{name:22} {sum(found):3}/{len(found):3} {share:.3f} [{low:.3f}, {high:.3f}]")
    rates = {
        name: sum(groups[name]) / len(groups[name]) for name in ("sensitivity", "specificity")
    }
    print(f"PPV at {PREVALENCE:.0%}: {predictive_value(**rates):.2f}")
    missed = [case.text for case in cases if not is_right(case, tripwire.read(case.text))]
    print(json.dumps(missed, indent=1, ensure_ascii=False))
    times(tripwire)


if __name__ == "__main__":
    main(sys.argv[1:])
