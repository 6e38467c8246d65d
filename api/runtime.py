"""What a running service holds: database, log writer, models, clock."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.models import Models
from api.problems import NOT_READY, ProblemError
from api.serving import Store
from data.log_writer import LogWriter
from data.settings import Settings
from matching.tripwire import Tripwire

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def now() -> datetime:
    """The present, in UTC; the only clock of the service."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Runtime:
    """Everything a request may need; made when the service starts, closed when it stops."""

    settings: Settings
    engine: Store
    writer: LogWriter
    changes: ThreadPoolExecutor
    models: Models
    tripwire: Tripwire
    """What reads free text."""
    clock: Callable[[], datetime] = now

    async def query(
        self,
        function: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Run a short read of the database.

        A read of the SQLite file takes less than handing it to a thread and never waits for a
        writer; a read of PostgreSQL waits for the network, so it goes to a thread.
        """
        if self.engine.dialect.name == "sqlite":
            return function(*arguments, **named)
        return await run_in_threadpool(function, *arguments, **named)

    async def change(
        self,
        function: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Run a transaction that writes.

        SQLite has one writer; those of this process queue for one thread, since waiting for the
        file's lock would cost each of them a sleep.
        """
        call = functools.partial(function, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self.changes, call)

    def close(self) -> None:
        """Write what the log still holds, then let go of the database."""
        self.changes.shutdown()
        self.writer.close()
        self.engine.dispose()


def runtime_of(app: Starlette) -> Runtime:
    """The runtime of a started application.

    Raises:
        ProblemError: The service is starting or stopping.
    """
    runtime = getattr(app.state, "runtime", None)
    if runtime is None:
        raise ProblemError(NOT_READY)
    return cast("Runtime", runtime)


async def get_runtime(request: Request) -> Runtime:
    """The runtime, as a dependency of routes.

    Raises:
        ProblemError: The service is starting or stopping.
    """
    return runtime_of(request.app)
