"""The application: everything is put together here and nowhere else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from fastapi import FastAPI
from starlette.middleware import Middleware

from api.handlers import add_handlers
from api.layers import BodyLimit, Deadline, Limiter, Limits, RequestScope
from api.logs import configure
from api.metering import Meters
from api.models import Models
from api.notices import WORDINGS
from api.operations import describe
from api.routes import (
    assignments,
    capacity,
    care_plans,
    catalogue,
    clinicians,
    desk,
    desk_decisions,
    desk_intakes,
    desk_models,
    events,
    health,
    matches,
    models,
    people,
    plans,
    recommendations,
)
from api.runtime import Runtime, now
from api.security import check_scopes
from data.database import open_engine
from data.errors import RapportError
from data.log_writer import LogWriter
from data.messages import warm_up
from data.migrate import upgrade
from data.settings import Settings
from matching.tripwire import open_tripwire

CHANGES = {"sqlite": 1, "postgresql": 8}
"""Transactions at once, beside the log writer, by database."""

log = structlog.get_logger()

VERSION = "1.0.0"
"""Of the HTTP interface, not of the package."""
DESCRIPTION = """
Pairs people who seek therapy with clinicians, and suggests self-guided content to them.

Every answer names the models that made it, and says `degraded` with a reason where a fallback
answered. Every refusal is a problem document (RFC 9457) with a stable `type` and never repeats what
was sent. Decision support: a clinician or the patient decides.
"""
PARTS = (
    matches,
    care_plans,
    assignments,
    capacity,
    recommendations,
    plans,
    events,
    clinicians,
    catalogue,
    people,
    models,
    health,
)
"""Modules with a `router` and its `OPERATIONS`."""
PAGES = (desk, desk_intakes, desk_decisions, desk_models)
"""Modules with a `router` of pages for people."""


def create_app(
    settings: Settings | None = None,
    *,
    limits: Limits | None = None,
    clock: Callable[[], datetime] = now,
) -> FastAPI:
    """The service as an ASGI application; it opens the database when it starts.

    Args:
        settings: The home; where None, the environment says it, and logging is set up.
        limits: How much the service takes on.
        clock: The present.

    Raises:
        SettingsError: A setting is missing or impossible.
    """
    if settings is None:
        settings = Settings.load()
        configure(settings.log_level)
    bounds = Limits() if limits is None else limits
    meters = Meters()
    app = FastAPI(
        title="rapport",
        version=VERSION,
        summary="Therapist-patient matching and content recommendation.",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(settings, clock),
        middleware=[
            Middleware(RequestScope, meters=meters),
            Middleware(Limiter, limits=bounds),
            Middleware(Deadline, limits=bounds),
            Middleware(BodyLimit, limits=bounds),
        ],
    )
    app.state.meters = meters
    for part in (*PARTS, *PAGES):
        app.router.routes.extend(part.router.routes)
    add_handlers(app)
    check_scopes(app)
    describe(app, [operation for part in PARTS for operation in part.OPERATIONS])
    return app


def _lifespan(
    settings: Settings, clock: Callable[[], datetime]
) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        try:
            runtime = await asyncio.to_thread(open_runtime, settings, clock)
        except RapportError as error:
            log.error("cannot_start", error=type(error).__name__, reason=str(error))  # noqa: TRY400
            raise
        watcher = asyncio.create_task(runtime.models.watch())
        app.state.runtime = runtime
        try:
            yield
        finally:
            app.state.runtime = None
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
            await asyncio.to_thread(runtime.close)

    return run


def open_runtime(settings: Settings, clock: Callable[[], datetime]) -> Runtime:
    """Open the database at the newest schema, load what serves, start the log.

    Args:
        settings: The home.
        clock: The present.

    Raises:
        StorageError: The database cannot be used.
        UsageError: A table of phrases is damaged.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    tripwire = open_tripwire(settings.phrases)
    warm_up(*WORDINGS)
    engine = open_engine(settings.url)
    upgrade(engine)
    return Runtime(
        settings=settings,
        engine=engine,
        models=Models(engine, settings, clock=clock),
        tripwire=tripwire,
        writer=LogWriter(engine),
        changes=ThreadPoolExecutor(CHANGES[engine.dialect.name], "changes"),
        clock=clock,
    )
