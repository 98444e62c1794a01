"""Readings of date expressions, and the choice of the one nearest to the document date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from coopclaims.records.quotes import Confidence, least_sure
from coopclaims.records.stretches import Stretch

ABSOLUTE = "absolute"
OPEN_YEAR = "year not said"
RELATIVE = "relative to document date"
NEAREST = "nearest to document date"
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


def only(parts: Parts, *kinds: str) -> bool:
    """Whether exactly these kinds are there, besides a year and a direction."""
    return set(kinds) == set(parts) - {"year", "direction", "relative"}


def in_year(
    parts: Parts, document: date | None, build: Callable[[int], Stretch | None], open_year: Stretch | None = None
) -> Reading | None:
    """The stretch that ``build`` gives for the year said, or for the year that brings it nearest to the document.

    Without either, ``open_year``. ``build`` may raise ValueError for a year that lacks the day.
    """
    year, direction = parts.number("year"), parts.number("direction")
    if year is not None:
        stretch = build(year)
        if stretch is None or direction is not None:
            return None
        # "The year" beside a part of it is the present one: likely, but not said.
        supplied = parts.number("relative") == 0
        method = RELATIVE if "relative" in parts else ABSOLUTE
        return Reading(stretch, method, least_sure(sureness(stretch), "likely" if supplied else "certain"))
    if document is None:
        return Reading(open_year, OPEN_YEAR) if open_year and direction is None else None
    return nearest([_try(build, document.year + shift) for shift in (-2, -1, 0, 1, 2)], document, direction, "year")


def _try(build: Callable[[int], Stretch | None], year: int) -> Stretch | None:
    try:
        return build(year)
    except ValueError:  # 29 February
        return None


def nearest(found: Sequence[Stretch | None], document: date, direction: int | None, kind: str) -> Reading | None:
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
    if stretch.start is None or stretch.end is None:
        raise ValueError("an open stretch has no distance")
    return max(0, (stretch.start - document).days, (document - stretch.end).days)


def sureness(stretch: Stretch) -> Confidence:
    """A stretch whose bounds are a convention is only likely."""
    return "likely" if stretch.vague else "certain"
