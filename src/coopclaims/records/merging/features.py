"""What a pair of mentions is judged by: a row of numbers a pair, each with a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from coopclaims.records.merging.candidates import Pairs
from coopclaims.records.merging.mention import Mention
from coopclaims.records.merging.views import matrices

Floats = NDArray[np.float64]
_ROWS = 50_000
# Amounts this near are one amount told with different care ("some two million", "1.95 million").
_NEAR = 0.1
_CALENDAR_DAY = re.compile(r"(?:XXXX|\d{4})-(\d{2}-\d{2})")

# What is compared one pair after another, the rest being columns at once.
_COMPARED = (
    "party_countries_shared",
    "party_countries_differ",
    "place_countries_differ",
    "amount_equal",
    "amount_near",
    "amount_differs",
    "dates_meet",
    "dates_apart",
    "years_shared",
    "years_differ",
)
FEATURES = (
    "context_same_language",
    "context_other_language",
    "same_type",
    "same_status",
    "one_denied",
    "parties",
    "topic_same_language",
    "topic_other_language",
    "trigger_same_language",
    "trigger_other_language",
    "places",
    *_COMPARED,
    "type_and_context",
    "type_and_parties",
)

# Those that speak against a pair; the others may only speak for it. Without that, weights would take over what is
# peculiar to the corpus, where each story is told once in a language.
AGAINST = frozenset(
    {"one_denied", "party_countries_differ", "place_countries_differ", "amount_differs", "dates_apart", "years_differ"}
)


@dataclass(frozen=True)
class _Table:
    """Mentions as columns of plain values."""

    type: NDArray[np.str_]
    status: NDArray[np.str_]
    lang: NDArray[np.str_]
    party_countries: list[frozenset[str]]
    place_countries: list[frozenset[str]]
    years: list[frozenset[str]]
    amounts: list[dict[str, list[float]]]
    spans: list[tuple[int, int] | None]
    calendar_days: list[frozenset[str]]


def pair_features(mentions: Sequence[Mention], pairs: Pairs) -> Floats:
    """The features of each pair, (pairs, len(FEATURES)), in the order of FEATURES."""
    table, views = _table(mentions), matrices(mentions)
    chunks = [_chunk(table, views, pairs[at : at + _ROWS]) for at in range(0, len(pairs), _ROWS)]
    return np.concatenate(chunks) if chunks else np.zeros((0, len(FEATURES)))


def _chunk(table: _Table, views: dict[str, sparse.csr_array], pairs: Pairs) -> Floats:
    left, right = pairs[:, 0], pairs[:, 1]
    cosine = {name: np.asarray((m[left] * m[right]).sum(axis=1)).ravel() for name, m in views.items()}
    same_language = (table.lang[left] == table.lang[right]).astype(float)
    same_type = (table.type[left] == table.type[right]).astype(float)
    denied = (table.status[left] == "denied") != (table.status[right] == "denied")
    one_by_one = np.array([_compare(table, i, j) for i, j in pairs.tolist()]).reshape(len(pairs), len(_COMPARED))
    columns = {
        "same_type": same_type,
        "same_status": table.status[left] == table.status[right],
        "one_denied": denied,
        "parties": cosine["parties"],
        "places": cosine["places"],
        "type_and_context": same_type * cosine["context"],
        "type_and_parties": same_type * cosine["parties"],
        **dict(zip(_COMPARED, one_by_one.T, strict=True)),
    }
    for view in ("context", "topic", "trigger"):
        columns[f"{view}_same_language"] = cosine[view] * same_language
        columns[f"{view}_other_language"] = cosine[view] * (1 - same_language)
    return np.stack([np.asarray(columns[name], dtype=float) for name in FEATURES], axis=1)


def _compare(table: _Table, i: int, j: int) -> tuple[float, ...]:
    """The features of one pair, in the order of _COMPARED."""
    shared, differ = _sets(table.party_countries[i], table.party_countries[j])
    _, places_differ = _sets(table.place_countries[i], table.place_countries[j])
    years_shared, years_differ = _sets(table.years[i], table.years[j])
    dates = _dates(table.spans[i], table.spans[j])
    if not any(dates) and table.calendar_days[i] & table.calendar_days[j]:
        dates = (1.0, 0.0)
    return (
        shared,
        differ,
        places_differ,
        *_amounts(table.amounts[i], table.amounts[j]),
        *dates,
        years_shared,
        years_differ,
    )


def _sets(one: frozenset[str], other: frozenset[str]) -> tuple[float, float]:
    """The share of the smaller set that is in the other, and whether two sets have nothing in common."""
    if not one or not other:
        return 0.0, 0.0
    shared = len(one & other) / min(len(one), len(other))
    return shared, float(shared == 0)


def _amounts(one: dict[str, list[float]], other: dict[str, list[float]]) -> tuple[float, float, float]:
    """Whether two amounts of a unit are equal, whether the nearest are only near, and whether all are far apart."""
    gaps = [
        abs(a - b) / (max(abs(a), abs(b)) or 1)
        for unit in one.keys() & other.keys()
        for a in one[unit]
        for b in other[unit]
    ]
    if not gaps:
        return 0.0, 0.0, 0.0
    gap = min(gaps)
    return float(gap < 1e-6), float(1e-6 <= gap <= _NEAR), float(gap > _NEAR)


def _dates(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[float, float]:
    """Whether two stretches of days meet, and how far apart they are, on a scale that reaches 1 at three years."""
    if one is None or other is None:
        return 0.0, 0.0
    gap = max(one[0], other[0]) - min(one[1], other[1])
    return float(gap <= 0), float(min(1.0, np.log1p(max(0, gap)) / np.log1p(1096)))


def _table(mentions: Sequence[Mention]) -> _Table:
    return _Table(
        type=np.array([m.type for m in mentions]),
        status=np.array([m.status for m in mentions]),
        lang=np.array([m.lang for m in mentions]),
        party_countries=[_countries(m, "PARTY") for m in mentions],
        place_countries=[_countries(m, "PLACE") for m in mentions],
        years=[frozenset(k for k in m.context if k[:3] in ("#19", "#20") and len(k) == 5) for m in mentions],
        amounts=[_figures(m) for m in mentions],
        spans=[days(m) for m in mentions],
        calendar_days=[_calendar_days(m) for m in mentions],
    )


def _countries(mention: Mention, label: str) -> frozenset[str]:
    return frozenset(code for value in mention.values(label) for code in value["countries"])


def _figures(mention: Mention) -> dict[str, list[float]]:
    """The bounds of the amounts by what is counted: a currency, a unit, or just the kind."""
    found: dict[str, list[float]] = {}
    for value in mention.values("AMOUNT"):
        unit = value.get("currency") or (value.get("unit") if value["kind"] != "count" else None) or value["kind"]
        unit = "count" if unit == "number" else unit
        found.setdefault(unit, []).append(float(Fraction(value.get("value") or value["high"])))
    return found


def _calendar_days(mention: Mention) -> frozenset[str]:
    """Month and day of the single days ("10-29"): without the document's date, many dates have no year."""
    return frozenset(found[1] for v in mention.values("DATE") if (found := _CALENDAR_DAY.fullmatch(v["edtf"])))


def days(mention: Mention) -> tuple[int, int] | None:
    """The stretch from the first to the last day of the dates, as day numbers; None where no bound is known."""
    values = mention.values("DATE")
    starts = [value.get("start") or value.get("end") for value in values]
    ends = [value.get("end") or value.get("start") for value in values]
    found = [
        (date.fromisoformat(s).toordinal(), date.fromisoformat(e).toordinal())
        for s, e in zip(starts, ends, strict=True)
        if s and e
    ]
    return (min(s for s, _ in found), max(e for _, e in found)) if found else None
