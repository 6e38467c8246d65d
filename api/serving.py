"""What requests are answered with: snapshots and models, loaded once and never changed.

A request holds one `Serving` for its whole life, so no answer mixes two versions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

import msgspec
import structlog

from api.logs import frames_of
from data.catalogue import Catalogue
from data.directory import Directory
from data.errors import RapportError
from matching.matcher import Matcher
from matching.pricing import DirectoryPrices
from recommender.recommender import BoundRecommender

log = structlog.get_logger()

Store = Any
"""The database engine; only `data` looks inside."""
Engine = TypeVar("Engine")
Result = TypeVar("Result")
REVISIONS = ("directory", "catalogue", "models", "prices")
"""The parts of the store that a serving is made of."""

MODEL_FAILURES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RapportError,
    TypeError,
    ValueError,
)
"""What a damaged or unfit model may raise; a fallback answers then."""


class Degradation(msgspec.Struct, frozen=True):
    """Why a fallback answers, and which."""

    reason: Literal["no_model", "bad_model"]
    fallback: Literal["rules", "popularity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded(Generic[Engine]):
    """An engine, with the model it holds or the reason why it holds none."""

    engine: Engine
    version: str | None
    degraded: Degradation | None


def answered(
    loaded: Loaded[Engine],
    run: Callable[[Engine], Result],
    fallback: Engine,
    failure: Degradation,
    request_id: str,
) -> tuple[Result, str | None, Degradation | None]:
    """Run a request on a model, or on the fallback where the model fails.

    Args:
        loaded: The model, or what stands for it.
        run: The request.
        fallback: Needs no training and answers everything.
        failure: What the answer says where the model failed.
        request_id: For the log.

    Returns:
        The result, the version that made it, and why it was a fallback, if it was.
    """
    try:
        return run(loaded.engine), loaded.version, loaded.degraded
    except MODEL_FAILURES as error:
        log.error(  # noqa: TRY400 - a traceback would show values
            "model_failed",
            request_id=request_id,
            version=loaded.version,
            error=type(error).__name__,
            frames=frames_of(error.__traceback__),
        )
    return run(fallback), None, failure


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Serving:
    """Everything that an answer is made of, as of one moment."""

    revisions: Mapping[str, int]
    """Stored revisions, read before anything else was."""
    directory: Directory
    catalogue: Catalogue
    matching: Loaded[Matcher]
    rules: Matcher
    """Answers where the model fails on a request."""
    recommender: Loaded[BoundRecommender]
    popularity: BoundRecommender
    """Likewise."""
    prices: DirectoryPrices | None = None
    """Prices of capacity in the utilities of the matching model; None where there are none."""

    @property
    def priced_at(self) -> datetime | None:
        """When the prices were solved."""
        return None if self.prices is None else self.prices.solved_at

    def versions(self) -> dict[str, str | None]:
        """The version of each model; None where a fallback answers."""
        return {"matching": self.matching.version, "recommender": self.recommender.version}

    def degradations(self) -> dict[str, Degradation]:
        """Why a fallback answers, by kind of model; empty where both models do."""
        found = {
            "matching": self.matching.degraded,
            "recommender": self.recommender.degraded,
        }
        return {kind: reason for kind, reason in found.items() if reason is not None}
