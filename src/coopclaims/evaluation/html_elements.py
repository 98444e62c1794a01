"""HTML built from elements: every string is escaped unless it is itself built here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


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
