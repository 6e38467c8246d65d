"""The server process: one socket, one or more spawned workers, a line when it is ready.

Workers are fresh interpreters, never forks, so that no numerical library is carried over a fork.
SIGTERM and SIGINT let requests under way finish; then the log writer closes.
"""

import argparse
import contextlib
import ipaddress
import os
import socket
import sys
import tempfile
from collections.abc import Iterator

import uvicorn
from uvicorn.supervisors import Multiprocess

from api.logs import configure
from data.errors import RapportError, SettingsError
from data.settings import Settings

METERS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where workers keep their numbers; the library reads it when a worker imports it."""
BACKLOG = 2_048
SECONDS_TO_START = 120
SECONDS_TO_STOP = 25
"""How long requests under way may take after a signal; orchestrators kill after 30."""


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line: host, port (0 takes a free one) and number of workers."""
    parser = argparse.ArgumentParser(prog="python -m api", description="Serve the API.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=8000, help="0 takes a free one")
    parser.add_argument("--workers", type=_count, default=1, help="processes, one per core")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def open_socket(host: str, port: int) -> socket.socket:
    """A bound socket that listens once a server takes it.

    Raises:
        SettingsError: The address cannot be used.
    """
    bound: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        if bound is not None:
            bound.close()
        raise SettingsError(f"cannot listen on {host} port {port}: {error.strerror}") from None
    bound.set_inheritable(True)
    return bound


def address_of(bound: socket.socket, host: str) -> str:
    """The address a client on this machine can use, as a URL."""
    port = bound.getsockname()[1]
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).version == 6:
            return f"http://[{host}]:{port}"
    return f"http://{host}:{port}"


def announce(address: str) -> None:
    """Tell whoever started the server that it listens: one line on standard output."""
    sys.stdout.write(f"ready {address}\n")
    sys.stdout.flush()


class AnnouncingServer(uvicorn.Server):
    """A server in this process that says when it listens."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets=sockets)
        if self.started:
            announce(self.address)


class AnnouncingWorkers(Multiprocess):
    """Spawned workers on one socket; says when all of them listen."""

    def __init__(
        self, config: uvicorn.Config, sockets: list[socket.socket], address: str
    ) -> None:
        super().__init__(config, sockets)
        self.address = address
        self.is_up = False

    def init_processes(self) -> None:
        """Start the workers, and say so once each of them listens."""
        super().init_processes()
        self.is_up = all(
            process.wait_until_ready(SECONDS_TO_START) for process in self.processes
        )
        if self.is_up:
            announce(self.address)
        else:
            self.should_exit.set()


def run(arguments: list[str]) -> int:
    """Serve until a signal.

    Returns:
        The exit code: 0 after a signal, 1 where the service could not start, 2 for a usage error.
    """
    options = parse(arguments)
    try:
        settings = Settings.load()
        bound = open_socket(options.host, options.port)
    except RapportError as error:
        sys.stderr.write(f"rapport: {error}\n")
        return 2
    configure(settings.log_level)
    with bound, metered(options.workers):
        return _serve(bound, address_of(bound, options.host), options.workers)


@contextlib.contextmanager
def metered(workers: int) -> Iterator[None]:
    """Name a folder for the numbers of several workers, and leave the environment as it was.

    One worker needs none: a folder that whoever started the process had named for its own numbers, and
    may have removed, is not this service's.
    """
    before = os.environ.pop(METERS_FOLDER, None)
    try:
        with contextlib.ExitStack() as stack:
            if workers > 1:
                folder = tempfile.TemporaryDirectory(prefix="rapport-metrics-")
                os.environ[METERS_FOLDER] = stack.enter_context(folder)
            yield
    finally:
        os.environ.pop(METERS_FOLDER, None)
        if before is not None:
            os.environ[METERS_FOLDER] = before


def _serve(bound: socket.socket, address: str, workers: int) -> int:
    config = uvicorn.Config(
        "api.app:create_app",
        factory=True,
        workers=workers,
        backlog=BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=SECONDS_TO_STOP,
        timeout_worker_healthcheck=30,
    )
    if workers > 1:
        supervisor = AnnouncingWorkers(config, [bound], address)
        supervisor.run()
        return 0 if supervisor.is_up else 1
    server = AnnouncingServer(config, address)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[bound])
    return 0 if server.started else 1
