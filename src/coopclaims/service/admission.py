"""Which requests come in: not more than a number at a time, and none once the service is to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from coopclaims.service.errors import ServiceError

# A stopping service is gone within seconds; by then another one should have taken over.
RETRY_AFTER_STOP = 5


class Admission:
    """Counts the requests in work (``in_flight``). Used from the event loop only, so without a lock."""

    def __init__(self, limit: int, retry_after: Callable[[], float]) -> None:
        self.limit = limit
        self.in_flight = 0
        self.stopping = False
        self._retry_after = retry_after

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Context of one request; raises ServiceError (503) where it cannot come in."""
        if self.stopping:
            raise ServiceError(503, "the service is stopping; try again later", RETRY_AFTER_STOP)
        if self.in_flight >= self.limit:
            raise ServiceError(503, "too many requests at a time; try again later", self._retry_after())
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1

    @property
    def drained(self) -> bool:
        """Whether the service is to stop and has answered everything."""
        return self.stopping and not self.in_flight
