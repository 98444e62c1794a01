"""A mention: one claim as one passage tells it, with all that merging needs, so that records can be merged again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from coopclaims.errors import UserError
from coopclaims.language_tags import reduced_tag
from coopclaims.records.document_dates import document_date
from coopclaims.records.merging.context import context_keys
from coopclaims.records.values import VALUE
from coopclaims.schema import ARGUMENT_LABELS, STATUSES, TYPES, Claim, Passage, Span


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a claim: label, offsets in the passage, words, and the normalised value if there is one."""

    label: str
    start: int
    end: int
    quote: str
    value: dict[str, Any] | None = None


@dataclass(frozen=True)
class Mention:
    """One claim of one passage; ``start`` and ``end`` are the trigger's, ``context`` are keys of the words around.

    ``quote`` is the text from the first to the last part of the claim, and begins at ``quote_start``.
    """

    document: str
    passage: str
    claim: str
    lang: str
    date: str | None
    type: str
    status: str
    start: int
    end: int
    trigger: str
    quote: str
    arguments: tuple[Argument, ...]
    context: tuple[str, ...]

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """What mentions are sorted by: document, passage and claim, then all the rest."""
        return (self.document, self.passage, self.claim, json.dumps(self.to_json(), sort_keys=True))

    @property
    def quote_start(self) -> int:
        """Where the quote begins in the passage."""
        return min([self.start, *(argument.start for argument in self.arguments)])

    def values(self, *labels: str) -> list[dict[str, Any]]:
        """The values of the arguments with one of ``labels``."""
        return [a.value for a in self.arguments if a.label in labels and a.value is not None]

    def quotes(self, *labels: str) -> list[str]:
        """The words of the arguments with one of ``labels``."""
        return [argument.quote for argument in self.arguments if argument.label in labels]

    def to_json(self) -> dict[str, Any]:
        """The JSON object that ``mention_from_json`` reads."""
        # asdict of dataclasses copies all that is inside, which takes most of the time of a large merge.
        record: dict[str, Any] = {key: getattr(self, key) for key in _FIELDS if getattr(self, key) is not None}
        record["arguments"] = [
            {key: getattr(argument, key) for key in Argument.__slots__ if getattr(argument, key) is not None}
            for argument in self.arguments
        ]
        record["context"] = " ".join(self.context)
        return record


_FIELDS = tuple(field.name for field in fields(Mention))


def mentions_of(passage: Passage) -> Iterator[Mention]:
    """The claims of a passage whose spans have their values (``Normaliser.add_values``)."""
    spans = passage.span_by_id()
    valued = sorted((span for span in passage.spans if span.extra.get(VALUE)), key=lambda span: span.start)
    day = document_date(passage)
    for claim in passage.claims:
        trigger = spans[claim.trigger]
        parts = [trigger, *(spans[name] for name in claim.args)]
        yield Mention(
            document=passage.doc or passage.id,
            passage=passage.id,
            claim=claim.id,
            lang=passage.lang or "",
            date=day.isoformat() if day else None,
            type=claim.type,
            status=claim.status,
            start=trigger.start,
            end=trigger.end,
            trigger=passage.quote(trigger),
            quote=passage.text[min(part.start for part in parts) : max(part.end for part in parts)],
            arguments=_arguments(passage, claim, spans),
            context=context_keys(passage, trigger.start, valued),
        )


def _arguments(passage: Passage, claim: Claim, spans: Mapping[str, Span]) -> tuple[Argument, ...]:
    parts = sorted((spans[name] for name in claim.args), key=lambda span: span.start)
    return tuple(Argument(s.label, s.start, s.end, passage.quote(s), s.extra.get(VALUE)) for s in parts)


def mention_from_json(record: Any, where: str) -> Mention:
    """The mention of a merged record; raises UserError that begins with ``where``."""
    try:
        json.dumps(record, ensure_ascii=False).encode()  # fails for lone surrogates, which no file can hold
        rest = {**record, "lang": reduced_tag(record["lang"])}
        arguments = tuple(Argument(**argument) for argument in rest.pop("arguments"))
        context = tuple(rest.pop("context").split())
        mention = Mention(**{"date": None, **rest}, arguments=arguments, context=context)
        sound = _is_sound(mention) and all(map(_value_is_sound, mention.arguments))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{where}: not a record that coopclaims merge has written ({error})") from error
    if not sound:
        raise UserError(f"{where}: not a record that coopclaims merge has written (a mention has a wrong value)")
    return mention


def _is_sound(mention: Mention) -> bool:
    texts = (
        mention.document,
        mention.passage,
        mention.claim,
        mention.lang,
        mention.date or "",
        mention.trigger,
        mention.quote,
    )
    known = mention.type in TYPES and mention.status in STATUSES
    arguments = all(
        a.label in ARGUMENT_LABELS and isinstance(a.quote, str) and isinstance(a.value, dict | None)
        for a in mention.arguments
    )
    offsets = (mention.start, mention.end, *(n for a in mention.arguments for n in (a.start, a.end)))
    numbers = all(isinstance(offset, int) for offset in offsets)
    sound = all(isinstance(text, str) for text in texts) and known and arguments and numbers
    return sound and _quote_is_sound(mention)


def _quote_is_sound(mention: Mention) -> bool:
    """Whether the quote has the words of all parts where they say, one after another."""
    trigger = (mention.start, mention.end, mention.trigger)
    parts = sorted([trigger, *((a.start, a.end, a.quote) for a in mention.arguments)])
    first = mention.quote_start
    words = all(mention.quote[start - first : end - first] == quote for start, end, quote in parts)
    return words and all(one[1] <= other[0] for one, other in pairwise(parts))


_KEYS = {
    "PARTY": {"kind", "countries", "entity", "name"},
    "SOURCE": {"kind", "countries", "entity", "name"},
    "PLACE": {"countries"},
    "AMOUNT": {"kind"},
    "DATE": {"edtf", "precision", "confidence"},
}
_TEXTS = (
    *("kind", "entity", "name", "value", "low", "high", "currency", "unit", "unit_text", "qualifier"),
    *("edtf", "precision", "confidence"),
)


def _value_is_sound(argument: Argument) -> bool:
    """Whether a value has what merging reads; raises what the reading of its figures and days raises."""
    value = argument.value
    if value is None:
        return True
    if argument.label == "AMOUNT":
        [Fraction(value.get("value") or value[bound]) for bound in ("low", "high")]
    if argument.label == "DATE":
        [date.fromisoformat(value[bound]) for bound in ("start", "end") if bound in value]
    texts = [*(value.get(key) or "" for key in _TEXTS), *value.get("countries", ())]
    return _KEYS.get(argument.label, set()) <= value.keys() and all(isinstance(text, str) for text in texts)
