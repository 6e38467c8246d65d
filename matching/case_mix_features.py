"""Intakes as numbers for the case-mix model.

| feature | purpose |
| --- | --- |
| PHQ-9, GAD-7, PCL-5, WSAS totals, and whether each is missing | severity drives outcome |
| domain of the first concern, open vocabulary | problems differ in course |
| number of concerns | comorbidity |
| prior treatment, medication question, each with missing | chronicity |
| deprivation decile, and whether it is missing | adjusts for hardship, which is not the clinician's doing |
| age band, open vocabulary | dropout falls with age; used to be fair to clinicians, never to refuse care |

Nothing else of an intake is read: no gender, language, payer, region, preference or free text.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from data.codes.concerns import domain_of
from data.codes.instruments import INSTRUMENTS, RELIABLE_CHANGE_ERRORS
from data.domain import Intake
from data.word_index import word_key

Floats = NDArray[np.float64]

NUMBERS = ("phq9_total", "gad7_total", "pcl5_total", "wsas_total", "deprivation_decile")
"""Columns that enter standardised, 0 where missing, with a flag for missing."""
FLAGS = ("prior_treatment", "medication_question")
"""Columns that enter as true and as missing."""


def problem_of(intake: Intake) -> str:
    """The domain of the most pressing concern, empty where none is stated."""
    return domain_of(intake.concerns[0]) if intake.concerns else ""


def age_band_of(intake: Intake) -> str:
    """The age band in comparable form."""
    return word_key(intake.age_band)


QUESTIONNAIRES = NUMBERS[:4]
"""Those of `NUMBERS` that measure, with error, how unwell somebody is."""
LEAST_RELIABILITY = 0.5
USUAL_RELIABILITY = 0.85
"""Share of a score's variance that is not error, where no reliable change is published."""


@lru_cache(maxsize=256)
def _reliability(column: str, scale: float) -> float:
    """Share of the variance of a total that is not error, given its standard deviation."""
    change = INSTRUMENTS[column.removesuffix("_total")].reliable_change
    if change is None:
        return USUAL_RELIABILITY
    error = change / RELIABLE_CHANGE_ERRORS
    return float(np.clip(1.0 - (error / scale) ** 2, LEAST_RELIABILITY, 1.0))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CaseMixFeatures:
    """How intakes become numbers, as learned from training intakes.

    Attributes:
        centres: Means of `NUMBERS` and of the number of concerns where known; shape (6,).
        scales: Their standard deviations, above 0; shape (6,).
        domains: Problem domains with a column of their own; shape (domains,).
        age_bands: Age bands with a column of their own; shape (bands,).
    """

    centres: Floats
    scales: Floats
    domains: NDArray[np.str_]
    age_bands: NDArray[np.str_]

    @classmethod
    def fit(cls, intakes: Sequence[Intake], *, least_cases: int) -> Self:
        """Learn scales and words.

        Args:
            intakes: Training intakes; none is allowed.
            least_cases: Words in fewer intakes get no column of their own.
        """
        numbers = _numbers(intakes)
        known = np.isfinite(numbers)
        counts = np.maximum(known.sum(axis=0), 1)
        filled = np.where(known, numbers, 0.0)
        centres = filled.sum(axis=0) / counts
        spread = np.sqrt((np.where(known, numbers - centres, 0.0) ** 2).sum(axis=0) / counts)
        return cls(
            centres=centres,
            scales=np.where(spread > 0, spread, 1.0),
            domains=_frequent([problem_of(intake) for intake in intakes], least_cases),
            age_bands=_frequent([age_band_of(intake) for intake in intakes], least_cases),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """What each column is, in order."""
        return (
            *NUMBERS,
            "concerns",
            *(f"{name}_missing" for name in NUMBERS),
            *(f"{name}_{state}" for name in FLAGS for state in ("true", "missing")),
            *(f"domain_{word}" for word in self.domains),
            "domain_pooled",
            *(f"age_band_{word}" for word in self.age_bands),
            "age_band_pooled",
        )

    def matrix(self, intakes: Sequence[Intake]) -> Floats:
        """The features of intakes; shape (intakes, features), columns as in `names`."""
        numbers = _numbers(intakes)
        known = np.isfinite(numbers)
        scaled = np.where(known, (numbers - self.centres) / self.scales, 0.0)
        missing = ~known[:, : len(NUMBERS)]
        flags = [
            [getattr(intake, name) == state for intake in intakes]
            for name in FLAGS
            for state in (True, None)
        ]
        return np.column_stack(
            [
                scaled,
                missing,
                np.array(flags, dtype=np.float64).T,
                _one_hot([problem_of(intake) for intake in intakes], self.domains),
                _one_hot([age_band_of(intake) for intake in intakes], self.age_bands),
            ]
        ).astype(np.float64)

    def hidden_variances(self, intakes: Sequence[Intake]) -> Floats:
        """How far true scores may be from what is known of them, as variances of the columns.

        A total has an error, and one that is missing may be anything. A coefficient is that of a
        total with its error, so that the true score moves the outcome by more: each variance is
        already divided by the reliability twice over.

        Args:
            intakes: Of the people; shape (intakes,).

        Returns:
            Of the four questionnaires; shape (intakes, 4).
        """
        known = [
            [getattr(intake, name) is not None for name in QUESTIONNAIRES] for intake in intakes
        ]
        reliability = np.array(
            [
                _reliability(column, scale)
                for column, scale in zip(QUESTIONNAIRES, self.scales.tolist(), strict=False)
            ]
        )
        return np.where(known, 1.0 - reliability, 1.0) / reliability

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Centres and scales of shape (numbers,), and words of shape (words,), by name."""
        return {
            "centres": self.centres,
            "scales": self.scales,
            "domains": self.domains,
            "age_bands": self.age_bands,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The inverse of `to_arrays`: arrays of shape (numbers,) and (words,); others are ignored.

        Raises:
            KeyError: An array is missing.
        """
        return cls(
            centres=arrays["centres"],
            scales=arrays["scales"],
            domains=arrays["domains"],
            age_bands=arrays["age_bands"],
        )


def _numbers(intakes: Sequence[Intake]) -> Floats:
    """`NUMBERS` and the number of concerns, NaN where missing; shape (intakes, 6)."""
    rows = [
        [np.nan if (value := getattr(intake, name)) is None else value for name in NUMBERS]
        + [len(intake.concerns)]
        for intake in intakes
    ]
    return np.array(rows, dtype=np.float64).reshape(len(intakes), len(NUMBERS) + 1)


def _frequent(words: Sequence[str], least_cases: int) -> NDArray[np.str_]:
    """Words in at least that many entries, in ascending order; shape (words,)."""
    counts = Counter(words)
    kept = sorted(word for word, count in counts.items() if count >= least_cases)
    return np.array(kept, dtype=np.str_)


def _one_hot(words: Sequence[str], known: NDArray[np.str_]) -> Floats:
    """One column per known word and a last one for all others; shape (entries, known + 1)."""
    places = {word: row for row, word in enumerate(known.tolist())}
    columns = np.array([places.get(word, len(known)) for word in words], dtype=np.int64)
    hot = np.zeros((len(words), len(known) + 1))
    hot[np.arange(len(words)), columns] = 1.0
    return hot
