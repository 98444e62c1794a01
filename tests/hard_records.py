"""Records that are hard on formats: emoji, decomposed letters, CRLF, tabs, spans across lines, odd ids and keys."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.schema import Claim, Passage, Span, passage_to_json

FIXTURE = Path(__file__).parent / "fixtures" / "passages.jsonl"


def hard_passage() -> Passage:
    """Two claims that share a party, the second with no argument of its own; a span and a trigger in no claim."""
    party, other = "🇻🇳 " + unicodedata.normalize("NFD", "Đại học Cần Thơ"), "Bộ\r\nCông Thương"
    words = [party, " und\t", other, "\r\n\r\n", "ký", ' "', "Vertrag", '",\u2028', "traf", " 😀 ", "Huế", ". ", "met"]
    starts = [sum(map(len, words[:index])) for index in range(len(words))]

    def span(name: str, index: int, label: str, **keys: Any) -> Span:
        return Span(name, starts[index], starts[index] + len(words[index]), label, **keys)

    spans = [
        span("party/ä:1", 0, "PARTY"),
        span("s7", 2, "PARTY"),
        span("s2", 4, "TRIGGER"),
        span("s3", 6, "INSTRUMENT"),
        span("s4", 8, "TRIGGER"),
        span("s5", 10, "PLACE"),
        span("s6", 12, "TRIGGER"),
    ]
    claims = [
        Claim("c9", "s2", "agreement", "actual", ["party/ä:1", "s7", "s3"]),
        Claim("first", "s4", "dialogue", "denied", ["party/ä:1"]),
    ]
    keys = {"lang": "vi", "doc": "=d 1", "meta": {"page": 7}, "extra": {"date": "2024-05-06", "split": "train"}}
    return Passage("a/b c:1 #ü", "".join(words), spans=spans, claims=claims, **keys)


def all_passages() -> list[Passage]:
    """The fixture's passages, the hard one, and one without anything to find."""
    return [*read_corpus([FIXTURE]), hard_passage(), Passage("silent", "Nichts – gar nichts 😀.\n", "de")]


def as_sets(passage: Passage) -> dict[str, Any]:
    """The record of a passage, without the order of spans, claims and arguments."""
    record = passage_to_json(passage)
    record["spans"] = sorted(record["spans"], key=lambda item: item["id"])
    record["claims"] = sorted(
        ({**item, "args": sorted(item["args"])} for item in record["claims"]), key=lambda item: item["id"]
    )
    return record
