"""Passages by language, the project's languages first."""

from __future__ import annotations

from collections.abc import Iterable

from coopclaims.schema import LANGUAGES, Passage

UNKNOWN_LANGUAGE = "unknown"


def language_of(lang: str | None) -> str:
    """The name under which figures of a language stand."""
    return lang or UNKNOWN_LANGUAGE


def in_order(names: Iterable[str]) -> list[str]:
    """Languages, the project's first, then others by name."""
    found = set(names)
    return [name for name in LANGUAGES if name in found] + sorted(found - set(LANGUAGES))


def rows_by_language(passages: Iterable[Passage]) -> dict[str, list[int]]:
    """Rows of the passages of each language."""
    rows: dict[str, list[int]] = {}
    for row, passage in enumerate(passages):
        rows.setdefault(language_of(passage.lang), []).append(row)
    return {name: rows[name] for name in in_order(rows)}
