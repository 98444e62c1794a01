"""What the scores of predicted records are worth, in the report: curves over thresholds, and calibration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopclaims.charts import Axis, Series, line_chart
from coopclaims.evaluation.report_scores import title
from coopclaims.html_elements import Html, element, section, table

Metrics = Mapping[str, Any]

_NO_SCORES = "The predictions have no scores, or not on all of their spans and claims, so there is nothing to show."


def curve_sections(metrics: Metrics) -> dict[str, Html]:
    """Sections by title."""
    curves = {title(name): curve for name, curve in metrics["curves"].items() if curve}
    overall = {title(name): parts["overall"] for name, parts in metrics["calibration"].items() if parts["overall"]}
    return {
        "Thresholds": section("Thresholds", *(_curves(curves) if curves else [element("p", _NO_SCORES)])),
        "Calibration": section(
            "Calibration", *(_calibration(metrics, overall) if overall else [element("p", _NO_PROBABILITIES)])
        ),
    }


_NO_PROBABILITIES = "The predictions have no scores between 0 and 1, so there is nothing to show."


def _curves(curves: Mapping[str, Any]) -> list[Html]:
    note = (
        "Precision, recall and F1 if only items scored at least the threshold are kept: spans by their own score, "
        "triggers, typed triggers and arguments by the score of their claim. The best threshold is best on these very "
        "passages; choose one on others. Average precision counts recall that no threshold reaches as 0."
    )
    rows = [
        [name, f"{curve['average_precision']:.2f}"]
        + [f"{curve['best'][key]:.2f}" for key in ("threshold", "f1", "precision", "recall")]
        for name, curve in curves.items()
    ]
    header = ["figure", "average precision", "best threshold", "F1 there", "precision there", "recall there"]
    recalls = [Series(name, _points(curve, "recall", "precision")) for name, curve in curves.items()]
    thresholds = [Series(name, _points(curve, "threshold", "f1")) for name, curve in curves.items()]
    lows = [point[0] for series in thresholds for point in series.points]
    scale = Axis("threshold", min(0.0, *lows), max(1.0, *lows))
    charts = [
        line_chart("Precision and recall", "One curve a figure.", recalls, Axis("recall"), Axis("precision")),
        line_chart("F1 by threshold", "One curve a figure.", thresholds, scale, Axis("F1")),
    ]
    return [element("p", note), table(header, rows), element("div", *charts, class_="charts")]


def _points(curve: Mapping[str, Any], x: str, y: str) -> list[tuple[float, float]]:
    return [(point[x], point[y]) for point in curve["points"]]


def _calibration(metrics: Metrics, overall: Mapping[str, Any]) -> list[Html]:
    note = (
        "Is the share of right items what their scores say? For spans: bounds and label right; for typed triggers, "
        "which carry their claim's score: trigger, type and status right. Bins hold equally many items. The expected "
        "calibration error is the mean distance between score and share; the Brier score is the mean squared one of "
        "single items."
    )
    rows = []
    for name, parts in metrics["calibration"].items():
        sides = {"overall": parts["overall"], **parts["by_language"]}
        rows += [
            [f"{title(name)}, {side}", str(found["items"])]
            + [f"{found[key]:.3f}" for key in ("expected_calibration_error", "brier_score")]
            for side, found in sides.items()
            if found
        ]
    charts = [
        line_chart(
            f"Calibration: {name}",
            "Dots are bins: mean score across, share of right items up; on the broken line the two agree.",
            [Series(name, [(b["score"], b["right"]) for b in found["bins"]], dots=True)],
            Axis("mean score"),
            Axis("share right"),
            diagonal=True,
        )
        for name, found in overall.items()
    ]
    header = ["figure", "items", "expected calibration error", "Brier score"]
    return [element("p", note), table(header, rows), element("div", *charts, class_="charts")]
