"""One date expression without its connectors: its tokens gathered as parts, and the stretch of days they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from coopclaims.records import calendar_dates, relative_dates, stretches
from coopclaims.records import date_rules as words
from coopclaims.records.date_readings import Parts, Reading
from coopclaims.records.date_words import Token

# Kinds of tokens that stand for several parts: 22/9 is a day and a month.
_COMPOUND = {
    "iso": ("year", "month", "number"),
    "dmy": ("number", "month", "year"),
    "month_year": ("month", "year"),
    "day_month": ("number", "month"),
}
_DIRECTIONS = {"last_unit": -1, "this_unit": 0, "next_unit": 1}
# "Jahresende" is the late part of a year.
_EDGES = {"start": words.EARLY, "middle": words.MID, "end": words.LATE}
_EDGE_UNITS = {"year": words.YEAR, "month": words.MONTH, "week": words.WEEK}
# Words that only repeat what another part is: "tháng 9/2023", "19th day of March".
_ECHOES = {words.MONTH: "month", words.QUARTER: "quarter", words.HALF: "half", words.DAY: "number"}


def gather(tokens: Iterable[Token]) -> Parts | None:
    """Tokens by kind, with compound kinds taken apart; None where a kind stands twice."""
    parts = Parts()
    for kind, values in tokens:
        for name, value in _apart(kind, values):
            if name in parts:
                return None
            parts[name] = value
    if "direction" not in parts and _ECHOES.get(parts.get("unit", (-1,))[0]) in parts:
        del parts["unit"]
    if "part" in parts and ("weekday" in parts or "day_offset" in parts):  # "late on Tuesday" is a Tuesday
        del parts["part"]
    return parts


def _apart(kind: str, values: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    if kind in _COMPOUND:
        return [(name, (value,)) for name, value in zip(_COMPOUND[kind], values, strict=True)]
    if kind in _DIRECTIONS:
        return [("unit", values), ("direction", (_DIRECTIONS[kind],))]
    unit, _, edge = kind.partition("_")
    if edge in _EDGES and unit in _EDGE_UNITS:
        return [("part", (_EDGES[edge],)), ("unit", (_EDGE_UNITS[unit],))]
    return [(kind, values)]


def resolve(parts: Parts, document: date | None) -> Reading | None:
    """The reading of gathered parts, or None where they make no date or need a document date that is not there."""
    try:
        dated = _with_year(parts, document)
        readings = (rule(dated, document) for rule in _RULES) if dated else ()
        return next((reading for reading in readings if reading is not None), None)
    except (ValueError, OverflowError):  # no such day, or out of the range of dates
        return None


def _with_year(parts: Parts, document: date | None) -> Parts | None:
    """Two-digit years made four, and "next year" beside other parts made a year; None for a year out of range."""
    parts = Parts(parts)
    number = parts.number("year")
    if number is not None:
        full = number + (2000 if number < 70 else 1900) if number < 100 else number
        if not stretches.FIRST_YEAR <= full <= stretches.LAST_YEAR:
            return None
        parts["year"] = (full,)
        if parts.number("unit") == words.YEAR and "direction" not in parts:
            del parts["unit"]
    elif (
        "years" not in parts and parts.number("unit") == words.YEAR and len(parts) > (2 if "direction" in parts else 1)
    ):
        if document is None:
            return None
        parts["year"] = (document.year + (parts.number("direction") or 0),)
        parts["relative"] = (1 if "direction" in parts else 0,)
        parts.pop("direction", None)
        del parts["unit"]
    return parts


_RULES: tuple[Callable[[Parts, date | None], Reading | None], ...] = (
    calendar_dates.read_day,
    calendar_dates.read_month,
    calendar_dates.read_year,
    calendar_dates.read_span_of_years,
    calendar_dates.read_month_parts,
    calendar_dates.read_year_sections,
    calendar_dates.read_decade,
    calendar_dates.read_holiday,
    relative_dates.read_day_offset,
    relative_dates.read_weekday,
    relative_dates.read_relative_unit,
)
