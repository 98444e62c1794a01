"""A comparison as one HTML page: verdicts, differences with intervals, and the passages that were won and lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coopclaims.charts import Axis, Estimate, interval_chart
from coopclaims.evaluation.compare import OVERALL, Comparison, Difference, Differences
from coopclaims.evaluation.languages import UNKNOWN_LANGUAGE
from coopclaims.evaluation.side_by_side import render_against_gold
from coopclaims.evaluation.verdict import FIGURE_NAMES, family_note, p_value, side_name, signed, verdict
from coopclaims.html_elements import Html, element, joined, page, section, table

# Passages that are shown of those that a run won, and of those that it lost.
EXAMPLES = 10


def render_comparison(comparison: Comparison) -> str:
    """A page without script that loads nothing; all text of passages and names is escaped."""
    base, *runs = comparison.names
    verdicts = [
        element("li", verdict(base, run, found)) for run, found in zip(runs, comparison.differences, strict=True)
    ]
    passages = f"{len(comparison.gold)} passages. First system: {base}."
    return page(
        "Comparison of systems",
        element("p", passages),
        element("ul", *verdicts),
        element("p", family_note(comparison)),
        *(_run_section(comparison, number) for number in range(1, len(comparison.names))),
    )


def _run_section(comparison: Comparison, number: int) -> Html:
    base, run = comparison.names[0], comparison.names[number]
    differences = comparison.differences[number - 1]
    gained = comparison.errors[0] - comparison.errors[number]
    return section(
        f"{run} against {base}",
        _chart(differences),
        _table(differences),
        element("h3", "Errors by passage"),
        _balance(comparison, gained),
        *_examples(comparison, number, gained, "Passages won", 1),
        *_examples(comparison, number, gained, "Passages lost", -1),
    )


def _chart(differences: Differences) -> Html:
    estimates = [
        Estimate(_row_name(side, found), found.points, *(100 * bound for bound in found.interval))
        for side, figures in differences.items()
        for found in figures.values()
    ]
    bounds = [0.0, *(bound for each in estimates for bound in (each.low, each.high))]
    described = "; ".join(f"{each.name} {signed(each.value)}" for each in estimates)
    axis = Axis("points of F1 that the run is ahead", min(bounds) - 0.5, max(bounds) + 0.5)
    return interval_chart("Differences", f"With 95 % intervals. {described}", estimates, axis)


def _row_name(side: str, found: Difference) -> str:
    figure = FIGURE_NAMES[found.figure]
    return f"all {figure}" if side == OVERALL else f"{side_name(side)} {figure}"


def _table(differences: Differences) -> Html:
    rows = [
        [
            _row_name(side, found),
            _points(found),
            _corrected(found),
            _p(found.p),
            f"{found.first:.3f}",
            f"{found.second:.3f}",
            str(found.passages),
            str(found.documents),
        ]
        for side, figures in differences.items()
        for found in figures.values()
    ]
    return table(["", "points", "corrected p", "p", "first F1", "this F1", "passages", "documents"], rows)


def _points(found: Difference) -> Html:
    low, high = (100 * bound for bound in found.interval)
    return joined([signed(found.points), element("small", f"{signed(low)} to {signed(high)}")])


def _corrected(found: Difference) -> Html:
    text = _p(found.corrected)
    return element("strong", text) if found.shown else joined([text])


def _p(p: float) -> str:
    return p_value(p).removeprefix("p ").removeprefix("= ")


def _balance(comparison: Comparison, gained: NDArray[np.float64]) -> Html:
    """Passages with fewer, more and as many errors, by language."""
    languages = np.array([passage.lang or UNKNOWN_LANGUAGE for passage in comparison.gold])
    sides = [side for side in comparison.differences[0] if side != OVERALL]
    rows = []
    for side in (OVERALL, *sides):
        part = gained if side == OVERALL else gained[languages == side]
        counts = [(part > 0).sum(), (part < 0).sum(), (part == 0).sum(), part.sum()]
        rows.append(["all" if side == OVERALL else side_name(side), *(f"{count:,.0f}" for count in counts)])
    errors = f"Errors are {FIGURE_NAMES[comparison.figure]} that gold or the system lacks."
    header = ["passages", "fewer errors", "more errors", "as many", "errors fewer in sum"]
    return joined([element("p", errors), table(header, rows)])


def _examples(
    comparison: Comparison, number: int, gained: NDArray[np.float64], title: str, sign: int
) -> Sequence[Html]:
    """The passages whose errors differ most, to the run's gain (``sign`` 1) or loss (-1)."""
    found = [index for index in np.argsort(-sign * gained, kind="stable").tolist() if sign * gained[index] > 0]
    if not found:
        return [element("h3", title), element("p", "No passage.", class_="none")]
    note = (
        f"{min(len(found), EXAMPLES)} of {len(found)} passages, the largest difference first. A dashed outline marks "
        "what gold does not have; “missed” lists what gold alone has."
    )
    shown = [_example(comparison, number, index) for index in found[:EXAMPLES]]
    return [element("h3", title), element("p", note), *shown]


def _example(comparison: Comparison, number: int, index: int) -> Html:
    sides = [
        (
            f"{comparison.names[system]} ({comparison.errors[system, index]:.0f} errors)",
            comparison.systems[system][index],
        )
        for system in (0, number)
    ]
    return render_against_gold(comparison.gold[index], sides)
