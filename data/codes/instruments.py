"""Questionnaires: ranges, cuts, reliable change, LOINC codes, and totals from items.

Sources: PHQ-9 and GAD-7 LOINC panels 44249-1 and 69737-5; NHS Talking Therapies thresholds for
PHQ-9, GAD-7 and WSAS; Marx et al. (2022) for the PCL-5. Codes that were not verified are None.
Published rules that these are easily confused with: GAD-7 caseness is 8 here (US screening uses
10), and PHQ-9 caseness is 10, not 9.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

RELIABLE_CHANGE_ERRORS = 1.96 * 2.0**0.5
"""A reliable change in standard errors of one score (Jacobson & Truax, 1991)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One questionnaire; higher totals are worse unless `higher_is_better`."""

    code: str
    """The word used in the tables."""
    low: int
    high: int
    """Smallest and largest possible total."""
    cut: int | None = None
    """Totals from here on are a case (or, where higher is better, totals below it)."""
    reliable_change: int | None = None
    """Smallest change of the total that exceeds measurement error."""
    bands: tuple[tuple[int, str], ...] = ()
    """Lower bound and name of each severity band, in ascending order."""
    loinc_total: str | None = None
    loinc_panel: str | None = None
    loinc_items: tuple[str, ...] = ()
    """Codes of the items in questionnaire order."""
    item_count: int | None = None
    """Number of items, where a total may be computed from them."""
    item_high: int | None = None
    """Largest answer of an item; the smallest is 0."""
    has_whole_totals: bool = True
    """Whether totals are whole numbers."""
    higher_is_better: bool = False
    """Whether a rising total is improvement; caseness is then below the cut."""


PHQ9 = Instrument(
    code="phq9",
    low=0,
    high=27,
    cut=10,
    reliable_change=6,
    item_count=9,
    item_high=3,
    bands=(
        (0, "minimal"),
        (5, "mild"),
        (10, "moderate"),
        (15, "moderately_severe"),
        (20, "severe"),
    ),
    loinc_total="44261-6",
    loinc_panel="44249-1",
    loinc_items=(
        "44250-9",
        "44255-8",
        "44259-0",
        "44254-1",
        "44251-7",
        "44258-2",
        "44252-5",
        "44253-3",
        "44260-8",
    ),
)
GAD7 = Instrument(
    code="gad7",
    low=0,
    high=21,
    cut=8,
    reliable_change=4,
    item_count=7,
    item_high=3,
    bands=((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe")),
    loinc_total="70274-6",
    loinc_panel="69737-5",
    loinc_items=(
        "69725-0",
        "68509-9",
        "69733-4",
        "69734-2",
        "69735-9",
        "69689-8",
        "69736-7",
    ),
)
PCL5 = Instrument(
    code="pcl5", low=0, high=80, cut=33, reliable_change=15, item_count=20, item_high=4
)
WSAS = Instrument(
    code="wsas",
    low=0,
    high=40,
    cut=10,
    reliable_change=8,
    item_count=5,
    item_high=8,
    bands=((0, "low"), (10, "moderate"), (21, "severe")),
)
ORS = Instrument(
    code="ors",
    low=0,
    high=40,
    cut=25,
    reliable_change=5,
    has_whole_totals=False,
    higher_is_better=True,
)
SRS = Instrument(
    code="srs", low=0, high=40, cut=36, has_whole_totals=False, higher_is_better=True
)
OQ45 = Instrument(code="oq45", low=0, high=180, cut=64, reliable_change=14)
CORE10 = Instrument(code="core10", low=0, high=40, cut=11, reliable_change=6)

INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType(
    {entry.code: entry for entry in (PHQ9, GAD7, PCL5, WSAS, ORS, SRS, OQ45, CORE10)}
)
"""All known instruments by the word used in the tables; other words are allowed and unchecked."""

ANSWER_CODES: Mapping[str, int] = MappingProxyType(
    {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}
)
"""LOINC answer codes of PHQ-9 and GAD-7: not at all to nearly every day."""

PHQ2_TOTAL_LOINC = "55758-7"
"""The total of the first two PHQ-9 items."""

MOST_MISSING_ITEMS = 2


def instrument_key(word: str) -> str:
    """The form in which names of questionnaires compare: letters and digits, no case.

    Example:
        >>> instrument_key("PHQ-9"), instrument_key("gad 7")
        ('phq9', 'gad7')
    """
    return "".join(letter for letter in word.casefold() if letter.isalnum())


"""A total is prorated while no more items than this are missing."""


def severity_band(code: str, total: float) -> str | None:
    """The severity band of a total; None where the instrument is unknown or has no bands.

    Example:
        >>> severity_band("phq9", 14), severity_band("phq9", 15)
        ('moderate', 'moderately_severe')
    """
    instrument = INSTRUMENTS.get(code)
    names = [name for low, name in instrument.bands if total >= low] if instrument else []
    return names[-1] if names else None


def is_case(code: str, total: float) -> bool:
    """Whether a total is at caseness; False where the instrument has no cut.

    Example:
        >>> is_case("phq9", 10), is_case("phq9", 9), is_case("ors", 20)
        (True, False, True)
    """
    instrument = INSTRUMENTS.get(code)
    if instrument is None or instrument.cut is None:
        return False
    return total < instrument.cut if instrument.higher_is_better else total >= instrument.cut


def reliable_direction(code: str, first: float, last: float) -> int:
    """1 for reliable improvement, -1 for reliable deterioration, 0 for neither or unknown.

    Example:
        >>> reliable_direction("phq9", 16, 10), reliable_direction("gad7", 10, 13)
        (1, 0)
    """
    instrument = INSTRUMENTS.get(code)
    if instrument is None or instrument.reliable_change is None:
        return 0
    better = last - first if instrument.higher_is_better else first - last
    if better >= instrument.reliable_change:
        return 1
    return -1 if -better >= instrument.reliable_change else 0


def total_from_items(code: str, items: Sequence[int | None]) -> int | None:
    """The total of a questionnaire's answers, prorated where at most two are missing.

    Item 9 of the PHQ-9 is never prorated: without it there is no total.

    Args:
        code: `phq9`, `gad7`, `pcl5` or `wsas`.
        items: Answers in questionnaire order; None is missing.

    Returns:
        The total rounded half up, or None where too much is missing.

    Raises:
        ValueError: The questionnaire has no known items, there are too few or too many answers,
            or one is out of range.

    Example:
        >>> total_from_items("phq9", [1, 1, 1, 1, 1, 1, 1, None, 0])
        8
    """
    instrument = INSTRUMENTS.get(code)
    if instrument is None or instrument.item_count is None or instrument.item_high is None:
        raise ValueError("totals are computed for phq9, gad7, pcl5 and wsas only")
    expected = instrument.item_count
    if len(items) != expected:
        raise ValueError(f"{code} has {expected} items")
    given = [answer for answer in items if answer is not None]
    if any(not 0 <= answer <= instrument.item_high for answer in given):
        raise ValueError(f"an answer of {code} is outside 0 to {instrument.item_high}")
    if expected - len(given) > MOST_MISSING_ITEMS or (code == "phq9" and items[8] is None):
        return None
    return (2 * sum(given) * expected + len(given)) // (2 * len(given))
