"""The scores as a table for the terminal, and the report on a run as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.report_curves import curve_sections
from coopclaims.evaluation.report_data import data_sections, facts_section
from coopclaims.evaluation.report_errors import error_sections
from coopclaims.evaluation.report_examples import TITLE as EXAMPLES
from coopclaims.evaluation.report_examples import examples_section
from coopclaims.evaluation.report_scores import alarm_sides, score_sections, sides_of, title
from coopclaims.evaluation.scores import FIGURES
from coopclaims.html_elements import contents, element, page, table_script
from coopclaims.schema import Passage

Metrics = Mapping[str, Any]


def format_table(metrics: Metrics) -> str:
    """F1 with its interval by figure and language, as plain ASCII text of 80 columns for three languages."""
    sides = sides_of(metrics)
    rows = [
        ["", *sides],
        ["passages", str(metrics["passages"]), *map(str, metrics["passages_by_language"].values())],
        *([title(figure), *(_plain(side[figure]) for side in sides.values())] for figure in FIGURES),
        ["false alarms", *(_plain(alarms, "rate") for alarms in alarm_sides(metrics))],
    ]
    return "\n".join("  ".join([row[0].ljust(16), *(cell.rjust(14) for cell in row[1:])]).rstrip() for row in rows)


def render_report(
    metrics: Metrics, gold: Iterable[Passage], predicted: Iterable[Passage], facts: Mapping[str, Any]
) -> str:
    """An HTML page that needs no network, is complete without script, and escapes all text of documents.

    ``metrics`` is what ``evaluate_passages`` gives for ``gold`` and ``predicted``; ``facts`` is about the run and
    may be nested. Raises UserError if the two sides do not pair (see ``pair_passages``).
    """
    sections = {
        **score_sections(metrics),
        **error_sections(metrics),
        **curve_sections(metrics),
        **data_sections(metrics),
        "Run": facts_section(facts),
        EXAMPLES: examples_section(pair_passages(gold, predicted), metrics["bootstrap"]["seed"]),
    }
    return page(
        "Evaluation of cooperation claims",
        element("p", _summary(metrics)),
        contents(sections),
        *sections.values(),
        script=table_script(),
    )


def _summary(metrics: Metrics) -> str:
    languages = ", ".join(f"{language} {count}" for language, count in metrics["passages_by_language"].items())
    claims = f"{metrics['claims']['gold']} claims in gold, {metrics['claims']['predicted']} predicted"
    return f"{metrics['passages']} passages of {metrics['documents']} documents ({languages}); {claims}."


def _plain(figure: Mapping[str, Any], key: str = "f1") -> str:
    if figure[key] is None:
        return "-"
    low, high = figure["interval"]
    return f"{figure[key]:.2f} {low:.2f}-{high:.2f}"
