"""One date expression without its connectors: its tokens gathered as parts, and the stretch of days they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from coopclaims.records import date_words as words
from coopclaims.records import stretches
from coopclaims.records.date_words import Token
from coopclaims.records.quotes import Confidence, least_sure
from coopclaims.records.stretches import Stretch

ABSOLUTE = "absolute"
OPEN_YEAR = "year not said"
RELATIVE = "relative to document date"
NEAREST = "nearest to document date"

_EASTER = {words.EASTER: (0, EASTER_WESTERN), words.ORTHODOX_EASTER: (0, EASTER_ORTHODOX)}
_EASTER |= {words.PENTECOST: (49, EASTER_WESTERN)}
# How near the nearest reading must be to count as likely: news rarely look further ahead or back without a year.
_NEAR_DAYS = {"weekday": 2, "year": 150}


@dataclass(frozen=True)
class Reading:
    """A stretch with how it was got and how sure it is."""

    stretch: Stretch
    method: str = ABSOLUTE
    confidence: Confidence = "certain"


class Parts(dict[str, tuple[int, ...]]):
    """Token values by kind; each kind may stand once."""

    def number(self, kind: str) -> int | None:
        """The single value of a kind, if there."""
        values = self.get(kind)
        return values[0] if values else None


def gather(tokens: Iterable[Token]) -> Parts | None:
    """Tokens by kind, with compound kinds taken apart; None where a kind stands twice."""
    parts = Parts()
    for kind, values in tokens:
        for name, value in _apart(kind, values):
            if name in parts and parts[name] != value:
                return None
            parts[name] = value
    return _without_echoes(parts)


# Words that only repeat what another part is: "tháng 9/2023", "19th day of March", "late on Tuesday".
_ECHOES = {words.MONTH: "month", words.QUARTER: "quarter", words.HALF: "half", words.DAY: "number"}


def _without_echoes(parts: Parts) -> Parts:
    if "direction" not in parts and _ECHOES.get(parts.get("unit", (-1,))[0]) in parts:
        del parts["unit"]
    if "part" in parts and ("weekday" in parts or "day_offset" in parts):
        del parts["part"]
    return parts


def _apart(kind: str, values: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    """Kinds that stand for several parts: 22/9 is a day and a month, Jahresende the late part of a year."""
    names = {"iso": ("year", "month", "number"), "dmy": ("number", "month", "year"), "month_year": ("month", "year")}
    names["day_month"] = ("number", "month")
    if kind in names:
        return [(name, (value,)) for name, value in zip(names[kind], values, strict=True)]
    for prefix, direction in (("last_unit", -1), ("this_unit", 0), ("next_unit", 1)):
        if kind == prefix:
            return [("unit", values), ("direction", (direction,))]
    unit, _, place = kind.partition("_")
    edges = {"start": words.EARLY, "middle": words.MID, "end": words.LATE}
    if place in edges and unit in ("year", "month", "week"):
        units = {"year": words.YEAR, "month": words.MONTH, "week": words.WEEK}
        return [("part", (edges[place],)), ("unit", (units[unit],))]
    return [(kind, values)]


def resolve(parts: Parts, document: date | None) -> Reading | None:
    """The reading of gathered parts, or None where they make no date or need a document date that is not there."""
    try:
        parts = _with_year(parts, document)
        for rule in _RULES:
            if (reading := rule(parts, document)) is not None:
                return reading
    except (ValueError, OverflowError, LookupError):  # no such day, or out of the range of dates
        return None
    return None


class _Unresolvable(ValueError):
    """Parts that need what is not there."""


def _with_year(parts: Parts, document: date | None) -> Parts:
    """Two-digit years made four, and "next year" beside other parts made a year."""
    parts = Parts(parts)
    number = parts.number("year")
    if number is not None:
        full = number + (2000 if number < 70 else 1900) if number < 100 else number
        if not stretches.FIRST_YEAR <= full <= stretches.LAST_YEAR:
            raise _Unresolvable
        parts["year"] = (full,)
        if parts.number("unit") == words.YEAR and "direction" not in parts:
            del parts["unit"]
    elif parts.number("unit") == words.YEAR and (len(parts) > 2 or "direction" not in parts):
        if document is None:
            raise _Unresolvable
        parts["year"] = (document.year + (parts.number("direction") or 0),)
        parts["relative"] = (1 if "direction" in parts else 0,)
        parts.pop("direction", None)
        del parts["unit"]
    return parts


def _only(parts: Parts, *kinds: str) -> bool:
    """Whether exactly these kinds are there; "direction", "relative" and "year" may come on top where not excluded."""
    return set(kinds) == set(parts) - {"year", "direction", "relative"}


def _in_year(
    parts: Parts, document: date | None, build: Callable[[int], Stretch | None], open_year: Stretch | None = None
) -> Reading | None:
    """The stretch that ``build`` gives for the year said, or for the year that brings it nearest to the document."""
    year, direction = parts.number("year"), parts.number("direction")
    if year is not None:
        stretch = build(year)
        if stretch is None or direction is not None:
            return None
        method, sure = (RELATIVE, "certain") if "relative" in parts else (ABSOLUTE, "certain")
        sure = "likely" if parts.number("relative") == 0 else sure
        return Reading(stretch, method, least_sure(_sureness(stretch), "likely" if sure == "likely" else "certain"))
    if document is None:
        return Reading(open_year, OPEN_YEAR) if open_year and direction is None else None
    return _nearest([_try(build, document.year + shift) for shift in (-2, -1, 0, 1, 2)], document, direction, "year")


def _try(build: Callable[[int], Stretch | None], year: int) -> Stretch | None:
    try:
        return build(year)
    except ValueError:  # 29 February
        return None


def _nearest(found: list[Stretch | None], document: date, direction: int | None, kind: str) -> Reading | None:
    """The candidate nearest to the document; of next and last ones the first that lies wholly after or before it."""
    known = [stretch for stretch in found if stretch is not None]
    if direction is not None and direction > 0:
        known = [stretch for stretch in known if stretch.start and stretch.start > document]
    elif direction is not None and direction < 0:
        known = [stretch for stretch in known if stretch.end and stretch.end < document]
    if not known:
        return None
    best = min(known, key=lambda stretch: _distance(stretch, document))
    if direction is not None:
        return Reading(best, RELATIVE, "likely")
    near = _distance(best, document) <= _NEAR_DAYS[kind]
    return Reading(best, NEAREST, "likely" if near else "ambiguous")


def _distance(stretch: Stretch, document: date) -> int:
    assert stretch.start is not None and stretch.end is not None
    return max(0, (stretch.start - document).days, (document - stretch.end).days)


def _sureness(stretch: Stretch) -> Confidence:
    return "likely" if stretch.vague else "certain"


def _day(parts: Parts, document: date | None) -> Reading | None:
    if not (_only(parts, "number", "month") or _only(parts, "number", "month", "weekday")):
        return None
    month, number = parts["month"][0], parts["number"][0]
    open_year = stretches.day_of_any_year(month, number)
    if open_year is None:
        return None
    reading = _in_year(parts, document, lambda year: stretches.day(date(year, month, number)), open_year)
    weekday = parts.number("weekday")
    if reading is None or weekday is None or reading.stretch.start is None:
        return reading
    if reading.stretch.start.isoweekday() == weekday:
        return reading
    return Reading(reading.stretch, reading.method, "ambiguous")  # the weekday says another day


def _month(parts: Parts, document: date | None) -> Reading | None:
    if not _only(parts, "month"):
        return None
    number = parts["month"][0]
    return _in_year(parts, document, partial(_month_of, number=number), stretches.month_of_any_year(number))


def _month_of(year: int, number: int) -> Stretch:
    return stretches.month(year, number)


def _month_parts(parts: Parts, document: date | None) -> Reading | None:
    """Early, middle and late parts and halves of a named month; its first week."""
    builders: dict[str, Callable[[int, int, int], Stretch]] = {
        "part": lambda year, month, part: stretches.month_part(year, month, part),
        "week_third": lambda year, month, part: stretches.month_part(year, month, part - 1),
        "half": lambda year, month, part: stretches.month_part(year, month, part - 1, parts=2),
        "first_week": lambda year, month, _: _first_week(year, month),
    }
    for kind, build in builders.items():
        if _only(parts, "month", kind):
            month, part = parts["month"][0], parts[kind][0]
            return _in_year(parts, document, lambda year: build(year, month, part))  # noqa: B023 - used at once
    compound = {"month_first_half": ("half", 1), "month_second_half": ("half", 2), "month_first_week": ("first_week", 1)}
    for kind, (part_kind, value) in compound.items():
        if _only(parts, kind):
            rest = {name: number for name, number in parts.items() if name != kind}
            return _month_parts(Parts(rest | {"month": parts[kind], part_kind: (value,)}), document)
    return None


def _first_week(year: int, month: int) -> Stretch:
    return stretches.days(date(year, month, 1), date(year, month, 7), "week", approximate=True)


def _year_sections(parts: Parts, document: date | None) -> Reading | None:
    """Quarters, halves, seasons, runs of months and school terms."""
    builders: dict[str, Callable[[int, int], Stretch]] = {
        "quarter": stretches.quarter,
        "half": stretches.half,
        "season": stretches.season,
        "first_months": lambda year, count: _run(year, 1, count),
        "last_months": lambda year, count: _run(year, 13 - count, count),
        "winter_term": lambda year, _: stretches.months(year, 10, 6, "half", vague=True),
        "summer_term": lambda year, _: stretches.months(year, 4, 6, "half", vague=True),
    }
    for kind, build in builders.items():
        plain = {"part"} & set(parts) if kind in ("season", "quarter") else set()
        if _only(parts, kind, *plain):
            value = parts[kind][0]
            reading = _in_year(parts, document, lambda year: build(year, value))  # noqa: B023 - used at once
            return reading and _season_sureness(reading, value, bool(plain))
    return None


def _season_sureness(reading: Reading, value: int, part: bool) -> Reading:
    """Winter of a year may be the one at its beginning; a part of a section is given as the whole, so only likely."""
    if value == words.WINTER and reading.method == ABSOLUTE:
        return Reading(reading.stretch, reading.method, "ambiguous")
    return Reading(reading.stretch, reading.method, least_sure(reading.confidence, "likely" if part else "certain"))


def _run(year: int, first: int, count: int) -> Stretch:
    if count == 6:
        return stretches.half(year, 1 if first == 1 else 2)
    if count == 3:
        return stretches.quarter(year, 1 if first == 1 else 4)
    return stretches.months(year, first, count, "month")


def _holiday(parts: Parts, document: date | None) -> Reading | None:
    if not _only(parts, "holiday"):
        return None
    name = parts["holiday"][0]
    reading = _in_year(parts, document, lambda year: _feast(name, year))
    return reading and Reading(reading.stretch, reading.method, least_sure(reading.confidence, "likely"))


def _feast(name: int, year: int) -> Stretch:
    if name in _EASTER:
        shift, method = _EASTER[name]
        return stretches.day(easter(year, method) + timedelta(days=shift))
    if name == words.TET:  # the new moon that begins the lunar year lies between these days
        return stretches.days(date(year, 1, 21), date(year, 2, 20), "part of year", approximate=True)
    return stretches.day(date(year, 12, 25) if name == words.CHRISTMAS else date(year, 1, 1))


def _year(parts: Parts, document: date | None) -> Reading | None:
    if "year" not in parts:
        return None
    year = parts["year"][0]
    if _only(parts):
        return _in_year(parts, document, stretches.year)
    if _only(parts, "part"):
        return _in_year(parts, document, lambda number: stretches.year_third(number, parts["part"][0]))
    if parts.number("unit") in (words.FISCAL_YEAR, words.SCHOOL_YEAR) and _only(parts, "unit"):
        fiscal = parts["unit"][0] == words.FISCAL_YEAR
        stretch = stretches.year(year) if fiscal else stretches.years(year, year + 1)
        return Reading(stretch, ABSOLUTE, "likely")
    if parts.number("unit") == words.DECADE and year % 10 == 0 and _only(parts, "unit"):
        return Reading(stretches.decade(year))
    return None


def _span_of_years(parts: Parts, document: date | None) -> Reading | None:
    """2026/27: two years said together; with a winter or a winter term, the one across them."""
    if "years" not in parts:
        return None
    first, last = parts["years"]
    last = first // 100 * 100 + last if last < 100 else last
    if last < first or not stretches.FIRST_YEAR <= first <= last <= stretches.LAST_YEAR:
        return None
    rest = Parts({kind: value for kind, value in parts.items() if kind != "years"})
    across = rest.number("season") == words.WINTER or "winter_term" in rest
    if across and last == first + 1 and len(rest) == 1:
        reading = resolve(Parts(rest | {"year": (first,)}), document)
        return reading and Reading(reading.stretch, ABSOLUTE, "likely")
    if not rest or set(rest) == {"unit"} and rest["unit"][0] in (words.YEAR, words.SCHOOL_YEAR, words.FISCAL_YEAR):
        return Reading(stretches.years(first, last), ABSOLUTE, "likely" if rest else "certain")
    return None


def _decade(parts: Parts, document: date | None) -> Reading | None:
    first, part = parts.number("decade"), parts.number("part")
    sure: Confidence = "certain"
    if (short := parts.number("short_decade")) is not None:
        first, sure = (1900 if short >= 30 else 2000) + short, "likely"
    if first is not None and set(parts) - {"part", "unit"} <= {"decade", "short_decade"}:
        stretch = stretches.decade(first) if part is None else stretches.decade_part(first, part)
        return Reading(stretch, ABSOLUTE, least_sure(sure, _sureness(stretch)))
    if set(parts) == {"century"} and 10 < parts["century"][0] <= 21:
        return Reading(stretches.century(parts["century"][0]))
    return None


def _day_offset(parts: Parts, document: date | None) -> Reading | None:
    if set(parts) != {"day_offset"} or document is None:
        return None
    return Reading(stretches.day(document + timedelta(days=parts["day_offset"][0])), RELATIVE)


def _weekday(parts: Parts, document: date | None) -> Reading | None:
    if not _only(parts, "weekday") or "year" in parts or document is None:
        return None
    shift = parts["weekday"][0] - document.isoweekday()
    found = [stretches.day(document + timedelta(days=shift + 7 * weeks)) for weeks in (-1, 0, 1)]
    direction = parts.number("direction")
    if direction == 0:  # of this week
        return Reading(found[1], RELATIVE, "likely")
    return _nearest(list(found), document, direction, "weekday")


def _relative_unit(parts: Parts, document: date | None) -> Reading | None:
    """This, next and last week, month …; without such a word the present one, if a part of it is named."""
    if not (_only(parts, "unit") or _only(parts, "unit", "part")) or "year" in parts or document is None:
        return None
    unit, direction, part = parts["unit"][0], parts.number("direction"), parts.number("part")
    if direction is None and part is None and unit != words.WEEKEND:
        return None
    stretch = _unit_at(document, unit, direction or 0, part)
    if stretch is None:
        return None
    if unit == words.WEEKEND and direction is None:
        return _nearest([_unit_at(document, unit, weeks, None) for weeks in (-1, 0)], document, None, "weekday")
    sure = least_sure(_sureness(stretch), "likely" if direction is None or part is not None else "certain")
    return Reading(stretch, RELATIVE, sure)


def _unit_at(document: date, unit: int, shift: int, part: int | None) -> Stretch | None:
    if unit == words.WEEK:
        return stretches.week(document + timedelta(days=7 * shift))
    if unit == words.WEEKEND:
        return stretches.weekend(document + timedelta(days=7 * shift))
    if unit == words.MONTH:
        year, month = divmod(document.year * 12 + document.month - 1 + shift, 12)
        return stretches.month(year, month + 1) if part is None else stretches.month_part(year, month + 1, part)
    if unit == words.QUARTER:
        year, quarter = divmod(document.year * 4 + (document.month - 1) // 3 + shift, 4)
        return stretches.quarter(year, quarter + 1)
    if unit == words.HALF:
        year, half = divmod(document.year * 2 + (document.month - 1) // 6 + shift, 2)
        return stretches.half(year, half + 1)
    return _years_at(document, unit, shift, part)


def _years_at(document: date, unit: int, shift: int, part: int | None) -> Stretch | None:
    year = document.year + shift
    if unit == words.YEAR:
        return stretches.year(year) if part is None else stretches.year_third(year, part)
    if unit == words.FISCAL_YEAR and part is None:
        from_words = stretches.year(year)
        return Stretch(f"{from_words.edtf}~", *([f"{from_words.edtf}~"] * 2), from_words.start, from_words.end, "year", True)
    if unit == words.SCHOOL_YEAR and part is None:  # the one that runs or, from September on, has begun
        first = year if document.month >= 9 else year - 1
        return stretches.years(first, first + 1, vague=True)
    if unit == words.DECADE:
        first = (document.year // 10 + shift) * 10
        return stretches.decade(first) if part is None else stretches.decade_part(first, part)
    return None


_RULES: tuple[Callable[[Parts, date | None], Reading | None], ...] = (
    _day,
    _month,
    _year,
    _span_of_years,
    _month_parts,
    _year_sections,
    _decade,
    _day_offset,
    _weekday,
    _relative_unit,
    _holiday,
)
