"""The scores of the report: headline figures with intervals, and the same by everything that passages differ in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopclaims.charts import Axis, Estimate, interval_chart
from coopclaims.evaluation.scores import FIGURES
from coopclaims.html_elements import Html, element, joined, section, table

Metrics = Mapping[str, Any]
Figures = Mapping[str, Mapping[str, Any]]


def score_sections(metrics: Metrics) -> dict[str, Html]:
    """Sections by title."""
    sides = sides_of(metrics)
    figures = [[title(figure), *(_cell(side[figure]) for side in sides.values())] for figure in FIGURES]
    alarms = [["false alarms", *(_alarm_cell(side) for side in alarm_sides(metrics))]]
    groups = {
        "Spans by label": ("by_label", "label", "Span F1 by gold and predicted label."),
        "Arguments by label": ("by_argument", "label", "Argument F1 (the main figure) by label of the argument."),
        "Typed triggers by type": ("by_type", "type", "Trigger, type and status right, by type."),
        "Typed triggers by status": ("by_status", "status", "Trigger, type and status right, by status."),
    }
    bins = {
        "By length of the passage": ("by_words", "words", "Words of the gold text."),
        "By number of claims": ("by_claims", "claims", _BY_CLAIMS),
    }
    shown = [
        section("Scores", _note(metrics), table(["F1", *sides], figures), _language_chart(sides)),
        section("False alarms", element("p", _ALARMS), table(["share", *sides], alarms)),
        *(
            section(name, element("p", note), _breakdown(metrics[key], kind))
            for name, (key, kind, note) in groups.items()
            if metrics[key]
        ),
        *(section(name, element("p", note), _binned(metrics, key, kind)) for name, (key, kind, note) in bins.items()),
    ]
    titles = ["Scores", "False alarms", *(name for name, (key, *_) in groups.items() if metrics[key]), *bins]
    return dict(zip(titles, shown, strict=True))


_BY_CLAIMS = (
    "Claims of a passage in gold. Where gold has none, whatever is predicted is wrong, so F1 is 0, or 1 if nothing "
    "is predicted at all; the false alarms above say how often that is."
)
_ALARMS = "Share of the passages without a claim in gold that got a predicted one."


def sides_of(metrics: Metrics) -> dict[str, Figures]:
    """Figures of all passages and of each language."""
    return {"overall": metrics["overall"], **metrics["by_language"]}


def alarm_sides(metrics: Metrics) -> list[Mapping[str, Any]]:
    """False alarms of all passages and of each language."""
    alarms = metrics["false_alarms"]
    return [alarms, *alarms["by_language"].values()]


def title(figure: str) -> str:
    """The name of a figure as it is read."""
    return figure.replace("_", " ")


def _note(metrics: Metrics) -> Html:
    bootstrap = metrics["bootstrap"]
    clusters = (
        "below it that over documents, whose passages are drawn together"
        if metrics["documents"] < metrics["passages"]
        else "every document has one passage here, so that over documents is the same"
    )
    return element(
        "p",
        f"Below each F1 its {bootstrap['level']:.0%} interval: percentile bootstrap over passages; {clusters} "
        f"({bootstrap['samples']} samples, seed {bootstrap['seed']}). Argument F1 is the main figure.",
    )


def _language_chart(sides: Mapping[str, Figures]) -> Html:
    charts = [
        interval_chart(
            f"{title(figure).capitalize()} F1 by language",
            "Dots are F1, whiskers its interval over passages; the numbers are in the table above.",
            [Estimate(name, side[figure]["f1"], *side[figure]["interval"]) for name, side in sides.items()],
            Axis(f"{title(figure)} F1"),
        )
        for figure in ("argument", "typed_soft_claim")
    ]
    return element("div", *charts, class_="charts")


def _breakdown(figures: Figures, kind: str) -> Html:
    """Every name with F1, precision, recall and counts."""
    rows = [
        [name, _cell(figure), f"{figure['precision']:.2f}", f"{figure['recall']:.2f}"]
        + [str(figure[key]) for key in ("gold", "predicted", "correct")]
        for name, figure in figures.items()
    ]
    return table([kind, "F1", "precision", "recall", "gold", "predicted", "correct"], rows)


def _binned(metrics: Metrics, group: str, kind: str) -> Html:
    sizes = metrics["data"][f"passages_{group}"]
    rows = [
        [name, str(sizes[name]), *(_cell(figures[figure]) for figure in FIGURES)]
        for name, figures in metrics[group].items()
    ]
    return table([kind, "passages", *map(title, FIGURES)], rows)


def _cell(figure: Mapping[str, Any], key: str = "f1") -> Html:
    if figure[key] is None:
        return Html("–")
    intervals = [figure["interval"], figure["interval_by_document"]]
    shown = intervals if intervals[0] != intervals[1] else intervals[:1]
    return joined([f"{figure[key]:.2f}", *(element("small", f"{low:.2f}–{high:.2f}") for low, high in shown)])


def _alarm_cell(alarms: Mapping[str, Any]) -> Html:
    return joined([_cell(alarms, "rate"), element("small", f"{alarms['alarmed']} of {alarms['claim_free']}")])
