"""HTML built from elements: every string is escaped unless it is itself built here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

# A page may run nothing and load nothing, whatever a document smuggles into it. Plots are images within the page.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Html(str):
    """Text that is HTML already. Only ``element`` and ``joined`` make it, and constants of our own."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str) -> Html:
    """``<tag attributes>children</tag>``.

    A trailing ``_`` in an attribute name is dropped (``class_``), an attribute with an empty value left out.
    """
    pairs = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items() if value)
    return Html(f"<{tag}{pairs}>{joined(children)}</{tag}>")


def joined(children: Iterable[str]) -> Html:
    """Children one after another, plain strings escaped."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))


def page(title: str, *content: str) -> Html:
    """A whole page with its style, which needs no network and no script."""
    style = files("coopclaims").joinpath("page.css").read_text(encoding="utf-8")
    head = element(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        element("title", title),
        element("style", Html(style)),
    )
    body = element("body", element("h1", title), *content)
    return Html(f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n")


def section(title: str, *content: str) -> Html:
    """A part of a page under a heading."""
    return element("section", element("h2", title), *content)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """A table whose first column names the rows; it scrolls by itself where the page is too narrow."""
    head = element("tr", *(element("th", name, scope="col") for name in header))
    body = [
        element("tr", element("th", name, scope="row"), *(element("td", cell) for cell in cells))
        for name, *cells in rows
    ]
    return element("div", element("table", element("thead", head), element("tbody", *body)), class_="scroll")
