"""A passage put together from the annotations of another tool: what our format cannot hold is reported, not guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from coopclaims.corpus.frame import Frame, place
from coopclaims.corpus.jsonl import Problem, report
from coopclaims.schema import LABELS, STATUSES, TRIGGER, TYPES, Claim, Passage, Span


@dataclass
class Assembly:
    """The passage of one document of ``path``, made by ``add_span`` for all spans, then ``add_claim``, ``passage``.

    Spans go by the names that the tool gave them. Ids are those of the frame, or counted on from there.
    """

    path: str
    name: str
    text: str
    frame: Frame
    problems: list[Problem] | None
    spans: dict[str, Span] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)

    def skip(self, line: int, reason: str) -> None:
        """Report something that is left out."""
        report(self.problems, Problem(self.path, line, self.name, reason))

    def add_span(self, key: str, start: int, end: int, label: str, line: int) -> None:
        """Add a span, without white space at its edges, or report why it cannot be kept."""
        problem = self._span_problem(key, start, end, label)
        if problem:
            self.skip(line, f"{problem}; skipped")
            return
        quote = self.text[start:end]
        start, end = start + len(quote) - len(quote.lstrip()), end - len(quote) + len(quote.rstrip())
        clash = next((span for span in self.spans.values() if start < span.end and span.start < end), None)
        if clash:
            words = self.text[clash.start : clash.end]
            where = f"{label} {quote!r} ({start}-{end})"
            self.skip(line, f"{where} overlaps {clash.label} {words!r} ({clash.start}-{clash.end}); skipped")
            return
        self.spans[key] = Span("", start, end, label)

    def add_claim(self, trigger: str, type: str, status: str, args: Iterable[str], line: int) -> None:
        """Add the claim of a trigger with those of its arguments that are spans, or report what is wrong with it."""
        problem = self._claim_problem(trigger, type, status)
        if problem:
            self.skip(line, f"{problem}; claim skipped")
            return
        kept = []
        for name in dict.fromkeys(args):
            if name in self.spans and self.spans[name].label != TRIGGER:
                kept.append(name)
            else:
                kind = "is a trigger" if name in self.spans else "was not kept or does not exist"
                self.skip(line, f"argument {name!r} of {self._quote(trigger)} {kind}; link skipped")
        self.claims.append(Claim("", trigger, type, status, kept))

    def passage(self) -> Passage:
        """The passage, with ids in place of the tool's names."""
        spans = list(self.spans.values())
        ids = _ids("s", [place(span.start, span.end) for span in spans], self.frame.get("spans", {}))
        for span, name in zip(spans, ids, strict=True):
            span.id = name
        triggers = [self.spans[claim.trigger] for claim in self.claims]
        places = [place(span.start, span.end) for span in triggers]
        ids = _ids("c", places, self.frame.get("claims", {}))
        claims = [
            Claim(name, trigger.id, claim.type, claim.status, [self.spans[key].id for key in claim.args])
            for name, trigger, claim in zip(ids, triggers, self.claims, strict=True)
        ]
        keys = {key: self.frame[key] for key in ("lang", "doc", "meta", "extra") if key in self.frame}
        return Passage(self.frame.get("id", self.name), self.text, spans=spans, claims=claims, **keys)

    def _span_problem(self, key: str, start: int, end: int, label: str) -> str | None:
        if label not in LABELS:
            return f"unknown label {label!r} (labels are {', '.join(LABELS)})"
        if key in self.spans:
            return f"span {key!r} is there already"
        if not 0 <= start < end <= len(self.text):
            return f"offsets {start}-{end} of {label} leave the text (length {len(self.text)}), or are empty"
        return None if self.text[start:end].strip() else f"{label} at {start}-{end} is white space"

    def _claim_problem(self, trigger: str, type: str, status: str) -> str | None:
        if trigger not in self.spans:
            return f"trigger {trigger!r} was not kept or does not exist"
        if self.spans[trigger].label != TRIGGER:
            return f"{self._quote(trigger)} is {self.spans[trigger].label}, not {TRIGGER}"
        if type not in TYPES:
            return f"{self._quote(trigger)} has {_named('type', type)} (types are {', '.join(TYPES)})"
        if status not in STATUSES:
            return f"{self._quote(trigger)} has {_named('status', status)} (statuses are {', '.join(STATUSES)})"
        if any(claim.trigger == trigger for claim in self.claims):
            return f"{self._quote(trigger)} is the trigger of a claim already"
        return None

    def _quote(self, key: str) -> str:
        span = self.spans[key]
        return f"{self.text[span.start : span.end]!r} ({span.start}-{span.end})"


def _named(kind: str, value: str) -> str:
    return f"unknown {kind} {value!r}" if value else f"no {kind}"


def _ids(letter: str, places: list[str], known: dict[str, object]) -> list[str]:
    """An id for each place: the known one, otherwise the first of s1, s2, … that no place ever had."""
    names = {key: name for key, name in known.items() if isinstance(name, str)}
    used = set(names.values())
    free = (name for number in count(1) if (name := f"{letter}{number}") not in used)
    return [names.pop(key) if key in names else next(free) for key in places]
