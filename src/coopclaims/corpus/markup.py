"""Inline markup: the form in which people write annotated passages.

``[[LABEL claims|text]]`` marks a span, ``[[TRIGGER claim type status|text]]`` a trigger; ``claims`` are numbers
from 1, separated by commas. There is no escape: text that holds ``[[`` or ``]]`` has no markup form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from coopclaims.schema import LABELS, STATUSES, TRIGGER, TYPES, Claim, Passage, RecordError, Span, validate

_BRACKET = re.compile(r"\[\[|\]\]")


@dataclass
class _Builder:
    """What has been read so far: plain text, spans, and each claim's trigger and arguments by number."""

    text: str = ""
    spans: list[Span] = field(default_factory=list)
    triggers: dict[int, Claim] = field(default_factory=dict)
    arguments: dict[int, list[str]] = field(default_factory=dict)


def parse_markup(marked: str, passage_id: str, lang: str | None = None, doc: str | None = None) -> Passage:
    """Read inline markup into a validated Passage; spans are s1, s2, … in text order, claims c1, c2, ….

    Raises RecordError that quotes the faulty tag and its offset in ``marked``.
    """
    builder = _Builder()
    position = 0
    while match := _BRACKET.search(marked, position):
        if match.group() == "]]":
            raise RecordError(f"']]' without '[[' at offset {match.start()}: {_near(marked, match.start())}")
        end = marked.find("]]", match.end())
        if end < 0:
            raise RecordError(f"'[[' is never closed at offset {match.start()}: {_near(marked, match.start())}")
        builder.text += marked[position : match.start()]
        _read_tag(builder, marked[match.end() : end], match.start())
        position = end + 2
    builder.text += marked[position:]
    claims = _assemble_claims(builder)
    passage = Passage(passage_id, builder.text, lang, doc, builder.spans, claims)
    validate(passage)
    return passage


def format_markup(passage: Passage) -> str:
    """Write a passage as inline markup; claims are numbered by the order of ``passage.claims``.

    Raises RecordError where markup cannot hold the passage: a span in no claim, ``[[`` or ``]]`` in the text, or a
    bracket at the edge of a span.
    """
    if match := _BRACKET.search(passage.text):
        raise RecordError(f"text holds {match.group()!r} at offset {match.start()}, which markup cannot express")
    headers = {span.id: _tag_header(passage, span) for span in passage.spans}
    parts, position = [], 0
    for span in sorted(passage.spans, key=lambda span: span.start):
        if passage.text[: span.start].endswith("[") or passage.quote(span).endswith("]"):
            raise RecordError(f"span {span.id!r} touches a bracket, which markup cannot express")
        parts += [passage.text[position : span.start], f"[[{headers[span.id]}|{passage.quote(span)}]]"]
        position = span.end
    return "".join([*parts, passage.text[position:]])


def _read_tag(builder: _Builder, tag: str, offset: int) -> None:
    where = f"tag '[[{tag}]]' at offset {offset}"
    if "[[" in tag:
        raise RecordError(f"{where}: '[[' inside a tag; spans do not nest")
    header, bar, quote = tag.partition("|")
    if not bar:
        raise RecordError(f"{where}: no '|' between label and text")
    words = header.split()
    if not words or words[0] not in LABELS:
        raise RecordError(f"{where}: unknown label; labels are {', '.join(LABELS)}")
    expected = 4 if words[0] == TRIGGER else 2
    if len(words) != expected:
        form = "TRIGGER claim type status" if words[0] == TRIGGER else "LABEL claims"
        raise RecordError(f"{where}: expected '{form}' before the '|'")
    start = len(builder.text)
    builder.text += quote
    span = Span(f"s{len(builder.spans) + 1}", start, len(builder.text), words[0])
    builder.spans.append(span)
    numbers = _claim_numbers(words[1], where)
    if span.label == TRIGGER:
        _read_trigger(builder, span, numbers, words[2], words[3], where)
        return
    for number in numbers:
        builder.arguments.setdefault(number, []).append(span.id)


def _read_trigger(builder: _Builder, span: Span, numbers: list[int], kind: str, status: str, where: str) -> None:
    if len(numbers) != 1:
        raise RecordError(f"{where}: a trigger anchors exactly one claim")
    if numbers[0] in builder.triggers:
        raise RecordError(f"{where}: claim {numbers[0]} already has a trigger")
    if kind not in TYPES:
        raise RecordError(f"{where}: unknown type {kind!r}; types are {', '.join(TYPES)}")
    if status not in STATUSES:
        raise RecordError(f"{where}: unknown status {status!r}; statuses are {', '.join(STATUSES)}")
    builder.triggers[numbers[0]] = Claim(f"c{numbers[0]}", span.id, kind, status)


def _claim_numbers(text: str, where: str) -> list[int]:
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and len(part) < 6 and int(part) > 0 for part in parts):
        raise RecordError(f"{where}: claims must be numbers from 1, separated by commas, not {text!r}")
    return [int(part) for part in parts]


def _assemble_claims(builder: _Builder) -> list[Claim]:
    for number in builder.arguments:
        if number not in builder.triggers:
            raise RecordError(f"claim {number} has arguments but no TRIGGER")
    if sorted(builder.triggers) != list(range(1, len(builder.triggers) + 1)):
        raise RecordError(f"claims must be numbered 1 to {len(builder.triggers)}, not {sorted(builder.triggers)}")
    for number, claim in builder.triggers.items():
        claim.args = builder.arguments.get(number, [])
    return [builder.triggers[number] for number in sorted(builder.triggers)]


def _tag_header(passage: Passage, span: Span) -> str:
    numbers = [n for n, claim in enumerate(passage.claims, 1) if span.id in (claim.trigger, *claim.args)]
    if not numbers:
        raise RecordError(f"span {span.id!r} belongs to no claim, which markup cannot express")
    header = f"{span.label} {','.join(map(str, numbers))}"
    if span.label != TRIGGER:
        return header
    claim = passage.claims[numbers[0] - 1]
    return f"{header} {claim.type} {claim.status}"


def _near(text: str, offset: int) -> str:
    return repr(text[max(0, offset - 20) : offset + 20])
