"""Structured logs: one JSON object a line, and of each event only the keys listed here.

A key that is not listed is dropped, so that a careless call cannot write a person's data. Bodies,
paths with ids, query strings and exception messages are never logged.
"""

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "request_id",
        "client",
        "method",
        "route",
        "status",
        "duration_ms",
        "error",
        "frames",
        "reason",
        "part",
        "revision",
        "version",
        "kind",
        "count",
    }
)
"""The only keys that reach a log line: counts, names of code and versions, never people."""

FRAMES = 6
"""How many of the innermost frames of a failure are named."""


def keep_allowed(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every key that is not listed."""
    return {key: value for key, value in event.items() if key in ALLOWED}


def frames_of(trace: TracebackType | None) -> list[str]:
    """Where a failure stands in the code: `file:line` of the innermost frames, no values."""
    places = []
    while trace is not None:
        name = Path(trace.tb_frame.f_code.co_filename).name
        places.append(f"{name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-FRAMES:]


def configure(level: str, stream: TextIO | None = None) -> None:
    """Set up logging of this process.

    Args:
        level: Least severe level: debug, info, warning or error.
        stream: Where lines go; where None, standard error.
    """
    target = sys.stderr if stream is None else stream
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(ForeignFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


class ForeignFormatter(logging.Formatter):
    """Lines of other libraries: who spoke and how severe, without the words.

    Their messages may hold whatever they were given, so only the logger's name, the level and the
    type of an exception are kept.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One JSON line of a record."""
        error = record.exc_info[0] if record.exc_info else None
        entry = {
            "event": "library",
            "part": record.name,
            "level": record.levelname.lower(),
            "error": error.__name__ if error else None,
        }
        return str(structlog.processors.JSONRenderer()(None, "", entry))
