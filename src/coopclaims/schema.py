"""Records of annotated text: Passage, Span and Claim, their labels, validation and JSON form.

The annotation guideline defines the meaning. Offsets are Unicode code points into ``Passage.text`` exactly as
given, half-open. Keys that this module does not know are kept in ``extra`` and written back unchanged.
A score that is no finite number is read as none. This module imports nothing of coopclaims.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

TRIGGER = "TRIGGER"
ARGUMENT_LABELS = ("PARTY", "SOURCE", "INSTRUMENT", "FIELD", "AMOUNT", "DATE", "PLACE")
LABELS = (TRIGGER, *ARGUMENT_LABELS)
TYPES = ("agreement", "dialogue", "investment", "capacity", "research", "operations", "relation")
STATUSES = ("actual", "planned", "proposed", "denied")
# A claim needs at least one of these (guideline, "A cooperation claim").
CORE_LABELS = ("PARTY", "INSTRUMENT", "FIELD")
LANGUAGE_NAMES = {"vi": "Vietnamese", "de": "German", "en": "English"}
LANGUAGES = tuple(LANGUAGE_NAMES)

# The guideline's word: scores count these, and every span begins and ends at their bounds.
WORD = re.compile(r"\w+|[^\w\s]")


class RecordError(ValueError):
    """A record that breaks the format; the message says which part of it and why."""


@dataclass(slots=True)
class Span:
    """A labelled stretch of text: code points ``start`` to ``end`` (half-open)."""

    id: str
    start: int
    end: int
    label: str
    score: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Claim:
    """One act: a trigger span, its type and status, and the ids of its argument spans."""

    id: str
    trigger: str
    type: str
    status: str
    args: list[str] = field(default_factory=list)
    score: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Passage:
    """A text with its spans and claims; a corpus passage, or a whole document in output records."""

    id: str
    text: str
    lang: str | None = None
    doc: str | None = None
    spans: list[Span] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    meta: dict[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def span_by_id(self) -> dict[str, Span]:
        """Spans keyed by their id."""
        return {span.id: span for span in self.spans}

    def quote(self, span: Span) -> str:
        """The exact words of a span."""
        return self.text[span.start : span.end]


def passage_from_json(record: Any) -> Passage:
    """Build a Passage from a decoded JSON object and validate it.

    Raises RecordError with the offending key, span or claim in the message.
    """
    if not isinstance(record, dict):
        raise RecordError(f"a record must be a JSON object, not {_json_kind(record)}")
    fields = dict(record)
    passage = Passage(
        id=_take(fields, "id", str, "record"),
        text=_take(fields, "text", str, "record"),
        lang=_take_optional(fields, "lang", str, "record"),
        doc=_take_optional(fields, "doc", str, "record"),
        spans=[_span_from_json(item) for item in _take(fields, "spans", list, "record", default=[])],
        claims=[_claim_from_json(item) for item in _take(fields, "claims", list, "record", default=[])],
        meta=_take_optional(fields, "meta", dict, "record"),
        extra=fields,
    )
    validate(passage)
    return passage


def passage_to_json(passage: Passage) -> dict[str, Any]:
    """The JSON object of a passage, keys in the order of the record format, unknown keys last."""
    return {
        "id": passage.id,
        **_present(lang=passage.lang, doc=passage.doc),
        "text": passage.text,
        "spans": [_span_to_json(span) for span in passage.spans],
        "claims": [_claim_to_json(claim) for claim in passage.claims],
        **_present(meta=passage.meta),
        **passage.extra,
    }


def validate(passage: Passage) -> None:
    """Raise RecordError for the first thing in ``passage`` that breaks the record format."""
    for problem in problems(passage):
        raise RecordError(problem)


def problems(passage: Passage) -> Iterator[str]:
    """All breaches of the record format, each as one line of text."""
    yield from _surrogate_problems(passage)
    yield from _duplicate_ids("span", [span.id for span in passage.spans])
    yield from _duplicate_ids("claim", [claim.id for claim in passage.claims])
    for span in passage.spans:
        yield from _span_problems(passage, span)
    yield from _overlaps(passage)
    spans = passage.span_by_id()
    for claim in passage.claims:
        yield from _claim_problems(claim, spans)
    triggers = [claim.trigger for claim in passage.claims if claim.trigger in spans]
    for trigger, count in Counter(triggers).items():
        if count > 1:
            yield f"trigger {trigger!r} anchors {count} claims; a claim is one act at one trigger"


def _surrogate_problems(passage: Passage) -> Iterator[str]:
    parts = [(span.id, span.extra) for span in passage.spans] + [(claim.id, claim.extra) for claim in passage.claims]
    others = json.dumps([passage.id, passage.lang, passage.doc, passage.meta, passage.extra, parts], ensure_ascii=False)
    for part, text in (("text", passage.text), ("a key beside the text", others)):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            yield f"{part} has a lone surrogate at offset {error.start}, which is not a Unicode character"


def _duplicate_ids(kind: str, ids: list[str]) -> Iterator[str]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield f"{kind} id {name!r} is used {count} times"


def _span_problems(passage: Passage, span: Span) -> Iterator[str]:
    where = f"span {span.id!r}"
    if span.label not in LABELS:
        yield f"{where}: unknown label {span.label!r}; labels are {', '.join(LABELS)}"
    if span.start < 0 or span.end > len(passage.text):
        yield f"{where}: offsets {span.start}-{span.end} leave the text (length {len(passage.text)})"
    elif span.start >= span.end:
        yield f"{where}: empty or backward offsets {span.start}-{span.end}"
    elif passage.quote(span) != passage.quote(span).strip():
        yield f"{where}: begins or ends with white space: {passage.quote(span)!r}"


def _overlaps(passage: Passage) -> Iterator[str]:
    ordered = sorted(passage.spans, key=lambda span: (span.start, span.end))
    for before, after in pairwise(ordered):
        if after.start < before.end:
            yield (
                f"spans {before.id!r} ({before.start}-{before.end}) and {after.id!r} "
                f"({after.start}-{after.end}) overlap; spans are flat"
            )


def _claim_problems(claim: Claim, spans: Mapping[str, Span]) -> Iterator[str]:
    where = f"claim {claim.id!r}"
    if claim.type not in TYPES:
        yield f"{where}: unknown type {claim.type!r}; types are {', '.join(TYPES)}"
    if claim.status not in STATUSES:
        yield f"{where}: unknown status {claim.status!r}; statuses are {', '.join(STATUSES)}"
    if claim.trigger not in spans:
        yield f"{where}: its trigger {claim.trigger!r} is no span of the record"
    elif spans[claim.trigger].label != TRIGGER:
        yield f"{where}: its trigger {claim.trigger!r} is labelled {spans[claim.trigger].label}, not {TRIGGER}"
    yield from (f"{where}: argument {p}" for p in _duplicate_ids("span", claim.args))
    for argument in claim.args:
        if argument not in spans:
            yield f"{where}: its argument {argument!r} is no span of the record"
        elif spans[argument].label == TRIGGER:
            yield f"{where}: its argument {argument!r} is a {TRIGGER}; arguments are not"


def _span_from_json(item: Any) -> Span:
    fields = _object(item, "span")
    where = f"span {fields.get('id', '?')!r}"
    return Span(
        id=_take(fields, "id", str, where),
        start=_take(fields, "start", int, where),
        end=_take(fields, "end", int, where),
        label=_take(fields, "label", str, where),
        score=_take_score(fields, where),
        extra=fields,
    )


def _claim_from_json(item: Any) -> Claim:
    fields = _object(item, "claim")
    where = f"claim {fields.get('id', '?')!r}"
    args = _take(fields, "args", list, where, default=[])
    if not all(isinstance(argument, str) for argument in args):
        raise RecordError(f"{where}: 'args' must hold span ids (strings)")
    return Claim(
        id=_take(fields, "id", str, where),
        trigger=_take(fields, "trigger", str, where),
        type=_take(fields, "type", str, where),
        status=_take(fields, "status", str, where),
        args=list(args),
        score=_take_score(fields, where),
        extra=fields,
    )


def _span_to_json(span: Span) -> dict[str, Any]:
    return {
        "id": span.id,
        "start": span.start,
        "end": span.end,
        "label": span.label,
        **_present(score=span.score),
        **span.extra,
    }


def _claim_to_json(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "trigger": claim.trigger,
        "type": claim.type,
        "status": claim.status,
        "args": list(claim.args),
        **_present(score=claim.score),
        **claim.extra,
    }


def _object(item: Any, kind: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise RecordError(f"a {kind} must be a JSON object, not {_json_kind(item)}")
    return dict(item)


def _take(fields: dict[str, Any], key: str, kind: type, where: str, default: Any = None) -> Any:
    """Remove ``key`` from ``fields`` and return it; it must be present (or have a default) and of ``kind``."""
    if key not in fields:
        if default is None:
            raise RecordError(f"{where}: the key {key!r} is missing")
        return default
    value = fields.pop(key)
    # bool is a subclass of int, but true is not an offset.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise RecordError(f"{where}: {key!r} must be {_KINDS[kind]}, not {_json_kind(value)}")
    return value


def _take_optional(fields: dict[str, Any], key: str, kind: type, where: str) -> Any:
    if fields.get(key) is None:
        fields.pop(key, None)
        return None
    return _take(fields, key, kind, where)


def _take_score(fields: dict[str, Any], where: str) -> float | None:
    value = fields.pop("score", None)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RecordError(f"{where}: 'score' must be a number, not {_json_kind(value)}")
    # Python writes and reads NaN and Infinity, but JSON has neither: what is written must be read by other programs.
    return float(value) if abs(value) <= sys.float_info.max else None


def _present(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


_KINDS: dict[type, str] = {str: "a string", int: "a whole number", list: "a list", dict: "an object"}


def _json_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, float):
        return "a number with a fraction"
    return _KINDS.get(type(value), "null" if value is None else type(value).__name__)
