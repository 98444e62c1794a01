"""The trials of a search for settings as one HTML page: the best, settings against scores, curves, and all trials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from coopclaims.charts import Axis, ParallelAxis, Series, line_chart, parallel_chart, scatter_chart
from coopclaims.html_elements import Html, element, page, section, table
from coopclaims.svg import SERIES_COLOURS
from coopclaims.training.study import PRUNED, StudyResults, StudyTrial

MISSING = "–"
# More parallel axes than these would be a thicket, and their names would meet.
MOST_AXES = 10


def render_study(study: StudyResults) -> str:
    """A page without script that loads nothing; all names and values are escaped."""
    return page(
        f"Search for settings: {study.name}",
        element("p", _summary(study)),
        *_best_section(study),
        *_plot_sections(study),
        section("All trials", _trial_table(study)),
    )


def _summary(study: StudyResults) -> str:
    states = [trial.state for trial in study.trials]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    left_out = f"; {study.unreadable} runs without readable scores are left out" if study.unreadable else ""
    return f"{len(states)} trials: {counts}{left_out}. The score is the best F1 on the development passages."


def _best_section(study: StudyResults) -> Iterable[Html]:
    if not study.complete:
        return [section("Best trial", element("p", "No trial is complete yet."))]
    best = study.complete[0]
    seconds = f", {best.seconds:,.0f} seconds" if best.seconds is not None else ""
    # Exact, where tables round.
    overrides = [
        f"{key}={value if isinstance(value, float) else _shown(value)}" for key, value in best.settings.items()
    ]
    command = " ".join(["coopclaims train", *overrides])
    runner_up = study.complete[1:2]
    ahead = f", {100 * (_score(best) - _score(runner_up[0])):.1f} points ahead of the next" if runner_up else ""
    facts = f"{best.name}: F1 {_score(best):.4f}{ahead}{seconds}."
    return [section("Best trial", element("p", facts), element("p", element("code", command), class_="text"))]


def _plot_sections(study: StudyResults) -> Iterable[Html]:
    scored = study.complete
    if len(scored) < 2:
        return
    scores = Axis("dev F1", *_bounds([_score(trial) for trial in scored]))
    axes = [ParallelAxis(key, _axis_values([trial.settings.get(key) for trial in scored])) for key in study.settings]
    points = [(trial.name, _score(trial)) for trial in scored]
    if axes:
        plots = [
            scatter_chart(axis.name, f"Dev F1 of each trial by {axis.name}", axis, points, scores) for axis in axes
        ]
        note = "A dot is a complete trial. An axis whose values are 20-fold apart is logarithmic."
        yield section("Settings against scores", element("p", note), element("div", *plots, class_="charts"))
        short = [ParallelAxis(axis.name.rpartition(".")[2], axis.values) for axis in axes]
        lines = parallel_chart(
            "Parallel coordinates",
            "A line is a complete trial, the stronger the better",
            [*short, ParallelAxis("dev F1", [_score(trial) for trial in scored])],
        )
        if len(axes) <= MOST_AXES:
            yield section("All settings at once", lines)
    if curves := [trial for trial in study.trials if len(trial.by_epoch) > 1][:SERIES_COLOURS]:
        yield section("Dev F1 by epoch", _curves(curves))


def _curves(trials: Sequence[StudyTrial]) -> Html:
    series = [Series(f"{trial.name}{' (pruned)' * (trial.state == PRUNED)}", trial.by_epoch, True) for trial in trials]
    points = [point for trial in trials for point in trial.by_epoch]
    x = Axis("epoch", min(epoch for epoch, _ in points), max(epoch for epoch, _ in points))
    y = Axis("dev F1", *_bounds([value for _, value in points]))
    return line_chart("Dev F1 by epoch", f"The {len(trials)} best trials whose epochs are known", series, x, y)


def _trial_table(study: StudyResults) -> Html:
    rows = [
        [
            trial.name,
            trial.state,
            MISSING if trial.score is None else f"{trial.score:.4f}",
            str(len(trial.by_epoch) or MISSING),
            MISSING if trial.seconds is None else f"{trial.seconds:,.0f}",
            *(_shown(trial.settings.get(key, MISSING)) for key in study.settings),
        ]
        for trial in study.trials
    ]
    return table(["", "state", "dev F1", "epochs", "seconds", *study.settings], rows)


def _axis_values(values: Sequence[Any]) -> list[float | str]:
    """Numbers where all are, else names."""
    numeric = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    return [float(value) if numeric else _shown(value) for value in values]


def _shown(value: Any) -> str:
    """A value as an override has it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{','.join(map(_shown, value))}]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """From a little below the least to a little above the greatest."""
    margin = (max(values) - min(values)) * 0.05 or 0.01
    return max(min(values) - margin, 0.0), min(max(values) + margin, 1.0)


def _score(trial: StudyTrial) -> float:
    assert trial.score is not None
    return trial.score
