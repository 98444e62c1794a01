"""English noun phrases: the head is the last noun before the first preposition."""

from __future__ import annotations

from collections.abc import Sequence

from coopclaims.records.names import Word
from coopclaims.records.phrase_nouns import (
    GOVERNMENT,
    GROUP,
    ORGANISATION,
    PERSON,
    Reading,
    begins,
    is_named,
    kind_of,
    nouns,
    without_number,
)


def read_english(some: Sequence[Word]) -> Reading | None:
    """Kind of an English noun phrase, or None where its head is unknown."""
    rest, several = without_number(some, "en")
    if not rest:
        return Reading(GROUP) if several else None
    end = next((at for at, word in enumerate(rest) if at and begins(word, "english_prepositions")), len(rest))
    named = len(rest) > 1 and is_named(rest, "en", lambda noun, at: at == 0 and any(english_number(noun)))
    title = named and end > 1 and all(word.capital or word.key == "and" for word in rest[:end])
    head = rest[end - 1]
    singular, plural = english_number(head.key)
    if several and (plural or singular):
        return Reading(GROUP)
    if plural:
        shared = any(word.key in ("two", "three", "both") for word in rest)
        return _plural(head, title and (plural != PERSON or len(rest) > 2), shared)
    if singular or head.key in nouns("parts"):
        return _singular(rest, head, singular, named)
    if named and any(english_number(word.key)[0] == ORGANISATION for word in rest):
        return Reading(ORGANISATION, named=True)
    return Reading(GROUP) if several or _looks_plural(head, end == 1 and len(rest) > 1) else None


def _plural(head: Word, title: bool, shared: bool) -> Reading:
    """A plural head makes a group, except in a name ("Kenya Railways"); "authorities" are a government."""
    if title:
        return Reading(ORGANISATION, named=True)
    return Reading(GOVERNMENT if head.key == "authorities" and not shared else GROUP)


def _singular(rest: Sequence[Word], head: Word, kind: str | None, named: bool) -> Reading:
    if kind is None or head.key in nouns("parts"):
        return Reading(GROUP)
    areas = nouns("en", "areas")
    area = head.key in areas or (kind == GOVERNMENT and any(word.key in areas for word in rest))
    return Reading(kind, named, area=area)


def _looks_plural(head: Word, alone: bool) -> bool:
    """Whether an unlisted common noun is written as a plural ("recyclers", "Restorers from two houses")."""
    noun = head.key
    plural = noun.isascii() and len(noun) > 4 and noun.endswith("s") and not noun.endswith(("ss", "us", "is"))
    return plural and (not head.capital or (alone and noun not in nouns("en", "trades")))


def english_number(noun: str) -> tuple[str | None, str | None]:
    """The kind of an English noun as a singular, and as a plural."""
    if noun in nouns("en", "groups"):
        return None, GROUP
    kind = kind_of(noun, "en")
    if kind and noun != "authorities":
        return kind, None
    stems = (noun[:-3] + "y" if noun.endswith("ies") else "", noun.removesuffix("es"), noun.removesuffix("s"))
    plural = next((found for stem in stems if stem and stem != noun and (found := kind_of(stem, "en"))), None)
    return None, plural
