"""The thread that owns the model: it gathers waiting texts of all requests into batches and runs them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import replace

from coopclaims.inference.run import Extractor
from coopclaims.schema import Passage
from coopclaims.service.errors import ServiceError
from coopclaims.service.limits import Limits
from coopclaims.service.work_queue import Item, Job, WorkQueue

log = logging.getLogger(__name__)

# Called after each run of the model with its texts, characters and seconds.
Observer = Callable[[int, int, float], None]

# Weight of the newest batch in the running mean of the speed.
NEWEST = 0.2


class Worker:
    """Runs the model over the texts of many requests, one batch at a time, in a thread of its own.

    ``submit`` and the properties may be used from any thread. A batch is started when its characters are together, or
    when its oldest text has waited for ``batch_milliseconds``; while the model runs, the next batch gathers.
    """

    def __init__(self, extractor: Extractor, limits: Limits, observe: Observer) -> None:
        self._extractor = extractor
        self._limits = limits
        self._observe = observe
        self._queue = WorkQueue()
        # Guards the queue and _closed; notified when either changes.
        self._changed = threading.Condition()
        self._closed = False
        self._speed: float | None = None
        # A daemon, so that a run of the model that hangs cannot keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="model", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self, timeout: float) -> None:
        """Finish what waits and end the thread, for at most ``timeout`` seconds."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(timeout)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def waiting_characters(self) -> int:
        """Characters that wait for the model."""
        return self._queue.characters

    def retry_after(self) -> float:
        """Seconds until what waits now should be done, by the speed so far; 1 to the time limit."""
        if not self._speed:
            return 1.0
        return min(max(1.0, self.waiting_characters / self._speed), self._limits.time_limit)

    def submit(self, texts: Sequence[str]) -> Future[list[Passage]]:
        """The future passages of ``texts``, in order; cancel it to drop what is still waiting.

        Raises ServiceError (503) where too much is waiting already, or the thread is gone. The future raises
        ServiceError (500) where the model fails on one of the texts.
        """
        job = Job(texts)
        with self._changed:
            if self._closed or not self.alive:
                raise ServiceError(503, "the model is not running; the service must be restarted")
            # One request on its own is never too much: its size has a limit already.
            waiting = self._queue.characters + job.waiting_characters
            if len(self._queue) and waiting > self._limits.max_waiting_characters:
                raise ServiceError(503, "too much text is waiting; try again later", self.retry_after())
            self._queue.put(job)
            self._changed.notify()
        job.future.add_done_callback(lambda _: self._drop(job))
        return job.future

    def _drop(self, job: Job) -> None:
        with self._changed:
            self._queue.drop(job)

    def _run(self) -> None:
        while items := self._next_batch():
            self._process(items)

    def _next_batch(self) -> list[Item]:
        """Wait for a batch; an empty one means that the worker is closed."""
        with self._changed:
            while not self._is_due():
                if self._closed and not len(self._queue):
                    return []
                self._changed.wait(self._seconds_until_due())
            return self._queue.take(self._limits.batch_characters)

    def _is_due(self) -> bool:
        if not len(self._queue):
            return False
        full = self._queue.characters >= self._limits.batch_characters
        return full or self._closed or self._seconds_until_due() == 0

    def _seconds_until_due(self) -> float | None:
        if not len(self._queue):
            return None
        return max(0.0, self._queue.oldest + self._limits.batch_milliseconds / 1000 - time.monotonic())

    def _process(self, items: Sequence[Item]) -> None:
        started = time.perf_counter()
        characters = sum(len(item.text) for item in items)
        try:
            self._deliver(items)
        except Exception:
            # One bad text must not cost the requests that happened to meet it in a batch.
            log.exception("the model failed on a batch of %d texts; each is tried alone", len(items))
            for item in items:
                self._deliver_alone(item)
        seconds = time.perf_counter() - started
        if characters:  # Empty texts, and those in other languages, say nothing about the speed.
            self._note_speed(characters / max(seconds, 1e-9))
        self._observe(len(items), characters, seconds)

    def _deliver(self, items: Sequence[Item]) -> None:
        passages = self._extractor.extract([item.text for item in items])
        if len(passages) != len(items):
            raise ValueError(f"{len(passages)} passages for {len(items)} texts")
        for item, passage in zip(items, passages, strict=True):
            item.job.deliver(replace(passage, id=str(len(item.job.passages))))

    def _deliver_alone(self, item: Item) -> None:
        future = item.job.future
        if future.done():
            return
        try:
            self._deliver([item])
        except Exception:
            number = len(item.job.passages)
            log.exception("the model failed on text %d of a request", number)
            with suppress(InvalidStateError):
                future.set_exception(ServiceError(500, f"the model failed on text {number}; the log says why"))

    def _note_speed(self, speed: float) -> None:
        self._speed = speed if self._speed is None else NEWEST * speed + (1 - NEWEST) * self._speed
