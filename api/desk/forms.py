"""Forms as browsers send them, and whether a form comes from this page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.bodies import read_bytes
from api.problems import INVALID, UNSUPPORTED_MEDIA, WRONG_FORM, ProblemError

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 1_000


@dataclass(frozen=True, slots=True)
class Form:
    """The values of a form by name, without blanks around them."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def first(self, name: str) -> str:
        """The first value of a name; empty where there is none."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a name that are not empty, in order."""
        return tuple(value for value in self.values.get(name, ()) if value)


async def read_form(request: Request) -> Form:
    """The form in a request's body.

    Raises:
        ProblemError: The body is no form of this kind, or no page of ours could have sent it.
    """
    check_origin(request)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA_TYPE:
        raise ProblemError(UNSUPPORTED_MEDIA)
    body = await read_bytes(request)
    values: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        pairs = None
    if pairs is None:
        raise ProblemError(INVALID)
    for name, value in pairs:
        values.setdefault(name, []).append(value.replace("\r\n", "\n").strip())
    return Form({name: tuple(found) for name, found in values.items()})


def check_origin(request: Request) -> None:
    """Refuse what a browser sends on behalf of another site.

    Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; what is no
    browser says neither, and cannot be led astray by a page.

    Raises:
        ProblemError: The request comes from elsewhere.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        is_own = site == "same-origin"
    else:
        is_own = origin is None or origin.partition("://")[2] == request.headers.get("host")
    if not is_own:
        raise ProblemError(WRONG_FORM)
