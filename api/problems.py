"""Every refusal of the API as an RFC 9457 problem document with a stable `type`.

A document says what to do next and never repeats what was sent: of a refused field it names the
place and the rule, not the value.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from api.rules import rule_text

MEDIA_TYPE = "application/problem+json"
BASE = "/problems/"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of refusal."""

    slug: str
    """Last part of the type URI; never changes once published."""
    status: int
    title: str
    detail: str
    """What the client should do next."""

    @property
    def type(self) -> str:
        """The stable type URI, relative to the service."""
        return BASE + self.slug


MALFORMED_JSON = Problem(
    "malformed-json",
    400,
    "The body is not JSON",
    "Send one JSON document in UTF-8, at most 100 levels deep, with finite numbers.",
)
BAD_HEADER = Problem(
    "bad-header",
    400,
    "A header cannot be used",
    "Send an Idempotency-Key of 1 to 128 visible ASCII characters, once.",
)
UNAUTHENTICATED = Problem(
    "unauthenticated",
    401,
    "No valid credential",
    "Send the header `Authorization: Bearer KEY` with a key that has not been revoked.",
)
FORBIDDEN = Problem(
    "forbidden",
    403,
    "The credential does not allow this operation",
    "Use a key that has the scope which the WWW-Authenticate header names.",
)
WRONG_FORM = Problem(
    "form-not-trusted",
    403,
    "The form did not come from this page",
    "Open the page anew and send its form; forms of other sites and older sessions are refused.",
)
NOT_FOUND = Problem(
    "not-found",
    404,
    "There is nothing here",
    "Check the path and the id; ids are case-sensitive.",
)
METHOD_NOT_ALLOWED = Problem(
    "method-not-allowed",
    405,
    "The path does not know this method",
    "Use a method that the Allow header names.",
)
TIMEOUT = Problem(
    "request-timeout",
    408,
    "The body took too long to arrive",
    "Send the request again, faster.",
)
IN_FLIGHT = Problem(
    "idempotency-in-flight",
    409,
    "The first request with this Idempotency-Key is still under way",
    "Wait for the time in Retry-After, then send the same request again.",
)
NO_PLACE = Problem(
    "no-place-left",
    409,
    "No place is left",
    "Every place of this clinician is held or booked, or none is open; match again.",
)
HOLD_OVER = Problem(
    "hold-over",
    409,
    "The hold is over",
    "It has ended, was given back or is booked already; hold a place again.",
)
CRISIS = Problem(
    "crisis-on-record",
    409,
    "A human being has to act first",
    "A crisis is on record of this person: follow the actions of the match answer.",
)
TOO_LARGE = Problem(
    "body-too-large",
    413,
    "The body is too large",
    "Send at most 256 KiB, or 16 MiB to /v1/events; split what is larger.",
)
UNSUPPORTED_MEDIA = Problem(
    "unsupported-media-type",
    415,
    "The body is of another kind",
    "Send `Content-Type: application/json` without compression.",
)
INVALID = Problem(
    "invalid-request",
    422,
    "The request is not valid",
    "Mend the places listed in `errors`; nothing was done.",
)
KEY_REUSED = Problem(
    "idempotency-key-reused",
    422,
    "The Idempotency-Key was used for another request",
    "Use a new key for a new request; a repeat must have the same bytes.",
)
INTERNAL = Problem(
    "internal-error",
    500,
    "The service failed",
    "Try again; if it stays, give the operator the request id.",
)
OVERLOADED = Problem(
    "overloaded",
    503,
    "The service has too much to do",
    "Send the same request again after the time in Retry-After.",
)
NOT_READY = Problem(
    "not-ready",
    503,
    "The service is starting or stopping",
    "Send the same request again after the time in Retry-After.",
)
DEADLINE = Problem(
    "deadline-exceeded",
    503,
    "The answer took too long",
    "Send the same request again after the time in Retry-After, with the same Idempotency-Key.",
)
STORAGE = Problem(
    "storage-unavailable",
    503,
    "The database cannot be used",
    "Send the same request again after the time in Retry-After.",
)

PROBLEMS: Mapping[str, Problem] = {
    problem.slug: problem
    for problem in (
        MALFORMED_JSON,
        BAD_HEADER,
        UNAUTHENTICATED,
        FORBIDDEN,
        WRONG_FORM,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        TIMEOUT,
        IN_FLIGHT,
        NO_PLACE,
        HOLD_OVER,
        CRISIS,
        TOO_LARGE,
        UNSUPPORTED_MEDIA,
        INVALID,
        KEY_REUSED,
        INTERNAL,
        OVERLOADED,
        NOT_READY,
        DEADLINE,
        STORAGE,
    )
}
"""All problems by slug."""

RETRY_SECONDS = 1
"""What `Retry-After` says; queues are short, so a short wait is enough."""


_SPEAKABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,63}")


def safe_location(parts: Iterable[str | int]) -> list[str | int]:
    """The place of an error without anything that could be a person's data.

    Numbers and field-like names stay; any other key that a client made up becomes `?`.

    Example:
        >>> safe_location(("body", "intake", 3, "Jane Doe, 4 Elm St"))
        ['body', 'intake', 3, '?']
    """
    return [
        part if isinstance(part, int) or _SPEAKABLE.fullmatch(part) else "?" for part in parts
    ]


@dataclass(slots=True)
class ProblemError(Exception):
    """Raised in a request to answer with a problem document."""

    problem: Problem
    errors: tuple[Mapping[str, Any], ...] = ()
    """Refused places: `loc`, `type`, `msg`."""
    headers: Mapping[str, str] = field(default_factory=dict)


def invalid(errors: Iterable[Mapping[str, Any]], *, prefix: tuple[str, ...]) -> ProblemError:
    """The refusal that lists Pydantic's errors by place and rule.

    Args:
        errors: Pydantic's errors; only `loc` and `type` are read.
        prefix: Where in the request the validated part stands, such as `("body",)`.
    """
    return ProblemError(
        INVALID,
        tuple(
            {
                "loc": safe_location((*prefix, *error["loc"])),
                "type": error["type"],
                "msg": rule_text(error["type"]),
            }
            for error in errors
        ),
    )


def document(
    problem: Problem, *, request_id: str, errors: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The problem document as a mapping."""
    body: dict[str, Any] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "request_id": request_id,
    }
    listed = [dict(error) for error in errors]
    return {**body, "errors": listed} if listed else body


def encoded(
    problem: Problem, *, request_id: str, errors: Iterable[Mapping[str, Any]] = ()
) -> bytes:
    """The problem document as bytes."""
    return msgspec.json.encode(document(problem, request_id=request_id, errors=errors))


def headers_of(problem: Problem) -> dict[str, str]:
    """Headers that belong to every answer with this problem."""
    headers = {"Cache-Control": "no-store"}
    if problem.status == 503 or problem is IN_FLIGHT:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return headers
