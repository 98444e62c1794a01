"""What goes wrong, in the report: confusions, links, bounds, and errors by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopclaims.charts import bar_chart
from coopclaims.evaluation.boundaries import BOUNDS
from coopclaims.evaluation.confusion import LINK_OUTCOMES, NO_SPAN
from coopclaims.evaluation.error_page import error_table
from coopclaims.html_elements import Html, element, joined, section, table

Metrics = Mapping[str, Any]
Table = Mapping[str, Mapping[str, int]]


def error_sections(metrics: Metrics) -> dict[str, Html]:
    """Sections by title."""
    content: dict[str, list[Html]] = {
        "Errors by kind": _errors(metrics["errors"]),
        "Labels taken for each other": [element("p", _SPAN_NOTE), _confusion(metrics["confusion"])],
    }
    # An ordinary tagger has no claims.
    if metrics["claims"]["gold"] or metrics["claims"]["predicted"]:
        content |= {
            "Types taken for each other": [element("p", _CLAIM_NOTE), _confusion(metrics["type_confusion"])],
            "Statuses taken for each other": [element("p", _CLAIM_NOTE), _confusion(metrics["status_confusion"])],
            "Links": [_meanings(LINK_OUTCOMES), _outcomes(metrics["link_confusion"], list(LINK_OUTCOMES))],
        }
    bounds = [element("p", _BOUNDS_NOTE), _meanings(BOUNDS), _outcomes(metrics["boundaries"], list(BOUNDS))]
    content["Bounds of spans"] = bounds
    return {title: section(title, *parts) for title, parts in content.items()}


_SPAN_NOTE = (
    "Rows are gold labels, columns predicted ones. Spans are aligned one to one where at least half of their words "
    f"agree (token F1 of 0.5). Column “{NO_SPAN}”: missed; row “{NO_SPAN}”: spurious."
)
_CLAIM_NOTE = (
    f"Rows are gold, columns predicted, for claims at aligned triggers. “{NO_SPAN}”: one side has no claim there."
)
_BOUNDS_NOTE = "Predicted spans that overlap a gold span of the same label, one to one."


def _errors(errors: Table) -> list[Html]:
    if not errors:
        return [element("p", "No passage has an error.")]
    bars = [(kind, sum(counts.values())) for kind, counts in errors.items()]
    chart = bar_chart("Errors by kind", "Counts over all passages; the numbers are in the table.", bars)
    return [error_table(errors), element("div", chart, class_="charts")]


def _confusion(confusion: Table) -> Html:
    rows = [[name, *map(_count, row.values())] for name, row in confusion.items()]
    return table(["gold \\ predicted", *confusion], rows)


def _meanings(outcomes: Mapping[str, str]) -> Html:
    pairs = [joined([element("dt", name), element("dd", meaning)]) for name, meaning in outcomes.items()]
    return element("dl", *pairs)


def _outcomes(counts: Table, names: list[str]) -> Html:
    rows = [[label, *(_count(row[name]) for name in names)] for label, row in counts.items()]
    total = ["all", *(_count(sum(row[name] for row in counts.values())) for name in names)]
    return table(["label", *names], rows, total if len(rows) > 1 else ())


def _count(count: int) -> str:
    return str(count or "·")
