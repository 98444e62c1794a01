"""Offices that a text names with their country once, and without it elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from coopclaims.records.party_listed import OPEN_OFFICE

_METHOD = "office with its country in the text"


def complete_offices(values: Sequence[dict[str, Any]]) -> None:
    """Give the offices without a country among the values of a text that of the only full naming of the same office.

    "The Ministry of Health" is Vietnam's where the text also has "Vietnam's Ministry of Health" and no other country's.
    """
    full: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for value in values:
        office, _, country = (value.get("entity") or "").partition("@")
        if country:
            full[office][country] = value
    for value in values:
        named = list(full.get(value.get("entity") or "", {}).values())
        if len(named) == 1 and value.get("method") == OPEN_OFFICE:
            told = {key: named[0][key] for key in ("countries", "derived", "entity", "name")}
            value.update(told, method=_METHOD)
