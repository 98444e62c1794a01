"""Counters of the service in the format of Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from coopclaims.schema import Passage

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60)
TEXTS = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """What is counted, in a registry of its own. Safe for threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "coopclaims_requests", "Requests to /extract by status of HTTP", ["status"], registry=self.registry
        )
        self._request_seconds = self._histogram("request_seconds", "Time of a request to /extract", SECONDS)
        self._batch_seconds = self._histogram("batch_seconds", "Time of a run of the model", SECONDS)
        self._batch_texts = self._histogram("batch_texts", "Texts in a run of the model", TEXTS)
        self._characters = self._counter("characters", "Characters that the model has read")
        self._texts = self._counter("texts", "Texts in answers")
        self._claims = self._counter("claims", "Claims in answers")

    def watch(self, name: str, help: str, value: Callable[[], float]) -> None:
        """Report ``value()`` as a gauge."""
        Gauge(f"coopclaims_{name}", help, registry=self.registry).set_function(value)

    def count_request(self, status: int, seconds: float) -> None:
        """Count a request that is over."""
        self._requests.labels(str(status)).inc()
        self._request_seconds.observe(seconds)

    def count_batch(self, texts: int, characters: int, seconds: float) -> None:
        """Count a run of the model."""
        self._batch_texts.observe(texts)
        self._batch_seconds.observe(seconds)
        self._characters.inc(characters)

    def count_passages(self, passages: list[Passage]) -> None:
        """Count what an answer holds."""
        self._texts.inc(len(passages))
        self._claims.inc(sum(len(passage.claims) for passage in passages))

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, help: str) -> Counter:
        return Counter(f"coopclaims_{name}", help, registry=self.registry)

    def _histogram(self, name: str, help: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"coopclaims_{name}", help, buckets=buckets, registry=self.registry)
