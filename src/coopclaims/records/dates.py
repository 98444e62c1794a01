"""DATE arguments in normal form: EDTF, first and last day, precision, and how the value was got."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from coopclaims.records import date_words as words
from coopclaims.records import stretches
from coopclaims.records.date_parts import NEAREST, OPEN_YEAR, RELATIVE, Parts, Reading, gather, resolve
from coopclaims.records.date_spans import read_duration
from coopclaims.records.date_words import Token, read_tokens
from coopclaims.records.quotes import Confidence, clean_quote, least_sure
from coopclaims.records.stretches import Stretch
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
    if reading.method == NEAREST and reading.confidence == "ambiguous" and stretch.precision in ("day", "month"):
        edtf += "" if edtf.endswith(("~", "]", "?")) or "/" in edtf else "?"
    return DateValue(edtf, stretch.start, stretch.end, stretch.precision, reading.method, reading.confidence)


def _read(text: str, lang: str, document: date | None) -> Reading | None:
    tokens = read_tokens(text, lang)
    if tokens is None:
        return _year_only(text)
    if lang == "en" and (either := _either(tokens, document)):
        return either
    return _joined(tokens, document) or (None if _impossible(tokens) else _year_only(text, tokens))


def _joined(tokens: list[Token], document: date | None) -> Reading | None:
    """Tokens with their connectors: deadlines, beginnings, ranges and lists."""
    kinds = [kind for kind, _ in tokens]
    if not tokens:
        return None
    head, rest = kinds[0], tokens[1:]
    if head == "now" and len(kinds) > 1 and kinds[1] in ("to", "until"):
        return _deadline(tokens[2:], document, from_now=True)
    if head in ("to", "until", "until_end"):
        return _deadline([token for token in rest if token[0] != "until_end"], document)
    if head == "before":
        return _before([token for token in rest if token[0] != "until_end"], document)
    if head in ("after", "since") and "to" not in kinds:
        return _from(rest, document, after=head == "after")
    if head in ("from", "since"):
        tokens, kinds = rest, kinds[1:]
    for link in ("to", "and"):
        if kinds.count(link) == 1:
            cut = kinds.index(link)
            between = head == "from" and link == "and"
            return _pair(tokens[:cut], tokens[cut + 1 :], document, as_list=link == "and" and not between)
    parts = gather(tokens)
    return resolve(_year_dash(parts), document) if parts else None


def _year_dash(parts: Parts) -> Parts:
    """2024-26 is two years; 2010-12 a month, as ISO 8601 has it."""
    if "year_dash" not in parts:
        return parts
    first, second = parts["year_dash"]
    kept = Parts({kind: value for kind, value in parts.items() if kind != "year_dash"})
    as_month = 1 <= second <= 12
    return Parts(kept | ({"year": (first,), "month": (second,)} if as_month else {"years": (first, second)}))


def _simple(tokens: list[Token], document: date | None) -> Reading | None:
    parts = gather(tokens)
    return resolve(parts, document) if parts else None


def _deadline(tokens: list[Token], document: date | None, from_now: bool = False) -> Reading | None:
    """"By 2030": an interval open to the past. A deadline at the end of a period is the end of that period."""
    part = ("part", (words.LATE,))
    reading = _simple([token for token in tokens if token != part], document) or _simple(tokens, document)
    if reading is None or reading.stretch.end is None and not reading.stretch.edtf.startswith("XXXX"):
        return None
    return _until(reading, document, from_now)


def _until(reading: Reading, document: date | None, from_now: bool = False) -> Reading | None:
    stretch, sure = reading.stretch, least_sure(reading.confidence, "likely")
    if stretch.end is None:
        return None
    start = document if from_now else None
    if start is not None and start > stretch.end:
        return None
    low = start.isoformat() if start else ".."
    ended = Stretch(f"{low}/{stretch.high}", low, stretch.high, start, stretch.end, stretch.precision)
    return Reading(ended, RELATIVE if start else reading.method, sure)


def _before(tokens: list[Token], document: date | None) -> Reading | None:
    """"Before 2030" ends with 2029; "before the end of 2026" is a deadline within it."""
    if ("part", (words.LATE,)) in tokens:
        return _deadline(tokens, document)
    reading = _simple(tokens, document)
    if reading is None or reading.stretch.start is None:
        return None
    last = date.fromordinal(reading.stretch.start.toordinal() - 1)
    whole = {"year": stretches.year(last.year), "month": stretches.month(last.year, last.month)}
    stretch = whole.get(reading.stretch.precision, stretches.day(last))
    return _until(replace(reading, stretch=stretch), document)


def _from(tokens: list[Token], document: date | None, after: bool) -> Reading | None:
    """"Since 2019" includes 2019, "after 2030" begins with 2031; both are open to the future."""
    reading = _simple(tokens, document)
    if reading is None or reading.stretch.start is None or reading.stretch.end is None:
        return None
    stretch = reading.stretch
    if after:
        first = date.fromordinal(stretch.end.toordinal() + 1)
        whole = {"year": stretches.year(first.year), "month": stretches.month(first.year, first.month)}
        stretch = whole.get(stretch.precision, stretches.day(first))
    low = stretch.low
    opened = Stretch(f"{low}/..", low, "..", stretch.start, None, reading.stretch.precision)
    return Reading(opened, reading.method, reading.confidence)


def _pair(left: list[Token], right: list[Token], document: date | None, as_list: bool) -> Reading | None:
    """A range or a list of two, each of which may leave to the other what they share ("12 to 14 March 2024")."""
    first, last = gather(left), gather(right)
    if not first or not last:
        return None
    first, last = _complete(first, last)
    end = resolve(last, document)
    begin = resolve(first, document)
    if begin is None or end is None:
        return None
    if begin.stretch.start and end.stretch.start and begin.stretch.start > end.stretch.start:
        begin = _year_before(first, begin, end)
    if begin is None or (begin.stretch.start is None) != (end.stretch.start is None):
        return None
    return _list(begin, end) if as_list else _interval(begin, end)


_YEARS = ("year", "relative")


def _complete(first: Parts, last: Parts) -> tuple[Parts, Parts]:
    """Each side with what it leaves to the other: the month of days, the year of days and months."""
    first, last = Parts(first), Parts(last)
    for side, other in ((first, last), (last, first)):
        if set(side) <= {"number", "year", "part"} and "number" in side and "month" in other:
            side["month"] = other["month"]
        relative = "unit" in other and other["unit"][0] == words.YEAR and "direction" in other
        if "year" not in side and "years" not in side and "unit" not in side and "day_offset" not in side:
            if "year" in other and not (side is last and "month" not in side):
                side["year"] = other["year"]
            elif relative:
                side["unit"], side["direction"] = other["unit"], other["direction"]
    return first, last


def _year_before(parts: Parts, begin: Reading, end: Reading) -> Reading | None:
    """A range that seems to run backwards began in the year before ("October to March 2025"), if no year was said."""
    assert end.stretch.start is not None and begin.stretch.start is not None
    year = end.stretch.start.year - (begin.stretch.start.year == end.stretch.start.year)
    moved = resolve(Parts({kind: value for kind, value in parts.items() if kind not in _YEARS} | {"year": (year,)}), None)
    if "month" not in parts or moved is None or moved.stretch.start is None or moved.stretch.start > end.stretch.start:
        return None
    return replace(moved, method=end.method, confidence=least_sure("likely", end.confidence))


def _interval(begin: Reading, end: Reading) -> Reading | None:
    first, last = begin.stretch, end.stretch
    vague = first.vague or last.vague
    precision = last.precision if first.precision == last.precision else "mixed"
    low, high = first.low, last.high
    if first.start and last.end and first.start > last.end:
        return None
    stretch = Stretch(f"{low}/{high}", low, high, first.start, last.end, precision, vague)
    return Reading(stretch, _method(begin, end), least_sure(begin.confidence, end.confidence))


def _list(begin: Reading, end: Reading) -> Reading | None:
    """All of several: EDTF {a,b}. Members that are intervals themselves are taken together as one interval."""
    if "/" in begin.stretch.edtf or "/" in end.stretch.edtf:
        return _interval(begin, end)
    joined = _interval(begin, end)
    return joined and replace(
        joined, stretch=replace(joined.stretch, edtf=f"{{{begin.stretch.edtf},{end.stretch.edtf}}}")
    )


def _method(begin: Reading, end: Reading) -> str:
    order = ("absolute", OPEN_YEAR, RELATIVE, NEAREST)
    return max(begin.method, end.method, key=order.index)


def _either(tokens: list[Token], document: date | None) -> Reading | None:
    """English 3/4/2024 may be the third of April or the fourth of March: EDTF [a,b], one of the two."""
    if len(tokens) != 1 or tokens[0][0] not in ("dmy", "day_month"):
        return None
    kind, (first, second, *rest) = tokens[0]
    order = [(kind, (first, second, *rest)), (kind, (second, first, *rest))]
    found = [reading for token in order if (reading := _simple([token], document)) is not None]
    if len(found) < 2 or first == second:
        return found[0] if found else None
    ordered = sorted(found, key=lambda reading: reading.stretch.edtf)
    joined = _interval(*ordered)
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
