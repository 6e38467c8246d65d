"""The serving in use, swapped in one step when the store moves."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.concurrency import run_in_threadpool

from api.loading import load_serving, read_revisions
from api.serving import Serving, Store
from data.errors import RapportError
from data.settings import Settings

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""How often the stored revisions are looked at."""


class Models:
    """Holds what requests are answered with, and watches for what is newer.

    A request takes `serving` once and keeps it; the swap is one assignment, so no request is
    dropped and none sees two versions.
    """

    def __init__(
        self, engine: Store, settings: Settings, *, clock: Callable[[], datetime]
    ) -> None:
        """Load what serves now.

        Args:
            engine: The database.
            settings: The home.
            clock: The present.
        """
        self._engine = engine
        self._settings = settings
        self._clock = clock
        self.serving: Serving = load_serving(engine, settings, at=clock())

    def refresh(self) -> bool:
        """Load anew what has moved; True where something had."""
        if read_revisions(self._engine) == self.serving.revisions:
            return False
        self.serving = load_serving(
            self._engine, self._settings, at=self._clock(), before=self.serving
        )
        log.info("serving_swapped", **_named(self.serving))
        return True

    async def watch(self, seconds: float = POLL_SECONDS) -> None:
        """Look for what is newer until cancelled; a failure is tried again."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await run_in_threadpool(self.refresh)
            except RapportError as error:
                log.warning("refresh_failed", error=type(error).__name__)


def _named(serving: Serving) -> dict[str, str | None]:
    versions = serving.versions()
    return {"version": " ".join(name or "fallback" for name in versions.values())}
