"""Latency of the hot operations against a no-op on the same server, interleaved in one run.

    python benchmarks/http_latency.py [--requests 400] [--clinicians 2000] [--items 5000] [--url URL]

Makes a home of its own with a made-up clinic: about a tenth of the clinicians are eligible, one
person has a history of 100 events. One client asks over one connection, one operation after the
other in turn; the table gives medians with 95 % bootstrap intervals, the 99th percentile, and the
ratio to the no-op with a key. Absolute times belong to the machine, the ratios to the code.
"""

import argparse
import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
os.environ.update(ONE_THREAD)
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import numpy as np  # noqa: E402 - after the threads and the path are set
from fastapi import Depends, FastAPI  # noqa: E402
from sqlalchemy import insert  # noqa: E402
from starlette.requests import Request  # noqa: E402
from starlette.responses import Response  # noqa: E402

from api.app import create_app  # noqa: E402
from api.bodies import read_body  # noqa: E402
from api.idempotency import json_answer  # noqa: E402
from api.security import RequiredScope  # noqa: E402
from data.clients import Client, create_key  # noqa: E402
from data.clinic import CLINIC_TABLES  # noqa: E402
from data.columns import Kind  # noqa: E402
from data.database import open_engine, transaction  # noqa: E402
from data.instants import micros_of  # noqa: E402
from data.migrate import upgrade  # noqa: E402
from data.settings import Settings  # noqa: E402
from data.tables import CLINIC  # noqa: E402

WARM_UP = 30
HISTORY = 100
TOPICS = ("sleep", "stress", "mood", "focus", "grief", "anger", "worry", "pain")


def app_with_noop() -> FastAPI:
    """The service with two operations that do nothing but read a body."""
    app = create_app()

    @app.post("/noop")
    async def noop(request: Request) -> Response:
        await read_body(request)
        return json_answer(b"{}")

    @app.post("/noop-with-key")
    async def noop_with_key(
        request: Request, _client: Annotated[Client, Depends(RequiredScope("match"))]
    ) -> Response:
        await read_body(request)
        return json_answer(b"{}")

    return app


def stored(table: str, **values: Any) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in CLINIC_TABLES[table].columns:
        value = values.get(column.name)
        if column.kind is Kind.WORDS:
            value = json.dumps(list(value or ()))
        elif isinstance(value, datetime):
            value = micros_of(value)
        row[column.name] = value
    return row


def make_clinic(settings: Settings, *, clinicians: int, items: int, seed: int) -> str:
    """Fill a home and return a key with every scope that is asked for."""
    rng = np.random.default_rng(seed)
    now = datetime.now(UTC)
    engine = open_engine(settings.url)
    upgrade(engine)
    rows = {
        "clinicians": [
            stored(
                "clinicians",
                clinician_id=f"clinician-{number}",
                display_name=f"Clinician {number}",
                licensed_regions=[f"US-{number % 10}"],
                payers=["payer-0", f"payer-{rng.integers(1, 9)}"],
                languages=["en"],
                formats=["video", "phone"],
                specialties_top=[str(word) for word in rng.choice(TOPICS, 3, replace=False)],
                gender=str(rng.choice(["female", "male"])),
                next_available=now + timedelta(days=float(rng.integers(1, 40))),
            )
            for number in range(clinicians)
        ],
        "content": [
            stored(
                "content",
                item_id=f"item-{number}",
                title=f"Item {number}",
                kind="lesson",
                topics=[str(word) for word in rng.choice(TOPICS, 2, replace=False)],
                minutes=float(rng.integers(3, 20)),
                language="en",
                reviewed_at=now - timedelta(days=10),
            )
            for number in range(items)
        ],
        "content_events": [
            stored(
                "content_events",
                event_id=f"event-{number}",
                user_id="person-1" if number < HISTORY else f"person-{number % 997}",
                item_id=f"item-{rng.integers(items)}",
                type=str(rng.choice(["start", "complete", "like"])),
                at=now - timedelta(minutes=float(rng.integers(1, 100_000))),
            )
            for number in range(20_000)
        ],
    }
    with transaction(engine) as connection:
        for name, table_rows in rows.items():
            connection.execute(insert(CLINIC[name]), table_rows)
    key = create_key(engine, "benchmark", ["match", "recommend", "events"], at=now).key
    engine.dispose()
    return key


def requests_of(number: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """The requests of one round by operation."""
    intake = {
        "patient_id": f"patient-{number}",
        "region": "US-3",
        "age_band": "26-35",
        "payer": "payer-0",
        "concerns": ["sleep", "worry"],
        "phq9_total": 12,
        "gad7_total": 9,
        "pref_gender": "female",
        "pref_gender_strength": "prefer",
    }
    match = {"intake": intake, "limit": 10}
    event = {
        "event_id": f"new-{number}",
        "type": "view",
        "user_id": "somebody",
        "item_id": "item-1",
        "at": "2026-11-24T12:00:00Z",
    }
    asked = {"person_id": "person-1", "context": {"minutes": 10, "local_hour": 22}}
    return {
        "no-op, open": ("/noop", match),
        "no-op with a key": ("/noop-with-key", match),
        "POST /v1/matches": ("/v1/matches", match),
        "POST /v1/recommendations": ("/v1/recommendations", asked),
        "POST /v1/events, one": ("/v1/events", {"events": [event]}),
    }


@contextlib.contextmanager
def server(home: Path) -> Iterator[int]:
    """The server with its no-ops as a process of its own; its port."""
    command = [sys.executable, __file__, "--serve"]
    environment = {**os.environ, "RAPPORT_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603 - our own interpreter and file
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield int(process.stdout.readline() if process.stdout else 0)
        finally:
            process.terminate()


def serve() -> None:
    """Serve on a free port and print it."""
    import uvicorn  # noqa: PLC0415 - only the server process needs it

    from api.server import open_socket  # noqa: PLC0415 - likewise

    bound = open_socket("127.0.0.1", 0)
    os.environ.setdefault("RAPPORT_LOG_LEVEL", "warning")
    config = uvicorn.Config(app_with_noop, factory=True, log_config=None, access_log=False)

    class Ready(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            print(bound.getsockname()[1], flush=True)

    Ready(config).run(sockets=[bound])


def measure(port: int, key: str, rounds: int) -> dict[str, np.ndarray]:
    """Milliseconds of each operation, one after the other in each round."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    times: dict[str, list[float]] = {name: [] for name in requests_of(0)}
    for number in range(rounds + WARM_UP):
        for name, (path, body) in requests_of(number).items():
            text = json.dumps(body)
            begun = time.perf_counter()
            connection.request("POST", path, text, headers)
            answer = connection.getresponse()
            answer.read()
            spent = (time.perf_counter() - begun) * 1_000
            if answer.status != 200:
                sys.exit(f"{path} answered {answer.status}")
            if number >= WARM_UP:
                times[name].append(spent)
    return {name: np.array(values) for name, values in times.items()}


def interval(values: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """95 % bootstrap interval of the median."""
    draws = np.median(rng.choice(values, (1_000, len(values))), axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--clinicians", type=int, default=2_000)
    parser.add_argument("--items", type=int, default=5_000)
    parser.add_argument("--url", default="", help="database URL; the default is SQLite")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    if options.url:
        os.environ["RAPPORT_DATABASE_URL"] = options.url
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        key = make_clinic(
            settings, clinicians=options.clinicians, items=options.items, seed=settings.seed
        )
        with server(settings.home) as port:
            times = measure(port, key, options.requests)
    rng = np.random.default_rng(0)
    base = float(np.median(times["no-op with a key"]))
    print(f"{'operation':28} {'median ms':>9} {'95 % interval':>16} {'p99 ms':>8} {'ratio':>6}")
    for name, values in times.items():
        low, high = interval(values, rng)
        middle = float(np.median(values))
        p99 = float(np.percentile(values, 99))
        print(
            f"{name:28} {middle:9.3f} {f'{low:.3f} to {high:.3f}':>16} {p99:8.2f} "
            f"{middle / base:6.2f}"
        )


if __name__ == "__main__":
    main()
