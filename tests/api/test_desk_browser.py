"""The desk's page in a real browser: nobody is shut out, nothing leaves, and little is clicked.

Skipped where no browser is installed; `.ci/run` installs one where it can.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from api.server import open_socket
from data.clients import SCOPES, create_key
from data.desk_sessions import IDLE
from data.tables import slot_claims

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TYPED = {
    "patient_id": "p1",
    "region": "US-CA",
    "age_band": "26-35",
    "payer": "aetna",
    "concerns": "anxiety",
}
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
MOST_BYTES = 100_000
NARROW = 320
"""Pixels: what 1,280 are at 400 %."""
SECONDS_TO_START = 60

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser of the system, without a window."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no browser is installed")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if is_root else []
        )
        yield launched
        launched.close()


@pytest.fixture
def address(home, clinic) -> Iterator[str]:
    """The small clinic's service on a port of this machine."""
    bound = open_socket("127.0.0.1", 0)
    config = uvicorn.Config(
        create_app(home, clock=lambda: NOW), log_config=None, access_log=False, ws="none"
    )
    assert clinic.dialect.name == "sqlite"  # one file, which both ends open
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    deadline = time.monotonic() + SECONDS_TO_START
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    bound.close()


class AtDesk:
    """Somebody at the desk, with a mouse that counts its clicks."""

    def __init__(self, page: Page, address: str, key: str) -> None:
        self.page, self.address, self.clicks = page, address, 0
        page.set_default_timeout(30_000)
        page.goto(f"{address}/desk/sign-in")
        page.fill("#key", key)
        page.click("button.main")
        page.wait_for_selector("form.intake")

    def fill(self, **changes: str) -> None:
        """Type an intake."""
        for name, text in {**TYPED, **changes}.items():
            self.page.fill(f"#{name}", text)

    def click(self, selector: str) -> None:
        """Click, and count it."""
        self.clicks += 1
        self.page.click(selector)
        self.page.wait_for_load_state()

    def open(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(self.address + path)


@pytest.fixture
def key(clinic) -> str:
    """A key with every scope."""
    return create_key(clinic, "desk", SCOPES, at=NOW).key


@pytest.fixture
def visit(browser, address, key):
    """Sign in with a browser of some kind."""
    contexts = []

    def run(**kind) -> AtDesk:
        contexts.append(browser.new_context(**{"locale": "en-US", **kind}))
        return AtDesk(contexts[-1].new_page(), address, key)

    yield run
    for context in contexts:
        context.close()


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe finds against WCAG 2.1 A and AA: rule and the first place."""
    found = Axe().run(page, options=WCAG).response["violations"]
    return [(entry["id"], entry["nodes"][0]["html"]) for entry in found]


def states(desk: AtDesk, language: str) -> Iterator[str]:
    """Every state of the page, one after the other."""
    desk.open(f"/desk/sign-in?lang={language}")
    yield "door"
    desk.open("/desk")
    yield "empty form"
    desk.page.click("form.intake button.main")
    yield "faults"
    desk.page.click("details:not([open]) summary >> nth=0")
    desk.fill()
    yield "filled form"
    desk.click("form.intake button.main")
    yield "list"
    desk.click("article button.main >> nth=0")
    yield "held"
    desk.page.select_option("#reason", "sooner")
    desk.page.fill("#clinician_id", "nobody")
    desk.click("form.decide button")
    yield "refused decision"
    desk.open("/desk/models")
    yield "models"
    desk.open("/desk")
    desk.fill()
    desk.page.select_option("#cssrs", "high")
    desk.click("form.intake button.main")
    yield "crisis"
    desk.open("/desk/matches/none")
    yield "problem"


class TestAccess:
    @pytest.mark.parametrize("language", ["en", "es", "vi"])
    def test_axe_finds_nothing(self, visit, language):
        """No violation of WCAG 2.1 A and AA in any state, in any language."""
        desk = visit()
        found = {state: violations(desk.page) for state in states(desk, language)}
        assert len(found) == 10
        assert {state: faults for state, faults in found.items() if faults} == {}

    def test_axe_can_find_something(self, visit):
        """The test above is able to fail."""
        desk = visit()
        desk.page.evaluate("document.querySelector('label[for=region]').remove()")
        desk.page.evaluate("document.querySelector('#region').removeAttribute('list')")
        assert "label" in [rule for rule, _ in violations(desk.page)]

    def test_it_fits_at_400_percent(self, visit):
        """No state scrolls sideways on 320 pixels."""
        desk = visit(viewport={"width": NARROW, "height": 640})
        wide = {
            state: width
            for state in states(desk, "vi")
            if (width := desk.page.evaluate("document.documentElement.scrollWidth")) > NARROW
        }
        assert wide == {}

    def test_the_keyboard_is_enough(self, visit):
        """Tab, letters and Enter lead from the empty form to a held place; where one is, is visible."""
        desk = visit()
        board = desk.page.keyboard
        reached: dict[str, str] = {}
        for _ in range(80):
            board.press("Tab")
            name, width = desk.page.evaluate(
                "[document.activeElement.id || document.activeElement.className, "
                "getComputedStyle(document.activeElement).outlineStyle]"
            )
            reached.setdefault(name, width)
            if name in TYPED:
                board.type(TYPED[name])
            if name == "main":
                break
        assert set(TYPED) <= set(reached)
        assert {name for name, style in reached.items() if style == "none"} == set()
        board.press("Enter")
        desk.page.wait_for_selector("article")
        for _ in range(40):
            board.press("Tab")
            if desk.page.evaluate("document.activeElement.closest('article') !== null"):
                break
        while desk.page.evaluate("document.activeElement.className") != "main":
            board.press("Tab")
        board.press("Enter")
        desk.page.wait_for_selector("#done")
        assert "is held until" in desk.page.inner_text("#done")
        assert desk.page.evaluate("document.activeElement.id") == "done"


class TestPath:
    @pytest.mark.parametrize("has_script", [True, False])
    def test_from_an_empty_form_to_a_held_place(self, visit, clinic, has_script):
        """At most five clicks, with script and without."""
        desk = visit(java_script_enabled=has_script)
        desk.fill()
        desk.click("form.intake button.main")
        desk.click("article button.main >> nth=0")
        assert "is held until" in desk.page.inner_text("#decided + div")
        assert desk.clicks <= 5
        with clinic.connect() as connection:
            assert len(connection.execute(slot_claims.select()).all()) == 1

    def test_a_double_click_holds_once(self, visit, clinic):
        """The second click changes nothing."""
        desk = visit()
        desk.fill()
        desk.click("form.intake button.main")
        desk.page.dblclick("article button.main >> nth=0")
        desk.page.wait_for_selector("#done")
        with clinic.connect() as connection:
            assert len(connection.execute(slot_claims.select()).all()) == 1


class TestNetwork:
    def test_it_weighs_little_and_asks_nobody_else(self, visit, address):
        """Each page with all it loads is within the limit, every request goes home, nothing is blocked."""
        desk = visit()
        loaded: list[tuple[str, int]] = []
        said: list[str] = []
        desk.page.on("response", lambda got: loaded.append((got.url, len(body_of(got)))))
        desk.page.on("console", lambda line: said.append(line.text))
        desk.open("/desk")
        weights = [sum(size for _, size in loaded)]
        loaded.clear()
        desk.fill()
        desk.click("form.intake button.main")
        desk.page.wait_for_load_state("networkidle")
        weights.append(sum(size for _, size in loaded))
        assert 0 < max(weights) <= MOST_BYTES
        assert {urlsplit(url).netloc for url, _ in loaded} == {urlsplit(address).netloc}
        assert [line for line in said if "Content Security Policy" in line] == []

    def test_the_policy_stops_what_is_written_in(self, visit):
        """A script that got into the page after all would not run."""
        desk = visit()
        desk.page.evaluate(
            "const made = document.createElement('script'); made.textContent = 'window.ran = 1';"
            "document.body.append(made)"
        )
        assert desk.page.evaluate("window.ran") is None


class TestScript:
    def test_times_are_the_readers(self, visit):
        """In the zone of the browser, named; what the server wrote stays as a title."""
        desk = visit(timezone_id="America/Los_Angeles")
        desk.fill()
        desk.click("form.intake button.main")
        shown = desk.page.locator("article time").first
        assert "4:00" in shown.inner_text()
        assert "PST" in shown.inner_text()
        assert shown.get_attribute("title") == "Friday, November 27, 2026, 12:00\u202fPM UTC"

    def test_who_is_about_to_lose_the_session_may_stay(self, visit):
        """Two minutes before the end the page offers to stay, and staying starts it anew."""
        desk = visit()
        desk.page.clock.install()
        desk.open("/desk")
        assert desk.page.is_hidden("#ending")
        desk.page.clock.fast_forward((int(IDLE.total_seconds()) - 119) * 1_000)
        assert desk.page.is_visible("#ending")
        assert violations(desk.page) == []
        with desk.page.expect_response("**/desk/stay") as got:
            desk.page.click("#ending button")
        assert got.value.status == 204
        desk.page.wait_for_selector("#ending", state="hidden")


def body_of(response) -> bytes:
    """The bytes of an answer; a redirect has none."""
    return b"" if 300 <= response.status < 400 else response.body()
