"""Spans marked in HTML, in the colours that page.css gives each label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from coopclaims.html_elements import Html, element, joined, separated


def mark(words: str, label: str, wrong: bool = False, value: Any = None, claims: Sequence[int] = ()) -> Html:
    """The words of a span with its label; ``value``, a normalised value (JSON), becomes its tooltip.

    ``claims`` are the numbers of the span's claims. They stand beside the label, and the page's script links by them.
    """
    names = f"{label} wrong".strip() if wrong else label
    shown = " ".join([label, ", ".join(map(str, claims))]).strip()
    links = {"data-claims": " ".join(map(str, claims))}
    return element("mark", words, element("small", shown), class_=names, title=_tip(value), **links)


def marked_text(text: str, marks: Iterable[tuple[int, int, Html]]) -> Html:
    """The text with (start, end, mark) in the place of its stretches, which are sorted and do not overlap."""
    pieces: list[str] = []
    position = 0
    for start, end, shown in marks:
        pieces += [text[position:start], shown]
        position = end
    return joined([*pieces, text[position:]])


def claim_item(
    trigger: Html, kind: Html, arguments: Sequence[Html], score: float | None, number: int | None = None
) -> Html:
    """A claim as an item of a list: its trigger, type and status, arguments, and score where there is one.

    With a ``number``, the page's script links it to the marks of the text that have this number.
    """
    scored = [] if score is None else [element("small", f"{score:.2f}")]
    links = {"data-claims": str(number)} if number else {}
    return element("li", separated([trigger, kind, *arguments, *scored], " "), **links)


def _tip(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {part}" for name, part in value.items())
    return "" if value is None else str(value)
