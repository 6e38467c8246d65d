"""A small clinic over HTTP: three clinicians, four items, a key with every scope."""

import io
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import Engine, Table, insert, select
from starlette.testclient import TestClient

from api.app import create_app
from api.fallbacks import popularity_model
from api.layers import Limits
from api.logs import configure
from data.bundles import write_bundle
from data.clients import SCOPES, create_key
from data.clinic import CLINIC_TABLES
from data.columns import Kind
from data.database import open_engine, reading, transaction
from data.instants import micros_of
from data.registry import promote, register
from data.revisions import bump_revision
from data.settings import Settings
from data.signing import open_signing_key
from data.tables import CLINIC
from matching import artifact as matching_artifact
from matching import golden as matching_golden
from matching.matcher import Matcher
from matching.rules import RuleScorer
from recommender import artifact as recommender_artifact
from recommender import golden as recommender_golden

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
INTAKE = {
    "intake_id": "i1",
    "patient_id": "p1",
    "requested_at": "2026-11-24T09:30:00Z",
    "region": "US-CA",
    "age_band": "26-35",
    "payer": "aetna",
    "concerns": ["anxiety"],
}


def stored(table: str, **values: Any) -> dict[str, Any]:
    """A stored row of a clinic table: absent lists are empty, times become microseconds."""
    row: dict[str, Any] = {}
    for column in CLINIC_TABLES[table].columns:
        value = values.get(column.name)
        if column.kind is Kind.WORDS:
            value = "[" + ",".join(f'"{word}"' for word in value or ()) + "]"
        elif isinstance(value, datetime):
            value = micros_of(value)
        row[column.name] = value
    return row


def put(engine: Engine, table: str, *rows: dict[str, Any], revision: str) -> None:
    """Insert rows and move a revision."""
    with transaction(engine) as connection:
        connection.execute(insert(CLINIC[table]), [stored(table, **row) for row in rows])
        bump_revision(connection, revision)


def clinician(clinician_id: str, **values: Any) -> dict[str, Any]:
    """A clinician in California who takes aetna."""
    return {
        "clinician_id": clinician_id,
        "display_name": clinician_id.upper(),
        "licensed_regions": ("US-CA",),
        "payers": ("aetna",),
        "languages": ("en",),
        "formats": ("video",),
        "specialties_top": ("anxiety",),
        "next_available": NOW + timedelta(days=3),
        **values,
    }


def item(item_id: str, **values: Any) -> dict[str, Any]:
    """A reviewed five-minute lesson."""
    return {
        "item_id": item_id,
        "title": f"About {item_id}",
        "kind": "lesson",
        "topics": ("sleep",),
        "minutes": 5.0,
        "reviewed_at": NOW - timedelta(days=30),
        **values,
    }


def promote_matching(settings: Settings, engine: Engine, *, wait: float = 14.0) -> str:
    """Train nothing, publish the rules as a model, and let it serve; its version."""
    scorer = RuleScorer(usual_wait_days=wait)
    golden = matching_golden.golden_file(Matcher(scorer=scorer))
    files = {**matching_artifact.to_files(scorer), matching_golden.FILE: golden}
    return _promote(settings, engine, "matching", files)


def promote_recommender(settings: Settings, engine: Engine) -> str:
    """Publish what is popular as a model and let it serve; its version."""
    model = popularity_model(engine, at=NOW)
    golden = recommender_golden.golden_file(model)
    files = {**recommender_artifact.to_files(model), recommender_golden.FILE: golden}
    return _promote(settings, engine, "recommender", files)


def _promote(settings: Settings, engine: Engine, kind: str, files: dict[str, bytes]) -> str:
    manifest = write_bundle(
        settings.models,
        kind=kind,
        files=files,
        meta={"trained_on": "synthetic"},
        key=open_signing_key(settings.keys),
    )
    register(engine, manifest, metrics={}, at=NOW)
    promote(engine, manifest.version, at=NOW, reason="test")
    return manifest.version


@dataclass
class Service:
    """A running application and what tests need to look behind it."""

    client: TestClient
    engine: Engine
    settings: Settings
    headers: dict[str, str]
    intake: dict[str, Any]
    now: datetime = NOW

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Send JSON with a key of every scope."""
        return self.client.post(path, json=body, headers={**self.headers, **headers})

    def get(self, path: str, **headers: str) -> Any:
        """Ask with a key of every scope."""
        return self.client.get(path, headers={**self.headers, **headers})

    def match(self, *, limit: int = 10, **changes: Any) -> Any:
        """Match the usual intake with some columns changed."""
        return self.post("/v1/matches", {"intake": {**INTAKE, **changes}, "limit": limit})

    def recommend(self, person_id: str = "p1", **given: Any) -> Any:
        """Recommend for a person."""
        return self.post("/v1/recommendations", {"person_id": person_id, **given})

    def key(self, *scopes: str) -> dict[str, str]:
        """Headers with a new key of some scopes."""
        made = create_key(self.engine, "other", scopes, at=NOW)
        return {"Authorization": f"Bearer {made.key}"}

    def promote_matching(self, **given: float) -> str:
        """Let the rules serve as a model."""
        return promote_matching(self.settings, self.engine, **given)

    def promote_recommender(self) -> str:
        """Let what is popular serve as a model."""
        return promote_recommender(self.settings, self.engine)

    def add_clinician(self, clinician_id: str, **values: Any) -> None:
        """A further clinician, from the next look at the store on."""
        put(self.engine, "clinicians", clinician(clinician_id, **values), revision="directory")

    def add_item(self, item_id: str, **values: Any) -> None:
        """A further item, from the next look at the store on."""
        put(self.engine, "content", item(item_id, **values), revision="catalogue")

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Everything that is stored in a table."""
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]

    def refresh(self) -> bool:
        """Look for newer models and snapshots at once."""
        return self.client.app.state.runtime.models.refresh()


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[io.StringIO]:
    """Log lines go to a buffer; the library's defaults come back after."""
    buffer = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(buffer),
    )
    yield buffer
    structlog.reset_defaults()


@pytest.fixture
def home(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """An empty home at the newest schema."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(migrated_sqlite, folder / "rapport.db")
    return Settings(home=folder)


@pytest.fixture
def clinic(home: Settings) -> Iterator[Engine]:
    """The small clinic's database."""
    engine = open_engine(home.url)
    put(
        engine,
        "clinicians",
        clinician("a"),
        clinician("b", next_available=NOW + timedelta(days=20)),
        clinician("c", licensed_regions=("US-NV",)),
        revision="directory",
    )
    put(
        engine,
        "content",
        item("sleep-1"),
        item("sleep-2", minutes=12.0),
        item("walk-1", topics=("mood",)),
        item("scan-1", topics=("body scan",), contraindications=("trauma",)),
        revision="catalogue",
    )
    yield engine
    engine.dispose()


@pytest.fixture
def start(home: Settings, clinic: Engine) -> Iterator[Callable[..., Service]]:
    """Start the service on the small clinic; limits may be changed."""
    running: list[TestClient] = []

    def run(limits: Limits | None = None, **kept: Any) -> Service:
        made = create_key(clinic, "everything", SCOPES, at=NOW)
        app = create_app(home, limits=limits, clock=lambda: NOW)
        client = TestClient(app, **{"base_url": "http://127.0.0.1:8000", **kept})
        client.__enter__()
        running.append(client)
        headers = {"Authorization": f"Bearer {made.key}"}
        return Service(client, clinic, home, headers, INTAKE)

    yield run
    for client in running:
        client.__exit__(None, None, None)


@pytest.fixture
def service(start: Callable[..., Service]) -> Service:
    """The service without any model: rules and popularity answer."""
    return start()


@pytest.fixture
def logged(quiet_logs: io.StringIO) -> Iterator[io.StringIO]:
    """The service's own log, as an operator sees it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure("info", quiet_logs)
    yield quiet_logs
    root.handlers[:], root.level = handlers, level


TYPED = {
    "patient_id": "p1",
    "region": "US-CA",
    "age_band": "26-35",
    "payer": "aetna",
    "concerns": "anxiety",
}
"""What somebody types into the desk's form."""


class Page(HTMLParser):
    """What a browser without script would know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms, self.tags, self.ids, self.texts = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Fields belong to the form they stand in."""
        given = dict(attrs)
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "form":
            self.forms.append({"action": given["action"], "fields": {}})
        elif (
            tag == "input"
            and given.get("type") != "checkbox"
            and self.forms
            and "name" in given
        ):
            self.forms[-1]["fields"].setdefault(given["name"], given.get("value", ""))

    def handle_data(self, data):
        """Words between tags."""
        self.texts.append(data)

    def form(self, action: str, within: str = "") -> dict:
        """The first form that leads to a path, and has something within it."""
        return next(
            form
            for form in self.forms
            if form["action"].endswith(action) and within in form["action"]
        )


class Desk:
    """Somebody at the desk who has nothing but forms."""

    def __init__(self, service, key: str) -> None:
        self.service, self.client, self.key = service, service.client, key
        self.client.cookies.clear()
        self.typed = TYPED
        self.answer = self.client.post("/desk/sign-in", data={"key": key})

    def get(self, path: str, **headers):
        """Open a page."""
        self.answer = self.client.get(path, headers=headers)
        return self.answer

    def later(self, wait: timedelta) -> None:
        """Let time pass."""
        runtime = self.client.app.state.runtime
        then = runtime.clock() + wait
        runtime.clock = lambda: then

    def page(self, answer: Any = None) -> Page:
        """A page, taken apart; the open one unless another is named."""
        return Page((self.answer if answer is None else answer).text)

    def form(self, action: str, within: str = "") -> dict:
        """The first form of the open page that leads to a path."""
        return Page(self.answer.text).form(action, within)

    def has_form(self, action: str) -> bool:
        """Whether any form of the open page leads there."""
        return any(form["action"].endswith(action) for form in Page(self.answer.text).forms)

    def send(self, action: str, within: str = "", **fields):
        """Fill in a form of the page that is open, and send it."""
        form = self.form(action, within)
        self.answer = self.client.post(form["action"], data={**form["fields"], **fields})
        return self.answer

    def ask(self, **changes):
        """From an empty form to a list."""
        self.get("/desk")
        return self.send("/desk/matches", **{**TYPED, **changes})


@pytest.fixture
def sign_in(service: Service) -> Callable[..., Desk]:
    """Sign in with a new key of some scopes, or with what is called a key."""

    def run(*scopes: str, key: str | None = None) -> Desk:
        made = service.key(*scopes)["Authorization"].removeprefix("Bearer ") if scopes else ""
        return Desk(service, made if key is None else key)

    return run


@pytest.fixture
def desk(sign_in: Callable[..., Desk]) -> Desk:
    """Signed in with every scope."""
    return sign_in(*SCOPES)
