"""Effects of clinicians on a measure, nested: problem domains in clinicians, clinicians in clinics.

What a few cases say of a domain leans on the clinician, what is known of the clinician leans on the
clinic, and the clinic on 0, the expectation of the case mix. `training.nested_fit` makes them. A
newcomer is thought to be like the clinic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matching.names import Names, Rows, find_rows
from matching.shrinkage import Estimates, Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NestedEffects:
    """Posterior means and variances at three levels.

    Attributes:
        clinic_ids: Known clinics in ascending order; shape (clinics,).
        clinician_ids: Known clinicians in ascending order; shape (clinicians,).
        domains: Known domains in ascending order; shape (domains,).
        prior: Variances between clinics, between the clinicians of one, and between the domains of
            one clinician; shape (3,).
        clinics: Means and variances; shape (2, clinics).
        clinicians: Means, variances and cases; shape (3, clinicians).
        cell_keys: `clinician row * domains + domain row` of the cells with cases, ascending; shape
            (cells,).
        cells: Means, variances and cases; shape (3, cells).
    """

    clinic_ids: NDArray[np.str_]
    clinician_ids: NDArray[np.str_]
    domains: NDArray[np.str_]
    prior: Floats
    clinics: Floats
    clinicians: Floats
    cell_keys: Rows
    cells: Floats

    def look_up(self, clinician_ids: Names, clinic_ids: Names, domain: str) -> Estimates:
        """Effects of clinicians in one domain.

        An unknown domain has the clinician's mean, an unknown clinician the clinic's, an unknown
        clinic 0; each time the variance grows by that of the level.

        Args:
            clinician_ids: The clinicians; shape (rows,).
            clinic_ids: Their clinics, empty for none; shape (rows,).
            domain: The problem domain.

        Returns:
            Arrays of shape (rows,).
        """
        between = self.prior
        rows = find_rows(self.clinic_ids, clinic_ids)
        means, variances = _read(self.clinics, rows, (np.zeros(len(rows)), between[0]))
        rows = find_rows(self.clinician_ids, clinician_ids)
        means, variances = _read(self.clinicians, rows, (means, variances + between[1]))
        courses = np.append(self.clinicians[2], 0.0)[rows]
        place = find_rows(self.domains, np.array([domain], dtype=np.str_))[0]
        keys = np.where((rows >= 0) & (place >= 0), rows * len(self.domains) + place, -1)
        cells = _places(self.cell_keys, keys)
        means, variances = _read(self.cells, cells, (means, variances + between[2]))
        total = float(between.sum())
        return Estimates(
            means=means,
            variances=variances,
            reliabilities=1.0 - variances / total if total > 0 else np.zeros(len(rows)),
            cases=np.append(self.cells[2], 0.0)[cells],
            clinician_cases=courses,
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything needed to rebuild the effects, by name; of cells shape (3, cells), the rest as above."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The inverse of `to_arrays`, cells of shape (3, cells); other arrays are ignored.

        Raises:
            KeyError: An array is missing.
        """
        return cls(**{name: arrays[name] for name in cls.__slots__})


def _places(known: Rows, keys: Rows) -> Rows:
    """The place of each key among known ones in ascending order, -1 for another; as `keys`."""
    if not len(known):
        return np.full(len(keys), -1, dtype=np.int64)
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[places] == keys, places, -1)


def _read(
    known: Floats, rows: Rows, otherwise: tuple[Floats, Floats | float]
) -> tuple[Floats, Floats]:
    """Means and variances at rows, or what holds for -1; shape (rows,) each."""
    is_known = rows >= 0
    if not is_known.any():
        return np.broadcast_to(otherwise[0], rows.shape), np.broadcast_to(
            otherwise[1], rows.shape
        )
    return (
        np.where(is_known, known[0][rows], otherwise[0]),
        np.where(is_known, known[1][rows], otherwise[1]),
    )
