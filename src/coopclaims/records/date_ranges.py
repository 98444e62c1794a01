"""Date expressions with connectors: deadlines, beginnings, ranges and lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from coopclaims.records import date_rules as words
from coopclaims.records import stretches
from coopclaims.records.date_parts import gather, resolve
from coopclaims.records.date_readings import ABSOLUTE, NEAREST, OPEN_YEAR, RELATIVE, Parts, Reading
from coopclaims.records.date_words import Token
from coopclaims.records.quotes import least_sure
from coopclaims.records.stretches import Stretch


def read_joined(tokens: list[Token], document: date | None) -> Reading | None:
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


def read_simple(tokens: list[Token], document: date | None) -> Reading | None:
    """Tokens without connectors."""
    parts = gather(tokens)
    return resolve(parts, document) if parts else None


def _deadline(tokens: list[Token], document: date | None, from_now: bool = False) -> Reading | None:
    """An interval open to the past ("by 2030"). A deadline at the end of a period is the end of that period."""
    kinds = {kind for kind, _ in tokens}
    whole = [token for token in tokens if token != ("part", (words.LATE,))]
    if "unit" in kinds and not kinds & {"direction", "year"}:
        whole.append(("direction", (0,)))  # "by the end of the year": of this one
    reading = read_simple(whole, document) or read_simple(tokens, document)
    return _until(reading, document, from_now) if reading else None


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
    """What is before 2030 ends with 2029; what is before the end of 2026 has a deadline within it."""
    if ("part", (words.LATE,)) in tokens:
        return _deadline(tokens, document)
    reading = read_simple(tokens, document)
    start = reading.stretch.start if reading else None
    if reading is None or start is None:
        return None
    last = start - timedelta(days=1)
    whole = {"year": stretches.year(last.year), "month": stretches.month(last.year, last.month)}
    stretch = whole.get(reading.stretch.precision, stretches.day(last))
    return _until(replace(reading, stretch=stretch), document)


def _from(tokens: list[Token], document: date | None, after: bool) -> Reading | None:
    """What is since 2019 includes 2019, what is after 2030 begins with 2031; both are open to the future."""
    reading = read_simple(tokens, document)
    end = reading.stretch.end if reading else None
    if reading is None or end is None:
        return None
    stretch = reading.stretch
    if after:
        first = end + timedelta(days=1)
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
    return _list(begin, end) if as_list else interval(begin, end)


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
    if begin.stretch.start is None or end.stretch.start is None or "month" not in parts:
        return None
    year = end.stretch.start.year - (begin.stretch.start.year == end.stretch.start.year)
    kept = {kind: value for kind, value in parts.items() if kind not in ("year", "relative", "unit", "direction")}
    moved = resolve(Parts(kept | {"year": (year,)}), None)
    if moved is None or moved.stretch.start is None or moved.stretch.start > end.stretch.start:
        return None
    return replace(moved, method=end.method, confidence=least_sure("likely", end.confidence))


def interval(begin: Reading, end: Reading) -> Reading | None:
    """From the first day of one reading to the last of another; None if that is backwards."""
    first, last = begin.stretch, end.stretch
    vague = first.vague or last.vague
    precision = last.precision if first.precision == last.precision else "mixed"
    low, high = first.low, last.high
    if first.start and last.end and first.start > last.end:
        return None
    stretch = Stretch(f"{low}/{high}", low, high, first.start, last.end, precision, vague)
    return Reading(stretch, _method(begin, end), least_sure(begin.confidence, end.confidence))


def _list(begin: Reading, end: Reading) -> Reading | None:
    """All of several: EDTF {a,b}, whose members are days, months or years; others are taken together as an interval."""
    if any(reading.stretch.edtf != reading.stretch.low for reading in (begin, end)):
        return interval(begin, end)
    joined = interval(begin, end)
    return joined and replace(
        joined, stretch=replace(joined.stretch, edtf=f"{{{begin.stretch.edtf},{end.stretch.edtf}}}")
    )


def _method(begin: Reading, end: Reading) -> str:
    order = (ABSOLUTE, OPEN_YEAR, RELATIVE, NEAREST)
    return max(begin.method, end.method, key=order.index)
