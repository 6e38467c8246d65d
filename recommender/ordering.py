"""The best of many scores, the same on every machine."""

import numpy as np
from numpy.typing import NDArray


def best_first(scores: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Positions of the largest scores, best first; ties go to the earlier position.

    Args:
        scores: Any finite numbers; shape (n,).
        count: How many are wanted; fewer come back where there are fewer.

    Returns:
        Positions of shape (min(count, n),).

    Example:
        >>> best_first(np.array([0.2, 0.9, 0.2, 0.5]), 3)
        array([1, 3, 0])
    """
    if count <= 0:
        return np.zeros(0, np.int64)
    if count >= len(scores):
        return np.argsort(-scores, kind="stable")
    bound = -np.partition(-scores, count - 1)[count - 1]
    reach = np.flatnonzero(scores >= bound)
    return reach[np.argsort(-scores[reach], kind="stable")[:count]]
