"""What a Prometheus server reads: counts and times by operation, and which models answer; nothing about anybody.

With several workers each keeps its numbers in files of one folder, so that whichever worker is asked answers
for all of them.
"""

import os
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.serving import Degradation

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder of several workers; the library reads it when it is imported."""
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
"""The route of requests to no path of the service, whose words could be anything."""


class Meters:
    """The numbers of one process."""

    def __init__(self) -> None:
        """Start at zero, in a registry of their own."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "rapport_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "rapport_request_seconds",
            "Time from a request's first byte to the end of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.serving = Gauge(
            "rapport_serving_info",
            "1 for the version that answers, fallback where none does.",
            ("kind", "version"),
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )
        self.degraded = Gauge(
            "rapport_degraded",
            "1 where a fallback answers.",
            ("kind",),
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )
        self._versions: dict[str, str] = {}

    def count(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Take an answered request into account.

        Args:
            method: As it was sent; what is no method of HTTP counts as `other`.
            route: The path with names in the place of ids; None where there was no such path.
            status: Of the answer.
            seconds: How long it took.
        """
        place = route or UNMATCHED
        word = method if method in METHODS else "other"
        self.requests.labels(word, place, str(status)).inc()
        self.seconds.labels(place).observe(seconds)

    def say(
        self, versions: Mapping[str, str | None], degradations: Mapping[str, Degradation]
    ) -> None:
        """Note which models answer now."""
        for kind, version in versions.items():
            name = version or "fallback"
            before = self._versions.get(kind)
            if before is not None and before != name:
                self.serving.labels(kind, before).set(0)
            self._versions[kind] = name
            self.serving.labels(kind, name).set(1)
            self.degraded.labels(kind).set(int(kind in degradations))

    def text(self) -> bytes:
        """Everything in the text format of Prometheus, of all workers where there are several."""
        if FOLDER not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
