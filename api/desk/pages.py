"""Pages of the desk: templates filled, headers that let nothing in from elsewhere."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.desk.sessions import Visitor
from api.desk_field_wording import FIELDS
from api.desk_wording import DESK
from api.moments import preferred_language
from api.notices import told_in
from data.desk_sessions import IDLE, LONGEST
from data.messages import Reader
from data.translations import languages

HOME = "/desk"
SIGN_IN = "/desk/sign-in"
LANGUAGE = "rapport_language"
"""The cookie that holds the chosen language."""
NAMES: Mapping[str, str] = {"en": "English", "es": "Español", "vi": "Tiếng Việt"}
"""What speakers call their languages."""
YEAR_SECONDS = 365 * 24 * 60 * 60
STATIC: Mapping[str, str] = {
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
}
"""Files of the page, and their media types."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every page and file is sent with."""


def reader_of(request: Request) -> Reader:
    """Who reads a page: staff, in the language that was chosen, else the one that the browser asks for."""
    for asked in (request.query_params.get("lang"), request.cookies.get(LANGUAGE)):
        if asked in languages():
            return Reader(asked, "clinician")
    header = request.headers.get("accept-language", "")
    return Reader(preferred_language(header), "clinician")


def page(
    request: Request,
    template: str,
    visitor: Visitor | None,
    *,
    status: int = 200,
    here: str = HOME,
    **values: Any,
) -> Response:
    """A page in the reader's language.

    Args:
        request: What is answered.
        template: Name of the template.
        visitor: Who is signed in, if anybody is.
        status: Of the answer.
        here: Where the links to other languages lead; a path that can be asked for again.
        **values: What the template shows.
    """
    reader = reader_of(request)
    body = (
        _templates()
        .get_template(template)
        .render(
            say=lambda code, *count, **places: DESK.say(
                f"desk.{code}", reader, *count, **places
            ),
            label=lambda code: FIELDS.say(f"desk.{code}", reader),
            language=told_in(reader),
            names=NAMES,
            here=here,
            visitor=visitor,
            idle_seconds=int(IDLE.total_seconds()),
            session={
                "idle": IDLE.total_seconds() / 60,
                "hours": LONGEST.total_seconds() / 3600,
            },
            version=static_version(),
            **values,
        )
    )
    headers = {**HEADERS, "Cache-Control": "no-store"}
    response = Response(body, status, headers, "text/html; charset=utf-8")
    chosen = request.query_params.get("lang")
    if chosen in languages():
        response.set_cookie(
            LANGUAGE, chosen, max_age=YEAR_SECONDS, path=HOME, httponly=True, samesite="strict"
        )
    return response


def go_to(path: str) -> Response:
    """Send the browser on after a form, so that nothing is sent twice by going back."""
    headers = {**HEADERS, "Cache-Control": "no-store"}
    return RedirectResponse(path, 303, headers)


def static_file(name: str) -> Response | None:
    """A file of the page; None where there is no such file."""
    if name not in STATIC:
        return None
    headers = {**HEADERS, "Cache-Control": "public, max-age=86400"}
    return Response(_read(name), 200, headers, STATIC[name])


@lru_cache(maxsize=1)
def static_version() -> str:
    """A mark that changes with the files, so that browsers never keep old ones."""
    return hashlib.sha256(b"".join(map(_read, sorted(STATIC)))).hexdigest()[:12]


@lru_cache(maxsize=len(STATIC))
def _read(name: str) -> bytes:
    return files("api").joinpath("desk", "static", name).read_bytes()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("api", "desk/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
