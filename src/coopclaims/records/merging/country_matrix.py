"""How many acts each two countries have in common, as a table with the stronger colours the more there are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from coopclaims.html_elements import Html, element
from coopclaims.records.countries import country_name

Pair = tuple[str, str]

MOST_COUNTRIES = 12
# Classes of page.css, heat-1 to heat-5.
SHADES = 5
TITLE = "Pairs of countries"


def country_matrix(records: Sequence[dict[str, Any]]) -> list[Html]:
    """The table, in a list; empty where no act has two countries.

    Rows and columns are the countries that take part in most pairs; cells above the diagonal repeat those below.
    """
    pairs = Counter(pair for record in records for pair in combinations(countries_of(record), 2))
    if not pairs:
        return []
    taking_part: Counter[str] = Counter()
    for pair, count in pairs.items():
        taking_part.update(dict.fromkeys(pair, count))
    shown = sorted(taking_part, key=lambda code: (-taking_part[code], code))[:MOST_COUNTRIES]
    chosen = (
        f" The {len(shown)} of {len(taking_part)} countries in most pairs." if len(taking_part) > len(shown) else ""
    )
    note = f"Acts that have both countries as parties; a stronger colour is more.{chosen}"
    # Focusable, so that it can be scrolled from the keyboard; the words above it stay where they are.
    box = element("div", _table(shown, pairs), class_="scroll", role="region", tabindex="0", **{"aria-label": TITLE})
    return [element("figure", element("figcaption", element("strong", TITLE), note), box, class_="pairs")]


def countries_of(record: dict[str, Any]) -> list[str]:
    """The codes of a record's parties, sorted, each once."""
    return sorted({code for party in record["parties"] for code in party.get("countries", ())})


def _table(countries: Sequence[str], pairs: Counter[Pair]) -> Html:
    head = element("tr", element("td"), *(_heading(code, "col", code) for code in countries))
    rows = [
        element("tr", _heading(row, "row", _name(row), " ", element("small", row)), *_cells(row, countries, pairs))
        for row in countries
    ]
    body = element("tbody", *rows)
    return element("table", element("thead", head), body, class_="matrix", **{"aria-label": TITLE})


def _cells(row: str, columns: Sequence[str], pairs: Counter[Pair]) -> list[Html]:
    greatest = max(pairs.values())
    return [_cell(row, column, pairs[min(row, column), max(row, column)], greatest) for column in columns]


def _cell(row: str, column: str, count: int, greatest: int) -> Html:
    if row == column:
        return element("td", class_="same")
    if not count:
        return element("td", "0", class_="none")
    tip = f"{_name(row)} and {_name(column)}: {count} act{'' if count == 1 else 's'}"
    return element(
        "td", f"{count:,}", class_=f"heat-{_shade(count, greatest)}", title=tip, **{"data-pair": f"{row}|{column}"}
    )


def _shade(count: int, greatest: int) -> int:
    """By logarithm, as a few pairs have most acts: 1 for one act, SHADES for the greatest count."""
    return 1 + round((SHADES - 1) * math.log(count) / math.log(greatest)) if greatest > 1 else 1


def _heading(code: str, scope: str, *content: str) -> Html:
    return element("th", *content, scope=scope, title=_name(code))


def _name(code: str) -> str:
    return country_name(code, "en")
