"""Texts that wait for the model, taken in turns among the requests."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from coopclaims.schema import Passage


@dataclass(eq=False, slots=True)
class Job:
    """The texts of one request, and the future that gets their passages once all are there.

    ``taken`` counts the texts that have been given to the model. Whoever no longer wants the result cancels the future.
    """

    texts: Sequence[str]
    arrived: float = field(default_factory=time.monotonic)
    future: Future[list[Passage]] = field(default_factory=Future)
    taken: int = 0
    passages: list[Passage] = field(default_factory=list)

    @property
    def waiting_characters(self) -> int:
        """Characters that have not been given to the model."""
        return sum(map(len, self.texts[self.taken :]))

    def deliver(self, passage: Passage) -> None:
        """Take the passage of the next text."""
        self.passages.append(passage)
        if len(self.passages) == len(self.texts):
            with suppress(InvalidStateError):  # Nobody waits for it any more.
                self.future.set_result(self.passages)


class Item(NamedTuple):
    """One text of a job."""

    job: Job
    text: str


class WorkQueue:
    """Jobs with texts to do. Not safe for threads by itself: the worker holds a lock around every call."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self.characters = 0

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def oldest(self) -> float:
        """Time of arrival of the job that waits longest, on the monotonic clock."""
        return min(job.arrived for job in self._jobs)

    def put(self, job: Job) -> None:
        """Add a job, of at least one text, behind the others."""
        self._jobs.append(job)
        self.characters += job.waiting_characters

    def drop(self, job: Job) -> None:
        """Forget what a job still waits for; nothing happens if it is not here."""
        with suppress(ValueError):
            self._jobs.remove(job)
            self.characters -= job.waiting_characters

    def take(self, budget: int) -> list[Item]:
        """Texts for one run of the model: at most ``budget`` characters, but at least one text if there is any.

        The jobs take turns, a text each, so that a request of one text does not wait for all those of a large one.
        """
        items: list[Item] = []
        size = 0
        while self._jobs:
            job = self._jobs[0]
            text = job.texts[job.taken]
            if items and size + len(text) > budget:
                break
            self._jobs.popleft()
            items.append(Item(job, text))
            size += len(text)
            job.taken += 1
            if job.taken < len(job.texts):
                self._jobs.append(job)
        self.characters -= size
        return items
