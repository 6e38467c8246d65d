"""How well a patient's request and a clinician's profile fit, in a few numbers.

The same code fills training rows and a request's candidates. Nothing here reads a patient's
demographics, a clinician's experience, or whether genders or modalities coincide unless the patient
asked for that.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from data.codes.concerns import domain_of
from data.codes.therapies import therapies_for
from data.directory import Directory
from data.domain import Intake
from data.word_index import WordIndex, word_key
from matching.eligibility import has_preferred_gender, shares_language

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

FEATURE_GROUPS = {
    "concern_fit": "concern_fit",
    "first_concern_top": "concern_fit",
    "first_concern_unlisted": "concern_fit",
    "therapy_fit": "concern_fit",
    "preferences": "preferences",
    "language": "language",
}
"""Pair features in the order of the rows of `PairFeatures.matrix`, and the group each is told under."""
PAIR_FEATURES = tuple(FEATURE_GROUPS)
CONCERN_WEIGHTS = (1.0, 0.5, 0.25)
"""What the first, second and third concern count."""
ALSO_TREATS_SHARE = 0.5
"""A concern that is merely also treated counts this share of a top specialty."""
UNKNOWN_SHARE = 0.5
"""How far a clinician who says nothing on a point meets a wish."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairFeatures:
    """Fits of one patient with several clinicians."""

    matrix: Floats
    """In the order of `PAIR_FEATURES`, each in [0, 1], NaN where the patient states nothing or, for
    therapies, where guidelines name none; shape (features, candidates)."""
    first_concern: Floats
    """1 for a top specialty, 0.5 for also treats, 0 for neither, NaN without a concern; shape
    (candidates,)."""


def pair_features(intake: Intake, directory: Directory, rows: Rows) -> PairFeatures:
    """The fits of a request with some clinicians.

    Args:
        intake: The request.
        directory: All clinicians.
        rows: Directory rows of the candidates; shape (candidates,).
    """
    by_concern = _concern_shares(intake, directory, rows)
    weights = np.array(CONCERN_WEIGHTS[: len(by_concern)])
    nothing = np.full(len(rows), np.nan)
    has_concerns = len(by_concern) > 0
    first = by_concern[0] if has_concerns else nothing
    wishes = _met_wishes(intake, directory, rows)
    return PairFeatures(
        matrix=np.stack(
            [
                weights @ by_concern / weights.sum() if has_concerns else nothing,
                (first == 1.0).astype(np.float64) if has_concerns else nothing,
                (first == 0.0).astype(np.float64) if has_concerns else nothing,
                _therapy_fit(intake, directory, rows),
                np.mean(wishes, axis=0) if wishes else nothing,
                shares_language(intake, directory)[rows].astype(np.float64)
                if intake.languages
                else nothing,
            ]
        ),
        first_concern=first,
    )


def _concern_shares(intake: Intake, directory: Directory, rows: Rows) -> Floats:
    """How far each of the first concerns is covered; shape (concerns, candidates)."""
    domains = [domain_of(concern) for concern in intake.concerns[: len(CONCERN_WEIGHTS)]]
    shares = np.empty((len(domains), len(rows)))
    for place, domain in enumerate(domains):
        is_top = _treats(directory.specialties, domain)[rows]
        is_also = _treats(directory.also_treats, domain)[rows]
        shares[place] = np.where(is_top, 1.0, np.where(is_also, ALSO_TREATS_SHARE, 0.0))
    return shares


def _therapy_fit(intake: Intake, directory: Directory, rows: Rows) -> Floats:
    """Whether a therapy is practised that guidelines name for the first concern; (candidates,)."""
    named = therapies_for(_domain_of(intake.concerns[0])) if intake.concerns else frozenset()
    if not named:
        return np.full(len(rows), np.nan)
    return _share(directory.modalities.having_any(named), directory.modalities, rows)


@lru_cache(maxsize=8192)
def _domain_of(word: str) -> str:
    """As `domain_of`; a directory's few words are asked for with every request."""
    return domain_of(word)


def _treats(index: WordIndex, domain: str) -> NDArray[np.bool_]:
    return index.having_any(word for word in index.rows if _domain_of(word) == domain)


def _met_wishes(intake: Intake, directory: Directory, rows: Rows) -> list[Floats]:
    """How far each stated wish is met, in [0, 1]; one array of shape (candidates,) a wish."""
    wishes = []
    is_gender = has_preferred_gender(intake, directory)
    if is_gender is not None:
        wishes.append(_share(is_gender, directory.genders, rows))
    if intake.pref_modality:
        is_met = directory.modalities.having(word_key(intake.pref_modality))
        wishes.append(_share(is_met, directory.modalities, rows))
    if intake.pref_style_directive:
        is_met = directory.styles.having(word_key(intake.pref_style_directive))
        wishes.append(_share(is_met, directory.styles, rows))
    if intake.pref_style_structured is not None:
        distance = np.abs(directory.style_structured[rows] - intake.pref_style_structured)
        wishes.append(np.where(np.isnan(distance), UNKNOWN_SHARE, 1.0 - distance))
    return wishes


def _share(is_met: NDArray[np.bool_], index: WordIndex, rows: Rows) -> Floats:
    return np.where(is_met[rows], 1.0, np.where(index.has_words[rows], 0.0, UNKNOWN_SHARE))
