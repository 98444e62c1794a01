"""Charts as inline SVG: they need no network and no script, and take their colours from page.css, light or dark.

Every chart is a figure with a title and a description for screen readers; its marks carry their values as tooltips.
Series differ by colour (palette of Okabe and Ito 2008, "Color Universal Design") and by dash, so that neither colour
blindness nor a black-and-white print hides which is which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from coopclaims import svg
from coopclaims.html_elements import Html, element
from coopclaims.svg import WIDTH

_PLOT_HEIGHT = 220
_TOP, _RIGHT, _BOTTOM, _LEFT = 12, 14, 40, 46
_ROW = 22
# Average width of a character of the charts' 12-unit type.
_CHARACTER = 6.7
# By how much of a character a capital is wider.
_CAPITAL = 0.25
# Least distance of two labels of an axis.
_LABEL = 60


@dataclass(frozen=True)
class Axis:
    """What an axis shows, and from where to where."""

    label: str
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Series:
    """A named line through (x, y) points, in the order given; ``dots`` marks each point as well."""

    name: str
    points: Sequence[tuple[float, float]]
    dots: bool = False


@dataclass(frozen=True)
class Estimate:
    """A named value with the bounds of its interval."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ParallelAxis:
    """One axis of parallel coordinates, with the value of every line: numbers, or names for categories."""

    name: str
    values: Sequence[float | str]


def line_chart(
    title: str, description: str, series: Sequence[Series], x: Axis, y: Axis, diagonal: bool = False
) -> Html:
    """Lines over a grid with a legend; ``diagonal`` adds the line where y equals x. Points outside are cut off."""
    height = _PLOT_HEIGHT + _TOP + _BOTTOM
    right, bottom = WIDTH - _RIGHT, height - _BOTTOM
    marks = [*_horizontal_ticks(x, _LEFT, right, _TOP, bottom), *_vertical_ticks(y, bottom)]
    if diagonal:
        marks.append(svg.line((_LEFT, bottom), (right, _TOP), "grid dashed"))
    for number, line in enumerate(series, 1):
        inside = [point for point in line.points if x.low <= point[0] <= x.high and y.low <= point[1] <= y.high]
        placed = [(_placed(px, x, _LEFT, right), _placed(py, y, bottom, _TOP)) for px, py in inside]
        marks.append(svg.path(placed, svg.series_class(number)))
        if line.dots:
            tips = [f"{line.name}: {px:.3g}, {py:.3g}" for px, py in inside]
            marks += [svg.dot(point, svg.series_class(number), tip) for point, tip in zip(placed, tips, strict=True)]
    return svg.figure(title, description, height, marks, [line.name for line in series] if len(series) > 1 else [])


def bar_chart(title: str, description: str, bars: Sequence[tuple[str, float]]) -> Html:
    """Horizontal bars from zero, one a row, with the name before and the count behind; nothing below zero."""
    height = _TOP + _ROW * len(bars)
    left = _name_width([name for name, _ in bars])
    counts = [f"{count:,.0f}" if count == int(count) else f"{count:.3g}" for _, count in bars]
    right = WIDTH - max((_CHARACTER * len(count) for count in counts), default=0) - 6
    longest = max((count for _, count in bars), default=0) or 1
    marks: list[Html] = []
    for row, ((name, count), shown) in enumerate(zip(bars, counts, strict=True)):
        top = _TOP + row * _ROW
        width = max(count, 0) / longest * (right - left)
        bar = {"x": svg.units(left), "y": svg.units(top), "width": svg.units(width), "height": svg.units(_ROW - 7)}
        marks.append(element("rect", element("title", f"{name}: {shown}"), class_="bar", **bar))
        marks.append(svg.text(left - 6, top + 12, svg.shortened(name), "end"))
        marks.append(svg.text(left + width + 4, top + 12, shown, "start"))
    return svg.figure(title, description, height, marks)


def interval_chart(title: str, description: str, estimates: Sequence[Estimate], x: Axis) -> Html:
    """A row a value: its name, a dot with whiskers from the lower to the upper bound, and the number."""
    height = _TOP + _ROW * len(estimates) + _BOTTOM
    bottom = height - _BOTTOM
    left, right = _name_width([estimate.name for estimate in estimates]), WIDTH - _LEFT
    marks = _horizontal_ticks(x, left, right, _TOP, bottom)
    for row, estimate in enumerate(estimates):
        y = _TOP + (row + 0.5) * _ROW
        low, value, high = (
            _placed(min(max(bound, x.low), x.high), x, left, right)
            for bound in (estimate.low, estimate.value, estimate.high)
        )
        marks += [svg.line((low, y), (high, y), "whisker")]
        marks += [svg.line((end, y - 4), (end, y + 4), "whisker") for end in (low, high)]
        tip = f"{estimate.name}: {estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
        marks.append(svg.dot((value, y), "series-1", tip))
        marks.append(svg.text(left - 6, y + 4, svg.shortened(estimate.name), "end"))
        marks.append(svg.text(right + 8, y + 4, f"{estimate.value:.2f}", "start"))
    return svg.figure(title, description, height, marks)


def parallel_chart(title: str, description: str, axes: Sequence[ParallelAxis]) -> Html:
    """A line a trial across vertical axes; the last axis is what counts, and lines are the stronger the higher there.

    A numeric axis runs from its least to its greatest value, by logarithm where these are at least 20-fold apart;
    an axis with any name among its values holds categories, in order of appearance.
    """
    height = _PLOT_HEIGHT + _TOP + _BOTTOM
    top, bottom = _TOP + 8, height - _BOTTOM
    gap = (WIDTH - 2 * _LEFT) / max(len(axes) - 1, 1)
    places = [_axis_places(axis.values) for axis in axes]
    marks: list[Html] = []
    order = sorted(range(len(places[-1]) if places else 0), key=lambda trial: places[-1][trial])
    for rank, trial in enumerate(order, 1):
        points = [(_LEFT + gap * column, bottom - (bottom - top) * p[trial]) for column, p in enumerate(places)]
        tip = ", ".join(f"{axis.name} {_short_number(axis.values[trial])}" for axis in axes)
        strength = 0.12 + 0.88 * (rank / len(order)) ** 3
        marks.append(svg.path(points, "series-1", tip, **{"stroke-opacity": f"{strength:.2f}"}))
    for column, (axis, place) in enumerate(zip(axes, places, strict=True)):
        x = _LEFT + gap * column
        marks.append(svg.line((x, top), (x, bottom), "axis"))
        # Neighbouring names would meet, so every other one is a line lower; the outer ones end with the picture.
        at, anchor = {0: (0.0, "start"), len(axes) - 1: (float(WIDTH), "end")}.get(column, (x, "middle"))
        room = max(int(2 * gap / _CHARACTER), 4)
        marks.append(svg.text(at, bottom + 16 + 14 * (column % 2), svg.shortened(axis.name, room), anchor))
        ticks = {p: _short_number(value) for p, value in zip(place, axis.values, strict=True)}
        categories = any(isinstance(value, str) for value in axis.values)
        shown = ticks if categories else {p: ticks[p] for p in ({min(ticks), max(ticks)} if ticks else ())}
        marks += [
            svg.text(x + 4, bottom - (bottom - top) * p - 3, svg.shortened(t, 12), "start") for p, t in shown.items()
        ]
    return svg.figure(title, description, height, marks)


def scatter_chart(title: str, description: str, x: ParallelAxis, points: Sequence[tuple[str, float]], y: Axis) -> Html:
    """A dot for every value of ``x`` at its (name, height); the horizontal axis is scaled as in ``parallel_chart``."""
    height = _PLOT_HEIGHT + _TOP + _BOTTOM
    bottom = height - _BOTTOM
    # Names of categories stand centred below their dots.
    left, right = _LEFT + 20, WIDTH - _RIGHT - 20
    places = [left + place * (right - left) for place in _axis_places(x.values)]
    marks = _vertical_ticks(y, bottom)
    labels = {place: _short_number(value) for place, value in zip(places, x.values, strict=True)}
    crowded = any(second - first < _LABEL for first, second in pairwise(sorted(labels)))
    for place, label in labels.items():
        if crowded and place not in (min(labels), max(labels)):
            continue
        marks += [svg.line((place, _TOP), (place, bottom), "grid"), svg.text(place, bottom + 15, label, "middle")]
    marks.append(svg.text((left + right) / 2, bottom + 33, svg.shortened(x.name, 40), "middle"))
    for place, value, (name, score) in zip(places, x.values, points, strict=True):
        tip = f"{name}: {_short_number(value)}, {score:.3f}"
        marks.append(svg.dot((place, _placed(score, y, bottom, _TOP)), "series-1", tip))
    return svg.figure(title, description, height, marks)


def _horizontal_ticks(axis: Axis, left: float, right: float, top: float, bottom: float) -> list[Html]:
    marks = []
    for tick in ticks(axis.low, axis.high):
        x = _placed(tick, axis, left, right)
        marks += [svg.line((x, top), (x, bottom), "grid"), svg.text(x, bottom + 15, f"{tick:g}", "middle")]
    return [*marks, svg.text((left + right) / 2, bottom + 33, axis.label, "middle")]


def _vertical_ticks(axis: Axis, bottom: float) -> list[Html]:
    marks = []
    for tick in ticks(axis.low, axis.high):
        y = _placed(tick, axis, bottom, _TOP)
        marks += [svg.line((_LEFT, y), (WIDTH - _RIGHT, y), "grid"), svg.text(_LEFT - 5, y + 4, f"{tick:g}", "end")]
    middle = (bottom + _TOP) / 2
    turned = {"transform": f"rotate(-90 12 {svg.units(middle)})"}
    return [*marks, svg.text(12, middle, axis.label, "middle", **turned)]


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten apart) from ``low`` to ``high``, at most ``most``."""
    if not low < high:
        return [low]
    rough = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _axis_places(values: Sequence[float | str]) -> list[float]:
    """Where each value stands on its axis, from 0 at the bottom to 1 at the top."""
    if any(isinstance(value, str) for value in values):
        names = list(dict.fromkeys(map(str, values)))
        return [names.index(str(value)) / max(len(names) - 1, 1) for value in values]
    numbers = [float(value) for value in values]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if low > 0 and high >= 20 * low:
        numbers = [math.log(number) for number in numbers]
        low, high = math.log(low), math.log(high)
    return [(number - low) / (high - low) if high > low else 0.5 for number in numbers]


def _placed(value: float, axis: Axis, start: float, end: float) -> float:
    span = axis.high - axis.low or 1.0
    return start + (value - axis.low) / span * (end - start)


def _name_width(names: Sequence[str]) -> float:
    widths = (len(name) + _CAPITAL * sum(map(str.isupper, name)) for name in map(svg.shortened, names))
    return _CHARACTER * max(widths, default=0) + 10


def _short_number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"
