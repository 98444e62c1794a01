"""Readings that count from the document date: yesterday, last Friday, next quarter, the end of the month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from coopclaims.records import date_rules as words
from coopclaims.records import stretches
from coopclaims.records.date_readings import RELATIVE, Parts, Reading, nearest, only, sureness
from coopclaims.records.quotes import least_sure
from coopclaims.records.stretches import Stretch


def read_day_offset(parts: Parts, document: date | None) -> Reading | None:
    """Yesterday, today, tomorrow."""
    if set(parts) != {"day_offset"} or document is None:
        return None
    return Reading(stretches.day(document + timedelta(days=parts["day_offset"][0])), RELATIVE)


def read_weekday(parts: Parts, document: date | None) -> Reading | None:
    """A weekday: the nearest, or the next or last one."""
    if not only(parts, "weekday") or "year" in parts or document is None:
        return None
    shift = parts["weekday"][0] - document.isoweekday()
    found = [stretches.day(document + timedelta(days=shift + 7 * weeks)) for weeks in (-1, 0, 1)]
    direction = parts.number("direction")
    if direction == 0:  # of this week
        return Reading(found[1], RELATIVE, "likely")
    return nearest(found, document, direction, "weekday")


def read_relative_unit(parts: Parts, document: date | None) -> Reading | None:
    """This, next and last week, month …; without such a word the present one, if a part of it is named."""
    if not (only(parts, "unit") or only(parts, "unit", "part")) or "year" in parts or document is None:
        return None
    unit, direction, part = parts["unit"][0], parts.number("direction"), parts.number("part")
    if direction is None and part is None and unit != words.WEEKEND:
        return None
    stretch = _unit_at(document, unit, direction or 0, part)
    if stretch is None:
        return None
    if unit == words.WEEKEND and direction is None:
        return nearest([_unit_at(document, unit, weeks, None) for weeks in (-1, 0)], document, None, "weekday")
    sure = least_sure(sureness(stretch), "likely" if direction is None or part is not None else "certain")
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
    if unit == words.FISCAL_YEAR and part is None:  # may begin in any month
        calendar_year = stretches.year(year)
        about = f"{calendar_year.edtf}~"
        return replace(calendar_year, edtf=about, low=about, high=about, vague=True)
    if unit == words.SCHOOL_YEAR and part is None:  # the one that runs or, from September on, has begun
        first = year if document.month >= 9 else year - 1
        return stretches.years(first, first + 1, vague=True)
    if unit == words.DECADE:
        first = (document.year // 10 + shift) * 10
        return stretches.decade(first) if part is None else stretches.decade_part(first, part)
    return None
