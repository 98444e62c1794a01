"""What a check of a corpus reports: findings, each at a line of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coopclaims.schema import Passage

Severity = Literal["error", "warning", "review"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (error), most likely wrong (warning), or to be looked at (review: often rightly so).

    Without a path it concerns the whole corpus.
    """

    severity: Severity
    check: str
    path: str | None
    line: int | None
    record: str | None
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.path else "corpus"
        record = f" record {self.record!r}:" if self.record else ""
        return f"{place}:{record} {self.message}"


@dataclass(frozen=True)
class Located:
    """A passage and the file and line that it was read from."""

    path: str
    line: int
    passage: Passage

    def __str__(self) -> str:
        return f"{self.path}:{self.line} record {self.passage.id!r}"

    def finding(self, severity: Severity, check: str, message: str) -> Finding:
        """A finding about this passage."""
        return Finding(severity, check, self.path, self.line, self.passage.id, message)
