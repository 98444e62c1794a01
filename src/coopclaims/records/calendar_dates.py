"""Readings of parts of the calendar: days, months and their parts, quarters, seasons, feasts, years, decades."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from coopclaims.records import date_rules as words
from coopclaims.records import stretches
from coopclaims.records.date_readings import ABSOLUTE, Parts, Reading, in_year, only, sureness
from coopclaims.records.quotes import Confidence, least_sure
from coopclaims.records.stretches import Stretch

# Days after Easter Sunday, and whose Easter.
_EASTER = {
    words.EASTER: (0, EASTER_WESTERN),
    words.ORTHODOX_EASTER: (0, EASTER_ORTHODOX),
    words.PENTECOST: (49, EASTER_WESTERN),
}
_COMPOUND_PARTS = {
    "month_first_half": ("half", 1),
    "month_second_half": ("half", 2),
    "month_first_week": ("first_week", 1),
}
_MONTH_PARTS: dict[str, Callable[[int, int, int], Stretch]] = {
    "part": stretches.month_part,
    "week_third": lambda year, month, part: stretches.month_part(year, month, part - 1),
    "half": lambda year, month, part: stretches.month_part(year, month, part - 1, parts=2),
    "first_week": lambda year, month, _: stretches.first_week(year, month),
}
_YEAR_SECTIONS: dict[str, Callable[[int, int], Stretch]] = {
    "quarter": stretches.quarter,
    "half": stretches.half,
    "season": stretches.season,
    "first_months": lambda year, count: _run(year, 1, count),
    "last_months": lambda year, count: _run(year, 13 - count, count),
    "winter_term": lambda year, _: stretches.months(year, 10, 6, "half", vague=True),
    "summer_term": lambda year, _: stretches.months(year, 4, 6, "half", vague=True),
}


def read_day(parts: Parts, document: date | None) -> Reading | None:
    """A day of a month, with or without year and weekday."""
    if not (only(parts, "number", "month") or only(parts, "number", "month", "weekday")):
        return None
    month, number = parts["month"][0], parts["number"][0]
    open_year = stretches.day_of_any_year(month, number)
    if open_year is None:
        return None
    reading = in_year(parts, document, lambda year: stretches.day(date(year, month, number)), open_year)
    weekday = parts.number("weekday")
    if reading is None or weekday is None or reading.stretch.start is None:
        return reading
    fitting = in_year(parts, document, lambda year: _day_on(weekday, date(year, month, number)))
    if fitting is None:  # the weekday says another day
        return Reading(reading.stretch, reading.method, "ambiguous")
    return fitting if fitting.confidence == "certain" else Reading(fitting.stretch, fitting.method, "likely")


def _day_on(weekday: int, day: date) -> Stretch | None:
    return stretches.day(day) if day.isoweekday() == weekday else None


def read_month(parts: Parts, document: date | None) -> Reading | None:
    """A month, with or without a year."""
    if not only(parts, "month"):
        return None
    number = parts["month"][0]
    return in_year(parts, document, partial(stretches.month, number=number), stretches.month_of_any_year(number))


def read_month_parts(parts: Parts, document: date | None) -> Reading | None:
    """Early, middle and late parts and halves of a named month; its first week."""
    for kind, build in _MONTH_PARTS.items():
        if only(parts, "month", kind):
            month, part = parts["month"][0], parts[kind][0]
            return in_year(parts, document, lambda year: build(year, month, part))  # noqa: B023 - used at once
    for kind, (part_kind, value) in _COMPOUND_PARTS.items():
        if only(parts, kind):
            rest = {name: number for name, number in parts.items() if name != kind}
            return read_month_parts(Parts(rest | {"month": parts[kind], part_kind: (value,)}), document)
    return None


def read_year_sections(parts: Parts, document: date | None) -> Reading | None:
    """Quarters, halves, seasons, runs of months and school terms."""
    for kind, build in _YEAR_SECTIONS.items():
        part = {"part"} & set(parts) if kind in ("season", "quarter") else set()
        if only(parts, kind, *part):
            value = parts[kind][0]
            reading = in_year(parts, document, lambda year: build(year, value))  # noqa: B023 - used at once
            return reading and _section_sureness(reading, kind == "season" and value == words.WINTER, bool(part))
    return None


def _section_sureness(reading: Reading, winter: bool, part: bool) -> Reading:
    """Winter of a year may be the one at its beginning; a part of a section is given as the whole, so only likely."""
    if winter and reading.method == ABSOLUTE:
        return Reading(reading.stretch, reading.method, "ambiguous")
    return Reading(reading.stretch, reading.method, least_sure(reading.confidence, "likely" if part else "certain"))


def _run(year: int, first: int, count: int) -> Stretch:
    if count == 6:
        return stretches.half(year, 1 if first == 1 else 2)
    if count == 3:
        return stretches.quarter(year, 1 if first == 1 else 4)
    return stretches.months(year, first, count, "month")


def read_holiday(parts: Parts, document: date | None) -> Reading | None:
    """A feast that names a time of the year, as its main day."""
    if not only(parts, "holiday"):
        return None
    name = parts["holiday"][0]
    reading = in_year(parts, document, lambda year: _feast(name, year))
    return reading and Reading(reading.stretch, reading.method, least_sure(reading.confidence, "likely"))


def _feast(name: int, year: int) -> Stretch:
    if name in _EASTER:
        shift, method = _EASTER[name]
        return stretches.day(easter(year, method) + timedelta(days=shift))
    if name == words.TET:  # the new moon that begins the lunar year lies between these days
        return stretches.days(date(year, 1, 21), date(year, 2, 20), "part of year", approximate=True)
    return stretches.day(date(year, 12, 25) if name == words.CHRISTMAS else date(year, 1, 1))


def read_year(parts: Parts, document: date | None) -> Reading | None:
    """A year, a part of it, a fiscal or school year, a decade named by its first year."""
    if "year" not in parts:
        return None
    year = parts["year"][0]
    if only(parts):
        return in_year(parts, document, stretches.year)
    if only(parts, "part"):
        return in_year(parts, document, lambda number: stretches.year_third(number, parts["part"][0]))
    if parts.number("unit") in (words.FISCAL_YEAR, words.SCHOOL_YEAR) and only(parts, "unit"):
        fiscal = parts["unit"][0] == words.FISCAL_YEAR
        stretch = stretches.year(year) if fiscal else stretches.years(year, year + 1)
        return Reading(stretch, ABSOLUTE, "likely")
    if parts.number("unit") == words.DECADE and year % 10 == 0 and only(parts, "unit"):
        return Reading(stretches.decade(year))
    return None


def read_span_of_years(parts: Parts, document: date | None) -> Reading | None:
    """2026/27, 1999/00: years said together; with a winter or a winter term, the one across them."""
    if "years" not in parts:
        return None
    first, last = parts["years"]
    if last < 100:
        # A century later only where it is the next year: 1999/00.
        last += first // 100 * 100 + (100 if last == 0 and first % 100 == 99 else 0)
    if last < first or not stretches.FIRST_YEAR <= first <= last <= stretches.LAST_YEAR:
        return None
    rest = Parts({kind: value for kind, value in parts.items() if kind != "years"})
    across = rest.number("season") == words.WINTER or "winter_term" in rest
    if across and last == first + 1 and len(rest) == 1:
        reading = read_year_sections(Parts(rest | {"year": (first,)}), document)
        return reading and Reading(reading.stretch, ABSOLUTE, "likely")
    if not rest or (set(rest) == {"unit"} and rest["unit"][0] in (words.YEAR, words.SCHOOL_YEAR, words.FISCAL_YEAR)):
        calendar = rest.number("unit") in (None, words.YEAR)
        return Reading(stretches.years(first, last), ABSOLUTE, "certain" if calendar else "likely")
    return None


def read_decade(parts: Parts, _document: date | None) -> Reading | None:
    """A decade ("the 2030s", "siebziger Jahre"), a part of one, or a century."""
    first, part = parts.number("decade"), parts.number("part")
    sure: Confidence = "certain"
    if (short := parts.number("short_decade")) is not None:
        first, sure = (1900 if short >= 30 else 2000) + short, "likely"
    if first is not None and set(parts) - {"part", "unit"} <= {"decade", "short_decade"}:
        stretch = stretches.decade(first) if part is None else stretches.decade_part(first, part)
        return Reading(stretch, ABSOLUTE, least_sure(sure, sureness(stretch)))
    if set(parts) == {"century"} and 10 < parts["century"][0] <= 21:
        return Reading(stretches.century(parts["century"][0]))
    return None
