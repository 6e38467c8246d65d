"""Therapies that guidelines name for a problem: whether a clinician practises one is worth knowing.

Sources: obsessions and compulsions, exposure with response prevention (NICE CG31); trauma, EMDR and
cognitive processing or prolonged exposure (NICE NG116; VA/DoD 2023); sleep, CBT-I (European Sleep
Research Society, 2023); borderline personality, dialectical behaviour therapy (NICE CG78). A list of
names, not a claim about any clinician: what it is worth is learned, and starts at nothing.
"""

from data.word_index import word_key

_NAMED: dict[str, tuple[str, ...]] = {
    "ocd": ("erp", "exposure and response prevention", "exposure response prevention"),
    "trauma": (
        "emdr",
        "eye movement desensitization and reprocessing",
        "cpt",
        "cognitive processing therapy",
        "prolonged exposure",
        "pe",
        "trauma-focused cbt",
        "tf-cbt",
    ),
    "sleep": ("cbt-i", "cbti", "cognitive behavioral therapy for insomnia"),
    "personality": ("dbt", "dialectical behavior therapy", "dialectical behaviour therapy"),
}

THERAPIES: dict[str, frozenset[str]] = {
    domain: frozenset(word_key(name) for name in names) for domain, names in _NAMED.items()
}
"""Comparable names of therapies by problem domain."""


def therapies_for(domain: str) -> frozenset[str]:
    """Names of the therapies that guidelines name for a problem domain; empty where they name none.

    Example:
        >>> "erp" in therapies_for("ocd"), therapies_for("anxiety")
        (True, frozenset())
    """
    return THERAPIES.get(domain, frozenset())
