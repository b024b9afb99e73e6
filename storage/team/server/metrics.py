"""What monitoring reads of the team server, in the format of Prometheus.

Counts are plain numbers that only the event loop touches, and become metrics when somebody asks: a
push passes several, and each would take a lock otherwise.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

NOWHERE = "none"
"""In place of a route: the address leads to none."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class _Durations:
    """How long the requests of one route took."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_SECONDS) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(_SECONDS, seconds)] += 1
        self._sum += seconds

    def buckets(self) -> list[tuple[str, float]]:
        limits = [*(str(limit) for limit in _SECONDS), "+Inf"]
        return list(zip(limits, accumulate(self._counts), strict=True))

    @property
    def sum(self) -> float:
        return self._sum


class Metrics(Collector):
    """The counts of one server, in a registry of its own.

    Attributes:
        pushes: that were taken.
        ops: changes in pushes, by what became of them: ``taken``, ``duplicate``, ``rejected``.
        followers: who waits for changes now, by how: ``stream``, ``poll``.
        listeners: incidents that somebody waits for changes of.
        slow_readers: that were dropped as they took nothing of what was sent.
        trouble: calls that the database could not serve, by code.
        refused: connections that were closed before a whole request had come, by why.
    """

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.pushes = 0
        self.ops: Counter[str] = Counter(taken=0, duplicate=0, rejected=0)
        self.followers: Counter[str] = Counter(stream=0, poll=0)
        self.listeners = 0
        self.slow_readers = 0
        self.trouble: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._durations: dict[str, _Durations] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def request(self, route: str, method: str, status: int, seconds: float | None) -> None:
        """Count a request; `seconds` is None for one whose duration says nothing."""
        self._requests[route, method if method in _METHODS else "other", status] += 1
        if seconds is not None:
            durations = self._durations.get(route)
            if durations is None:
                durations = self._durations[route] = _Durations()
            durations.add(seconds)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """All of it, as the library takes it."""
        yield self._of_requests()
        yield self._of_durations()
        yield CounterMetricFamily("hotwash_pushes", "Pushes that were taken", self.pushes)
        yield _counter(
            "hotwash_ops", "Changes in pushes, by what became of them", "result", self.ops
        )
        followers = GaugeMetricFamily(
            "hotwash_followers", "Who waits for changes now, by how", labels=["by"]
        )
        for by, count in self.followers.items():
            followers.add_metric([by], count)
        yield followers
        yield GaugeMetricFamily(
            "hotwash_listeners", "Incidents that somebody waits for changes of", self.listeners
        )
        yield CounterMetricFamily(
            "hotwash_slow_readers",
            "Readers that were dropped as they took nothing of what was sent",
            self.slow_readers,
        )
        yield _counter(
            "hotwash_database_trouble",
            "Calls that the database could not serve, by code",
            "code",
            self.trouble,
        )
        yield _counter(
            "hotwash_refused_connections",
            "Connections closed before a whole request had come, by why",
            "why",
            self.refused,
        )

    def _of_requests(self) -> Metric:
        requests = CounterMetricFamily(
            "hotwash_requests",
            "Requests, by route, method and status; 0: nobody was there any more to be answered",
            labels=["route", "method", "status"],
        )
        for (route, method, status), count in self._requests.items():
            requests.add_metric([route, method, str(status)], count)
        return requests

    def _of_durations(self) -> Metric:
        seconds = HistogramMetricFamily(
            "hotwash_request_seconds",
            "How long requests took, by route; streams and waiting pulls left out",
            labels=["route"],
        )
        for route, durations in self._durations.items():
            seconds.add_metric([route], durations.buckets(), durations.sum)
        return seconds


def _counter(name: str, help_text: str, label: str, counts: Counter[str]) -> Metric:
    family = CounterMetricFamily(name, help_text, labels=[label])
    for key, count in counts.items():
        family.add_metric([key], count)
    return family
