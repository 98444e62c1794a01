"""The scores as a table for the terminal, and the report on a run as one self-contained HTML page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from coopclaims.evaluation.confusion import NO_SPAN
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.scores import FIGURES
from coopclaims.evaluation.side_by_side import render_passage, worst_passages
from coopclaims.html_elements import Html, element, joined, page, section, table
from coopclaims.schema import Passage

Metrics = Mapping[str, Any]


def format_table(metrics: Metrics) -> str:
    """F1 with its interval by figure and language, as plain ASCII text of 80 columns for three languages."""
    sides = _sides(metrics)
    rows = [
        ["", *sides],
        ["passages", str(metrics["passages"]), *map(str, metrics["passages_by_language"].values())],
        *([_title(figure), *(_plain(side[figure]) for side in sides.values())] for figure in FIGURES),
        ["false alarms", *(_plain(alarms, "rate") for alarms in _alarm_sides(metrics))],
    ]
    return "\n".join("  ".join([row[0].ljust(16), *(cell.rjust(14) for cell in row[1:])]).rstrip() for row in rows)


def render_report(
    metrics: Metrics, gold: Iterable[Passage], predicted: Iterable[Passage], facts: Mapping[str, Any]
) -> str:
    """An HTML page that needs no network and no script, and in which all text of documents is escaped.

    ``metrics`` is what ``evaluate_passages`` gives for ``gold`` and ``predicted``; ``facts`` is about the run and
    may be nested. Raises UserError if the two sides do not pair (see ``pair_passages``).
    """
    return page(
        "Evaluation of cooperation claims",
        *_score_sections(metrics),
        section("Labels taken for each other", _confusion_note(), _confusion_table(metrics["confusion"])),
        section("Run", _facts_table(facts)),
        _worst_section(gold, predicted),
    )


def _score_sections(metrics: Metrics) -> list[Html]:
    sides = _sides(metrics)
    figures = [[_title(figure), *(_cell(side[figure]) for side in sides.values())] for figure in FIGURES]
    alarms = [["false alarms", *(_alarm_cell(side) for side in _alarm_sides(metrics))]]
    return [
        element("p", _summary(metrics)),
        section("Scores", _scores_note(metrics), table(["F1", *sides], figures)),
        section("Claim-free passages with a predicted claim", table(["share", *sides], alarms)),
        section("Spans by label", _breakdown(metrics["by_label"])),
        section("Typed triggers by type", _breakdown(metrics["by_type"])),
        section("Typed triggers by status", _breakdown(metrics["by_status"])),
    ]


def _summary(metrics: Metrics) -> str:
    languages = ", ".join(f"{language} {count}" for language, count in metrics["passages_by_language"].items())
    claims = f"{metrics['claims']['gold']} claims in gold, {metrics['claims']['predicted']} predicted"
    return f"{metrics['passages']} passages ({languages}); {claims}."


def _scores_note(metrics: Metrics) -> Html:
    bootstrap = metrics["bootstrap"]
    return element(
        "p",
        f"Below each F1 its {bootstrap['level']:.0%} interval: percentile bootstrap over passages, "
        f"{bootstrap['samples']} samples, seed {bootstrap['seed']}. Argument F1 is the main figure.",
    )


def _breakdown(figures: Mapping[str, Any]) -> Html:
    """Every name with F1, precision, recall and counts."""
    rows = [
        [name, _cell(figure), f"{figure['precision']:.2f}", f"{figure['recall']:.2f}"]
        + [str(figure[key]) for key in ("gold", "predicted", "correct")]
        for name, figure in figures.items()
    ]
    return table(["", "F1", "precision", "recall", "gold", "predicted", "correct"], rows)


def _confusion_note() -> Html:
    return element(
        "p",
        "Rows are gold labels, columns predicted ones. Spans are aligned one to one where at least half of their "
        f"words agree (token F1 of 0.5). Column “{NO_SPAN}”: missed; row “{NO_SPAN}”: spurious.",
    )


def _confusion_table(confusion: Mapping[str, Mapping[str, int]]) -> Html:
    rows = [[name, *(str(count or "·") for count in row.values())] for name, row in confusion.items()]
    return table(["gold \\ predicted", *confusion], rows)


def _facts_table(facts: Mapping[str, Any]) -> Html:
    rows = [element("tr", element("th", name, scope="row"), element("td", value)) for name, value in _flat(facts)]
    return element("div", element("table", *rows, class_="facts"), class_="scroll")


def _flat(facts: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Nested facts as (dotted name, text) rows."""
    rows: list[tuple[str, str]] = []
    for name, value in facts.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            rows.append((f"{prefix}{name}", text))
    return rows


def _worst_section(gold: Iterable[Passage], predicted: Iterable[Passage]) -> Html:
    worst = worst_passages(pair_passages(gold, predicted))
    note = (
        "The passages with most errors (spans, typed triggers and arguments that one side lacks), at most 30. "
        "A dashed outline marks what the other side does not have."
    )
    if not worst:
        return section("Worst passages", element("p", "No passage has an error."))
    return section("Worst passages", element("p", note), *(render_passage(*item) for item in worst))


def _sides(metrics: Metrics) -> dict[str, Mapping[str, Any]]:
    """Figures of all passages and of each language."""
    return {"overall": metrics["overall"], **metrics["by_language"]}


def _alarm_sides(metrics: Metrics) -> list[Mapping[str, Any]]:
    alarms = metrics["false_alarms"]
    return [alarms, *alarms["by_language"].values()]


def _plain(figure: Mapping[str, Any], key: str = "f1") -> str:
    if figure[key] is None:
        return "-"
    low, high = figure["interval"]
    return f"{figure[key]:.2f} {low:.2f}-{high:.2f}"


def _cell(figure: Mapping[str, Any], key: str = "f1") -> Html:
    if figure[key] is None:
        return Html("–")
    low, high = figure["interval"]
    return joined([f"{figure[key]:.2f}", element("small", f"{low:.2f}–{high:.2f}")])


def _alarm_cell(alarms: Mapping[str, Any]) -> Html:
    return joined([_cell(alarms, "rate"), element("small", f"{alarms['alarmed']} of {alarms['claim_free']}")])


def _title(figure: str) -> str:
    return figure.replace("_", " ")
