"""The record of a group of mentions: one act with all its tellings, and where they disagree."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from coopclaims.records.merging.context import folded_words
from coopclaims.records.merging.mention import Argument, Mention
from coopclaims.records.numbers import format_number

_SURENESS = ("certain", "likely", "ambiguous")
# Shorter stretches of time first.
_PRECISION = ("day", "weekend", "week", "part of month", "month", "season", "quarter", "part of year", "half", "year")


def merged_record(group: Sequence[Mention]) -> dict[str, Any]:
    """The JSON object of a group (sorted, not empty). Its id is that of its first mention, so it outlives additions."""
    first = group[0]
    digest = hashlib.sha256("\n".join((first.document, first.passage, first.claim)).encode()).hexdigest()
    dates = _valued(group, "DATE")
    return {
        "id": f"m-{digest[:16]}",
        "type": _most_common([mention.type for mention in group]),
        "status": _latest(group).status,
        "parties": _parties(group),
        "time": _time([argument.value or {} for _, argument in dates]),
        "fields": _by_language(group, "FIELD"),
        "instruments": _by_language(group, "INSTRUMENT"),
        "places": _by_language(group, "PLACE"),
        "amounts": [values[0] for values in _same_amounts(_valued(group, "AMOUNT"))],
        "status_by_source": [_status(mention) for mention in group],
        "status_over_time": [_status(mention) for mention in sorted(group, key=_by_date) if mention.date],
        "conflicts": list(_conflicts(group)),
        "languages": sorted({mention.lang for mention in group}),
        "mentions": [mention.to_json() for mention in group],
    }


def _most_common(values: Sequence[str]) -> str:
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value))


def _by_date(mention: Mention) -> tuple[str, ...]:
    return (mention.date or "", *mention.identity)


def _latest(group: Sequence[Mention]) -> Mention:
    """The last by document date; without dates the first with the most common status."""
    dated = [mention for mention in group if mention.date]
    usual = _most_common([mention.status for mention in group])
    return max(dated, key=_by_date) if dated else next(m for m in group if m.status == usual)


def _status(mention: Mention) -> dict[str, Any]:
    sources = mention.quotes("SOURCE")
    told = {"document": mention.document, "passage": mention.passage, "claim": mention.claim, "status": mention.status}
    return {**told, **({"date": mention.date} if mention.date else {}), **({"sources": sources} if sources else {})}


def _valued(group: Sequence[Mention], label: str) -> list[tuple[Mention, Argument]]:
    return [(m, argument) for m in group for argument in m.arguments if argument.label == label and argument.value]


def _parties(group: Sequence[Mention]) -> list[dict[str, Any]]:
    """Named parties by entity, those that most mentions name first; descriptions only where nobody is named."""
    found: dict[str, list[Argument]] = defaultdict(list)
    for _, argument in _valued(group, "PARTY"):
        entity = (argument.value or {}).get("entity")
        found[entity or f"quote:{' '.join(folded_words(argument.quote))}"].append(argument)
    named = {key: some for key, some in found.items() if not key.startswith("quote:")} or found
    ordered = sorted(named.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        {
            **{k: v for k, v in (some[0].value or {}).items() if k in ("kind", "countries", "entity", "name")},
            "told_as": sorted({argument.quote for argument in some}),
        }
        for _, some in ordered
    ]


def _time(values: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The surest and most precise of the dates."""
    if not values:
        return None
    best = min(values, key=lambda v: (_rank(_SURENESS, v["confidence"]), _rank(_PRECISION, v["precision"]), v["edtf"]))
    return {key: best[key] for key in ("edtf", "start", "end", "precision") if key in best}


def _rank(order: Sequence[str], value: str) -> int:
    return order.index(value) if value in order else len(order)


def _by_language(group: Sequence[Mention], label: str) -> dict[str, list[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for mention in group:
        found[mention.lang].update(mention.quotes(label))
    return {lang: sorted(quotes) for lang, quotes in sorted(found.items()) if quotes}


def _same_amounts(arguments: Sequence[tuple[Mention, Argument]]) -> list[list[dict[str, Any]]]:
    """The values of amounts, equal ones together, in the order of what is counted and how many."""
    found: dict[tuple[str, Fraction, Fraction], list[dict[str, Any]]] = defaultdict(list)
    for _, argument in arguments:
        found[amount_key(argument.value or {})].append(argument.value or {})
    return [found[key] for key in sorted(found)]


def amount_key(value: dict[str, Any]) -> tuple[str, Fraction, Fraction]:
    """What is counted (a currency, a unit, else the words that say it, or just the kind of amount), and the bounds."""
    words = " ".join(folded_words(value.get("unit_text") or "")) if value["kind"] == "count" else ""
    unit = value.get("currency") or value.get("unit") or words or value["kind"]
    low, high = (Fraction(value.get("value") or value[bound]) for bound in ("low", "high"))
    return unit, low, high


def _conflicts(group: Sequence[Mention]) -> list[dict[str, Any]]:
    """Types, statuses, dates and amounts that differ between mentions, each value with the mentions that have it."""
    told: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in ("type", "status", "date", "amount")}
    for mention in group:
        name = f"{mention.passage}:{mention.claim}"
        told["type"][mention.type].add(name)
        told["status"][mention.status].add(name)
    for mention, argument in _valued(group, "DATE"):
        value = argument.value or {}
        if "start" in value and "end" in value:
            told["date"][f"{value['start']}/{value['end']}"].add(f"{mention.passage}:{mention.claim}")
    kinds = [kind for kind in ("type", "status") if len(told[kind]) > 1]
    kinds += ["date"] if _dates_differ(list(told["date"])) else []
    found = [
        {"kind": kind, "values": [{"value": v, "mentions": sorted(names)} for v, names in sorted(told[kind].items())]}
        for kind in kinds
    ]
    return found + _amount_conflicts(group)


def _dates_differ(stretches: Sequence[str]) -> bool:
    """Whether two of the stretches of days have no day in common."""
    bounds = [stretch.split("/") for stretch in stretches]
    return any(max(a[0], b[0]) > min(a[1], b[1]) for at, a in enumerate(bounds) for b in bounds[:at])


def _amount_conflicts(group: Sequence[Mention]) -> list[dict[str, Any]]:
    """For each thing counted, the differing amounts of mentions that have no amount of it in common."""
    by_unit: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for mention, argument in _valued(group, "AMOUNT"):
        unit, low, high = amount_key(argument.value or {})
        bounds = dict.fromkeys((format_number(low), format_number(high)))  # one where they are equal
        by_unit[unit][f"{mention.passage}:{mention.claim}"].add("/".join(bounds))
    found = []
    for unit, told in sorted(by_unit.items()):
        sets = list(told.values())
        if any(not (one & other) for at, one in enumerate(sets) for other in sets[:at]):
            values = sorted({value for some in sets for value in some})
            mentions = [{"value": v, "mentions": sorted(n for n, s in told.items() if v in s)} for v in values]
            found.append({"kind": "amount", "unit": unit, "values": mentions})
    return found
