"""The test set and the run, in the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coopclaims.charts import bar_chart
from coopclaims.html_elements import Html, element, section, table

Metrics = Mapping[str, Any]

_TOTALS = ("passages", "documents", "without_claims", "words", "claims", "spans")


def data_sections(metrics: Metrics) -> dict[str, Html]:
    """Sections by title."""
    data = metrics["data"]
    sides = {"overall": data["overall"], **data["by_language"]}
    rows = [[name.replace("_", " "), *(str(side[name]) for side in sides.values())] for name in _TOTALS]
    shares = [
        [name, *(_share(side[group][name], side[group]) for side in sides.values())]
        for group in ("by_label", "by_type", "by_status")
        for name in data["overall"][group]
        if data["overall"]["claims"] or group == "by_label"
    ]
    charts = [
        bar_chart(
            "Passages by words", "How many passages are of each length.", list(data["passages_by_words"].items())
        ),
        bar_chart(
            "Passages by claims",
            "How many passages have each number of claims in gold.",
            list(data["passages_by_claims"].items()),
        ),
    ]
    title = "Passages scored on"
    note = "Counts of the gold records; shares are of all spans for labels, of all claims for types and statuses."
    return {
        title: section(
            title,
            element("p", note),
            table(["count", *sides], rows),
            table(["name", *sides], shares),
            element("div", *charts, class_="charts"),
        )
    }


def facts_section(facts: Mapping[str, Any]) -> Html:
    """What a run was, as far as the caller says; nested facts as dotted names."""
    rows = [element("tr", element("th", name, scope="row"), element("td", value)) for name, value in _flat(facts)]
    return section("Run", element("div", element("table", *rows, class_="facts"), class_="scroll"))


def _share(count: int, group: Mapping[str, int]) -> str:
    total = sum(group.values())
    return f"{count} ({count / total:.0%})" if total else "0"


def _flat(facts: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in facts.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            rows.append((f"{prefix}{name}", text))
    return rows
