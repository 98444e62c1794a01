from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from coopclaims.charts import (
    WIDTH,
    Axis,
    Estimate,
    ParallelAxis,
    Series,
    bar_chart,
    interval_chart,
    line_chart,
    parallel_chart,
    scatter_chart,
    ticks,
)
from coopclaims.html_elements import Html

HOSTILE = "</svg><script>alert('1')</script>"


def lines(count: int) -> Html:
    points = [(0.0, 0.1), (0.5, 0.5), (1.0, 2.0)]
    return line_chart(
        "Title", "What", [Series(HOSTILE, points, dots=True)] * count, Axis("x"), Axis("y"), diagonal=True
    )


CHARTS = {
    "lines": lines(3),
    "no lines": lines(0),
    "bars": bar_chart("Title", "What", [("a" * 80, 3), (HOSTILE, 1234567), ("none", 0)]),
    "no bars": bar_chart("Title", "What", []),
    "intervals": interval_chart("Title", "What", [Estimate(HOSTILE, 0.5, -1, 7), Estimate("b", 1, 1, 1)], Axis("F1")),
    "parallel": parallel_chart(
        "Title",
        "What",
        [
            ParallelAxis("rate", [1e-5, 1e-3, 3e-4]),
            ParallelAxis("kind", [HOSTILE, "b", 3]),
            ParallelAxis("F1", [1, 1, 1]),
        ],
    ),
    "no trials": parallel_chart("Title", "What", [ParallelAxis("rate", []), ParallelAxis("F1", [])]),
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_charts_are_well_formed_described_and_inside_their_frame(chart: Html) -> None:
    tree = ElementTree.fromstring(chart)
    svg = tree.find("svg")
    assert svg is not None
    assert (svg.findtext("title"), svg.findtext("desc"), svg.get("role")) == ("Title", "What", "img")
    assert "script" not in {node.tag for node in tree.iter()}
    height = float(svg.attrib["viewBox"].split()[3])
    places = [
        (float(x), float(y))
        for node in svg.iter("polyline")
        for x, y in (pair.split(",") for pair in node.attrib["points"].split())
    ]
    places += [(float(node.attrib["cx"]), float(node.attrib["cy"])) for node in svg.iter("circle")]
    places += [(float(node.attrib["x"]), float(node.attrib["y"])) for node in svg.iter("text")]
    assert all(0 <= x <= WIDTH and 0 <= y <= height for x, y in places)


def test_a_point_outside_the_axes_takes_its_tooltip_along() -> None:
    chart = line_chart("T", "D", [Series("s", [(0, 5), (0.25, 0.75)], dots=True)], Axis("x"), Axis("y"))
    circles = list(ElementTree.fromstring(chart).iter("circle"))
    assert [circle.findtext("title") for circle in circles] == ["s: 0.25, 0.75"]


def test_bars_are_as_long_as_their_counts() -> None:
    bars = list(ElementTree.fromstring(bar_chart("T", "D", [("a", 10), ("b", 5), ("c", 0)])).iter("rect"))
    widths = [float(bar.attrib["width"]) for bar in bars]
    assert widths[1] == pytest.approx(widths[0] / 2, abs=0.1)
    assert widths[2] == 0


def test_capitals_have_room() -> None:
    charts = [bar_chart("T", "D", [(name, 1)]) for name in ("INSTRUMENT, de", "instrument, de")]
    lefts = [float(next(ElementTree.fromstring(chart).iter("rect")).attrib["x"]) for chart in charts]
    assert lefts[0] - lefts[1] == pytest.approx(10 / 4 * 6.7, abs=0.1)


def test_the_best_trial_is_the_strongest_line() -> None:
    chart = parallel_chart("T", "D", [ParallelAxis("rate", [1.0, 2.0, 3.0]), ParallelAxis("F1", [0.5, 0.9, 0.1])])
    strengths = {
        str(line.findtext("title")): float(line.attrib["stroke-opacity"])
        for line in ElementTree.fromstring(chart).iter("polyline")
    }
    assert max(strengths, key=strengths.__getitem__) == "rate 2, F1 0.9"


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.013, 0.0157), (-3, 9), (0, 123456), (5, 5)])
def test_ticks_are_few_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 1 <= len(found) <= 7
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in found)
    if len(found) > 1:
        step = found[1] - found[0]
        assert round(step / 10.0 ** math.floor(math.log10(step) + 1e-9), 6) in (1, 2, 5)


def test_scatter_has_a_dot_for_every_value_and_labels_that_do_not_meet() -> None:
    crowded = ParallelAxis("rate", [0.001, 0.0011, 0.0012, 0.01])
    points = [(f"trial {number}", 0.1 * number) for number in range(4)]
    html = scatter_chart("t", "d", crowded, points, Axis("F1", 0, 1))
    assert html.count("<circle") == 4
    assert "trial 3: 0.01, 0.300" in html
    assert ">0.001<" in html
    assert ">0.01<" in html
    assert ">0.0011<" not in html
    categories = ParallelAxis("kind", ["tiny", "null", "tiny"])
    html = scatter_chart("t", "d", categories, points[:3], Axis("F1", 0, 1))
    assert ">tiny<" in html
    assert ">null<" in html
