"""The marks of a chart as SVG elements, and the figure around them; colours are those of page.css."""

from __future__ import annotations

from collections.abc import Sequence

from coopclaims.html_elements import Html, element

# Across, in the chart's own units, whatever the screen: text stays readable at the width of a telephone.
WIDTH = 400
SERIES_COLOURS = 7
LONGEST_NAME = 26

Point = tuple[float, float]


def figure(title: str, description: str, height: float, marks: Sequence[Html], legend: Sequence[str] = ()) -> Html:
    """A chart: its title, a legend where there are several series, and the picture, described for screen readers."""
    svg = element(
        "svg",
        element("title", title),
        element("desc", description),
        *marks,
        viewBox=f"0 0 {WIDTH} {units(height)}",
        role="img",
    )
    keys = [element("span", _key(number), name, class_="key") for number, name in enumerate(legend, 1)]
    return element("figure", element("figcaption", element("strong", title), *keys), svg, class_="chart")


def _key(number: int) -> Html:
    return element("svg", path([(0, 5), (26, 5)], series_class(number)), viewBox="0 0 26 10", **{"aria-hidden": "true"})


def series_class(number: int) -> str:
    """The class of a series by its number from 1; colours repeat after SERIES_COLOURS."""
    return f"series-{(number - 1) % SERIES_COLOURS + 1}"


def path(points: Sequence[Point], name: str, tip: str = "", **attributes: str) -> Html:
    """A line through points, with a tooltip unless ``tip`` is empty."""
    drawn = " ".join(f"{units(x)},{units(y)}" for x, y in points)
    inner = [element("title", tip)] if tip else []
    return element("polyline", *inner, points=drawn, class_=f"line {name}", **attributes)


def dot(point: Point, name: str, tip: str) -> Html:
    """A point of a series, with its tooltip."""
    x, y = point
    return element("circle", element("title", tip), cx=units(x), cy=units(y), r="3.5", class_=f"dot {name}")


def line(start: Point, end: Point, name: str) -> Html:
    """A straight line of the class ``name``."""
    (x1, y1), (x2, y2) = start, end
    return element("line", x1=units(x1), y1=units(y1), x2=units(x2), y2=units(y2), class_=name)


def text(x: float, y: float, words: str, anchor: str, **attributes: str) -> Html:
    """Words at a point, which is their ``start``, ``middle`` or ``end``."""
    return element("text", words, x=units(x), y=units(y), **{"text-anchor": anchor}, **attributes)


def shortened(name: str, longest: int = LONGEST_NAME) -> str:
    """A name of at most ``longest`` characters, cut with an ellipsis."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def units(value: float) -> str:
    """A length or coordinate, to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")
