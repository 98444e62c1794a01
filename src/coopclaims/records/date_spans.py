"""Durations counted from the document date: "the next five years", "vor zwei Jahren", "hai tháng nữa"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from coopclaims.records import stretches
from coopclaims.records.date_readings import RELATIVE, Reading
from coopclaims.records.numbers import read_number
from coopclaims.records.stretches import Stretch

_UNITS: Mapping[str, str] = {
    "ngày": "day", "tuần": "week", "tháng": "month", "năm": "year",
    "tag": "day", "tage": "day", "tagen": "day", "woche": "week", "wochen": "week",
    "monat": "month", "monate": "month", "monaten": "month", "jahr": "year", "jahre": "year", "jahren": "year",
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month",
    "year": "year", "years": "year",
}  # fmt: skip
_COUNT = {"vi": r"(?P<count>\S+(?: \S+){0,2}?)", "de": r"(?P<count>\S+)", "en": r"(?P<count>\S+(?:[ -]\S+)?)"}
_NAMED = {
    "vi": r"(?P<unit>ngày|tuần|tháng|năm)",
    "de": r"(?P<unit>tagen?|wochen?|monate?n?|jahre?n?)",
    "en": r"(?P<unit>days?|weeks?|months?|years?)",
}
# What kind of span a phrase is: a stretch ahead of or behind the document date, or a point that far away.
_PHRASES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "vi": (
        ("ahead", r"(?:trong |trong vòng )?{count} {unit} (?:sắp )?tới"),
        ("behind", r"(?:trong |trong vòng )?{count} {unit} (?:vừa )?qua"),
        ("later", r"{count} {unit} nữa"),
        ("earlier", r"(?:cách đây|cách nay)(?: tròn)? {count} {unit}"),
        ("earlier", r"{count} {unit} trước(?: đây)?"),
    ),
    "de": (
        ("ahead", r"(?:in |während |innerhalb )?(?:den |der |die )?(?:kommend|nächst)e[nr]? {count} {unit}"),
        ("behind", r"(?:in |während )?(?:den |der |die )?(?:vergangen|letzt)e[nr]? {count} {unit}"),
        ("later", r"in {count} {unit}"),
        ("earlier", r"vor {count} {unit}"),
    ),
    "en": (
        ("ahead", r"(?:(?:in|over|within|during) )?(?:the )?(?:next|coming) {count} {unit}"),
        ("behind", r"(?:(?:in|over|within|during) )?(?:the )?(?:last|past) {count} {unit}"),
        ("later", r"in {count} {unit}(?:['’]? time)?"),
        ("later", r"{count} {unit} from now"),
        ("earlier", r"{count} {unit} ago"),
    ),
}  # fmt: skip


_PATTERNS = {
    lang: [
        (kind, re.compile(source.format(count=_COUNT[lang], unit=_NAMED[lang]), re.IGNORECASE))
        for kind, source in phrases
    ]
    for lang, phrases in _PHRASES.items()
}


def read_duration(text: str, lang: str, document: date | None) -> Reading | None:
    """The reading of a duration that counts from the document date, or None for any other expression."""
    if document is None:
        return None
    for kind, pattern in _PATTERNS[lang]:
        match = pattern.fullmatch(text)
        number = read_number(match["count"], 0, lang) if match else None
        if match is None or number is None or number.end != len(match["count"]) or number.value.denominator != 1:
            continue
        count, unit = int(number.value), _UNITS[match["unit"].lower()]
        if count > 1000:
            return None
        return _reading(kind, count, unit, document)
    return None


def _reading(kind: str, count: int, unit: str, document: date) -> Reading:
    ahead = kind in ("ahead", "later")
    there = _shifted(document, count if ahead else -count, unit)
    if kind in ("later", "earlier"):
        return Reading(there, RELATIVE, "certain" if unit == "day" else "likely")
    here = document.isoformat()
    if ahead:
        stretch = Stretch(f"{here}/{there.high}", here, there.high, document, there.end, unit, True)
    else:
        stretch = Stretch(f"{there.low}/{here}", there.low, here, there.start, document, unit, True)
    return Reading(stretch, RELATIVE, "likely")


def _shifted(document: date, count: int, unit: str) -> Stretch:
    """The day, week, month or year that lies so many of them from the document date: no more exact than the unit."""
    if unit == "day":
        return stretches.day(document + timedelta(days=count))
    if unit == "week":
        return stretches.week(document + timedelta(days=7 * count))
    if unit == "month":
        year, month = divmod(document.year * 12 + document.month - 1 + count, 12)
        return stretches.month(year, month + 1)
    return stretches.year(document.year + count)
