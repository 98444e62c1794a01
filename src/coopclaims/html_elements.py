"""HTML built from elements: every string is escaped unless it is itself built here."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files

# A page may run and load nothing but its own script, whatever a document smuggles into it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


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


def separated(children: Iterable[str], between: str) -> Html:
    """Children with plain text between them."""
    return Html(escape(between).join(joined([child]) for child in children))


def page(title: str, *content: str, script: Html | None = None) -> Html:
    """A whole page with its style, which needs no network, and no script but ``script``.

    The page's policy allows that one by its SHA-256 (Content Security Policy Level 3, section 2.3.1) and no other.
    """
    style = files("coopclaims").joinpath("page.css").read_text(encoding="utf-8")
    policy, scripts = _POLICY, []
    if script is not None:
        digest = b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        policy, scripts = f"{_POLICY}; script-src 'sha256-{digest}'", [element("script", script)]
    head = element(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        element("title", title),
        element("style", Html(style)),
    )
    body = element("body", element("h1", title), *content, *scripts)
    return Html(f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n")


def table_script() -> Html:
    """The script by which readers sort tables, and unfold and filter what they list; a page is complete without it."""
    return Html(files("coopclaims").joinpath("page.js").read_text(encoding="utf-8"))


def section(title: str, *content: str) -> Html:
    """A part of a page under a heading, which ``contents`` can link to."""
    return element("section", element("h2", title), *content, id=_anchor(title))


def contents(titles: Iterable[str]) -> Html:
    """Links to the sections of a page."""
    links = [element("a", title, href=f"#{_anchor(title)}") for title in titles]
    return element("nav", *links, class_="contents", **{"aria-label": "Contents"})


def filters(choices: Mapping[str, tuple[str, Sequence[str]]]) -> Html:
    """Controls, shown by the page's script, that hide elements with ``data-language`` by choice and by words.

    ``choices`` maps a title to a name and values; elements carry their values of it in ``data-NAME``, parted by "|".
    Two titles with one name ask for two values of it.
    """
    return element(
        "form",
        *(_select(title, name, values) for title, (name, values) in choices.items()),
        element("label", "Words", Html('<input name="words" type="search" autocomplete="off">')),
        element("button", "Show all", type="reset"),
        element("output", **{"aria-live": "polite"}),
        class_="filters",
        hidden="hidden",
    )


def _select(title: str, name: str, values: Sequence[str]) -> Html:
    # An empty value attribute would be left out, and then the text would be the value.
    options = [Html('<option value="">all</option>'), *(element("option", value) for value in values)]
    return element("label", title, element("select", *options, name=name))


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def table(header: Sequence[str], rows: Iterable[Sequence[str]], total: Sequence[str] = ()) -> Html:
    """A table whose first column names the rows, with a last row for ``total`` that stays last when rows are sorted.

    Numbers stand at the right of their column, words at the left. It scrolls by itself where the page is too narrow.
    """
    rows = list(rows)
    wordy = [any(_is_words(row[column]) for row in rows) for column in range(len(header))]
    head = [element("th", name, scope="col", class_=_side(words)) for name, words in zip(header, wordy, strict=True)]
    body = element("tbody", *(_table_row(row, wordy) for row in rows))
    foot = [element("tfoot", _table_row(total, wordy))] if total else []
    return element("div", element("table", element("thead", element("tr", *head)), body, *foot), class_="scroll")


def _table_row(cells: Sequence[str], wordy: Sequence[bool]) -> Html:
    values = [element("td", cell, class_=_side(words)) for cell, words in zip(cells[1:], wordy[1:], strict=True)]
    return element("tr", element("th", cells[0], scope="row"), *values)


def _is_words(cell: str) -> bool:
    return not isinstance(cell, Html) and any(character.isalpha() for character in cell)


def _side(words: bool) -> str:
    return "words" if words else ""
