"""DATE arguments in normal form: EDTF, first and last day, precision, and how the value was got."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from coopclaims.records import stretches
from coopclaims.records.date_ranges import interval, read_joined, read_simple
from coopclaims.records.date_readings import NEAREST, Reading
from coopclaims.records.date_spans import read_duration
from coopclaims.records.date_words import Token, read_tokens
from coopclaims.records.quotes import Confidence, clean_quote
from coopclaims.schema import LANGUAGES

YEAR_ONLY = "year of a longer expression"


@dataclass(frozen=True)
class DateValue:
    """When: ``edtf`` (docs/values.md), its first and last day (None: open, or year unknown), and the precision.

    ``method`` says how the value was got, ``confidence`` how sure it is.
    """

    edtf: str
    start: date | None
    end: date | None
    precision: str
    method: str
    confidence: Confidence

    def to_json(self) -> dict[str, Any]:
        """The fields, days as ISO strings, without bounds that are open."""
        bounds = {"start": self.start, "end": self.end}
        days = {key: value.isoformat() for key, value in bounds.items() if value}
        rest = {"precision": self.precision, "method": self.method, "confidence": self.confidence}
        return {"edtf": self.edtf, **days, **rest}


def normalise_date(quote: str, lang: str, document_date: date | None = None) -> DateValue | None:
    """The value of a DATE quote in "vi", "de" or "en"; None if it names no date, or none that can be relied on.

    Relative expressions ("next year") need ``document_date``; months and days without a year are placed nearest to it.
    """
    text = clean_quote(quote)
    if text is None or lang not in LANGUAGES:
        return None
    try:
        reading = read_duration(text, lang, document_date) or _read(text, lang, document_date)
    except (OverflowError, ValueError):  # beyond the years a date can have
        return None
    return _value(reading) if reading else None


def _value(reading: Reading) -> DateValue:
    stretch = reading.stretch
    edtf = stretch.edtf
    # EDTF's "?" (uncertain) stands for days and months, not beside sub-year groupings, intervals and sets.
    if reading.method == NEAREST and reading.confidence == "ambiguous" and stretch.precision in ("day", "month"):
        edtf += "?" if edtf == stretch.low else ""
    return DateValue(edtf, stretch.start, stretch.end, stretch.precision, reading.method, reading.confidence)


def _read(text: str, lang: str, document: date | None) -> Reading | None:
    tokens = read_tokens(text, lang)
    if tokens is None:
        return _year_only(text)
    if lang == "en" and (either := _either(tokens, document)):
        return either
    return read_joined(tokens, document) or (None if _impossible(tokens) else _year_only(text, tokens))


def _either(tokens: list[Token], document: date | None) -> Reading | None:
    """English 3/4/2024 may be the third of April or the fourth of March: EDTF [a,b], one of the two."""
    if len(tokens) != 1 or tokens[0][0] not in ("dmy", "day_month"):
        return None
    kind, (first, second, *rest) = tokens[0]
    order = [(kind, (first, second, *rest)), (kind, (second, first, *rest))]
    found = [reading for token in order if (reading := read_simple([token], document)) is not None]
    if len(found) < 2 or first == second:
        return found[0] if found else None
    ordered = sorted(found, key=lambda reading: reading.stretch.edtf)
    joined = interval(*ordered)
    edtf = f"[{ordered[0].stretch.edtf},{ordered[1].stretch.edtf}]"
    return joined and Reading(replace(joined.stretch, edtf=edtf), joined.method, "ambiguous")


def _impossible(tokens: list[Token]) -> bool:
    """Whether a date in digits stands there, which then is one that no calendar has (31/02/2024)."""
    return any(kind in ("iso", "dmy", "day_month", "month_year", "year_dash", "years") for kind, _ in tokens)


_YEAR = re.compile(r"(?<![\w.,/-])(1[89][0-9]{2}|20[0-9]{2})(?![\w/-]|[.,][0-9])")


_SHIFTING = re.compile(
    r"(?<!\w)(before|after|since|until|from|to|later|earlier|every|vor|nach|seit|ab|bis|jedes|später|trước|sau|từ|đến|"
    r"tới|mỗi|hằng|hàng)(?!\w)",
    re.IGNORECASE,
)


def _year_only(text: str, tokens: list[Token] | None = None) -> Reading | None:
    """The one year of an expression whose other words are not known ("the 2017 wet season"): it lies in that year."""
    found = _YEAR.findall(text)
    if len(found) != 1 or _SHIFTING.search(text) or (tokens and any(kind == "number" for kind, _ in tokens)):
        return None
    return Reading(stretches.year(int(found[0])), YEAR_ONLY, "likely")
