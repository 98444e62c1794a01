"""Stretches of the calendar: a day, a month, a quarter …, with their EDTF string and their first and last day.

EDTF is the Extended Date/Time Format of the Library of Congress (loc.gov/standards/datetime, part of ISO 8601-2:2019).
Sub-year groupings are those of its level 2: 21-24 seasons, 33-36 quarters, 37-39 thirds, 40-41 halves of a year.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1000, 2199  # years that four digits of a news text can mean
_SEASON_MONTHS = {21: 3, 22: 6, 23: 9, 24: 12}  # first month, meteorological, northern hemisphere


@dataclass(frozen=True)
class Stretch:
    """A stretch of days: EDTF, the EDTF strings of its first and last part (for intervals), bounds, and precision.

    ``start`` and ``end`` are None where the side is open or the year unknown. ``vague`` marks bounds that are a
    convention (seasons, "early", "end of").
    """

    edtf: str
    low: str
    high: str
    start: date | None
    end: date | None
    precision: str
    vague: bool = False


def _plain(edtf: str, start: date | None, end: date | None, precision: str, vague: bool = False) -> Stretch:
    return Stretch(edtf, edtf, edtf, start, end, precision, vague)


def day(value: date) -> Stretch:
    """A single day."""
    return _plain(value.isoformat(), value, value, "day")


def day_of_any_year(month: int, number: int) -> Stretch | None:
    """A day whose year is unknown, None if no year has it."""
    valid = number <= monthrange(2024, month)[1]  # a leap year
    return _plain(f"XXXX-{month:02d}-{number:02d}", None, None, "day") if valid else None


def month_of_any_year(month: int) -> Stretch:
    """A month whose year is unknown."""
    return _plain(f"XXXX-{month:02d}", None, None, "month")


def month(year: int, number: int) -> Stretch:
    """A calendar month."""
    last = monthrange(year, number)[1]
    return _plain(f"{year:04d}-{number:02d}", date(year, number, 1), date(year, number, last), "month")


def months(year: int, first: int, count: int, precision: str, edtf: str | None = None, vague: bool = False) -> Stretch:
    """``count`` months from ``first`` on, which may run into the next year."""
    begin, end = month(year, first), month(year + (first + count - 2) // 12, (first + count - 2) % 12 + 1)
    return Stretch(edtf or f"{begin.edtf}/{end.edtf}", begin.edtf, end.edtf, begin.start, end.end, precision, vague)


def quarter(year: int, number: int) -> Stretch:
    """A quarter of a calendar year (EDTF 33 to 36)."""
    return months(year, 3 * number - 2, 3, "quarter", f"{year:04d}-{32 + number}")


def half(year: int, number: int) -> Stretch:
    """A half of a calendar year (EDTF 40 and 41)."""
    return months(year, 6 * number - 5, 6, "half", f"{year:04d}-{39 + number}")


def season(year: int, code: int) -> Stretch:
    """A season (EDTF 21 to 24) as in the northern hemisphere; winter is the one that begins in December of ``year``."""
    return months(year, _SEASON_MONTHS[code], 3, "season", f"{year:04d}-{code}", vague=True)


def year_third(year: int, part: int) -> Stretch:
    """The early, middle or late part (0, 1, 2) of a year, as its thirds (EDTF 37 to 39)."""
    return months(year, 4 * part + 1, 4, "part of year", f"{year:04d}-{37 + part}", vague=True)


def month_part(year: int, number: int, part: int, parts: int = 3) -> Stretch:
    """The early, middle or late ten days (0, 1, 2) of a month, or a half (0, 1) where ``parts`` is 2."""
    size = 10 if parts == 3 else 15
    first = date(year, number, 1 + size * part)
    last = date(year, number, monthrange(year, number)[1] if part == parts - 1 else size * (part + 1))
    return days(first, last, "part of month", approximate=True)


def first_week(year: int, number: int) -> Stretch:
    """About the first seven days of a month."""
    return days(date(year, number, 1), date(year, number, 7), "week", approximate=True)


def days(first: date, last: date, precision: str, approximate: bool = False) -> Stretch:
    """An interval of days; ``approximate`` marks both ends with EDTF's ``~``."""
    mark = "~" if approximate else ""
    low, high = first.isoformat() + mark, last.isoformat() + mark
    return Stretch(f"{low}/{high}", low, high, first, last, precision, approximate)


def week(value: date) -> Stretch:
    """The week (Monday to Sunday) that holds a day."""
    monday = value - timedelta(days=value.weekday())
    return days(monday, monday + timedelta(days=6), "week")


def weekend(value: date) -> Stretch:
    """Saturday and Sunday of the week that holds a day."""
    saturday = value + timedelta(days=5 - value.weekday())
    return days(saturday, saturday + timedelta(days=1), "weekend")


def year(number: int) -> Stretch:
    """A calendar year."""
    return _plain(f"{number:04d}", date(number, 1, 1), date(number, 12, 31), "year")


def years(first: int, last: int, precision: str = "year", vague: bool = False) -> Stretch:
    """An interval of calendar years."""
    low, high = f"{first:04d}", f"{last:04d}"
    return Stretch(f"{low}/{high}", low, high, date(first, 1, 1), date(last, 12, 31), precision, vague)


def decade(first: int) -> Stretch:
    """Ten years from ``first`` on (EDTF 203X)."""
    return replace(years(first, first + 9, "decade"), edtf=f"{first // 10:03d}X")


def decade_part(first: int, part: int) -> Stretch:
    """The early, middle or late years of a decade: 0-3, 4-6, 7-9."""
    begin, end = ((0, 3), (4, 6), (7, 9))[part]
    return years(first + begin, first + end, "part of decade", vague=True)


def century(number: int) -> Stretch:
    """A century in the everyday sense: the nineteenth is 1800 to 1899 (EDTF 18XX)."""
    first = 100 * (number - 1)
    return replace(years(first, first + 99, "century"), edtf=f"{number - 1:02d}XX")
