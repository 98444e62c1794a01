"""What of the input could not be used: each thing told with its place as it is met, and counted by kind."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tqdm import tqdm

from coopclaims.corpus.jsonl import Problem
from coopclaims.printable import printable
from coopclaims.schema import RecordError

UNREADABLE = "cannot be read"
BINARY = "binary"
NOT_UTF8 = "not UTF-8"
NOT_JSON = "not JSON"
NO_DOCUMENT = "no document"
NOT_UNICODE = "not Unicode"
TOO_LONG = "too long"
CUT_SHORT = "cut short"
DAMAGED = "damaged"

LONGEST_MESSAGE = 1_000  # Characters of a problem that are shown; ids and names of files can be of any length.


@dataclass(frozen=True)
class Skipped(Problem):
    """A document, or the rest of a file, that could not be used; ``kind`` is what it is counted under."""

    kind: str


class Notice(Problem):
    """Something about the input worth telling that cost no document, such as an id that had to change."""


class DocumentError(RecordError):
    """Content that is no document; ``kind`` is what it is counted under."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def tell(line: str) -> None:
    """Write a line on standard error, beside a progress bar."""
    # File names that are not Unicode have no UTF-8.
    tqdm.write(line.encode("utf-8", "backslashreplace").decode("utf-8"), file=sys.stderr)


class ProblemLog:
    """Tells each problem at once, by ``tell``; holds only counts, so that memory does not grow."""

    def __init__(self, tell: Callable[[str], object] = tell) -> None:
        self.tell = tell
        self.skipped: Counter[str] = Counter()
        self.notices = 0
        self.first: Problem | None = None

    def append(self, problem: Problem, /) -> None:
        """Tell and count ``problem``."""
        self.first = self.first or problem
        if isinstance(problem, Skipped):
            self.skipped[problem.kind] += 1
        else:
            self.notices += 1
        severity = "skipped" if isinstance(problem, Skipped) else "notice"
        self.tell(f"{severity}: {printable(str(problem)[:LONGEST_MESSAGE])}")
