"""Vietnamese noun phrases: the head is the longest known noun at the beginning."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from coopclaims.records.names import Word, key_of
from coopclaims.records.phrase_nouns import (
    COUNTRY,
    GROUP,
    ORGANISATION,
    PERSON,
    Reading,
    is_named,
    kind_of,
    nouns,
    without_number,
)


def read_vietnamese(some: Sequence[Word]) -> Reading | None:
    """Kind of a Vietnamese noun phrase, or None where its head is unknown."""
    rest, several = without_number(some, "vi")
    # Some groups begin with a numeral ("hai bên").
    if not rest or (several and (_vietnamese_head(some) or ("", 0))[0] == GROUP):
        return Reading(GROUP) if several else None
    found = _vietnamese_head(rest)
    if found is None:
        return Reading(GROUP) if several and not rest[0].capital else None
    kind, length = found
    if several or _has_several_owners(rest, length):
        return Reading(GROUP)
    return _of_head(kind, rest, length)


def _of_head(kind: str, rest: Sequence[Word], length: int) -> Reading:
    head, tail_named = key_of(rest[:length]), is_named(rest[length:], "vi", lambda *_: False)
    if kind == GROUP:
        return Reading(ORGANISATION, named=True) if rest[0].capital and tail_named else Reading(GROUP)
    if kind == COUNTRY and tail_named:
        return Reading(GROUP)
    if kind == PERSON:
        return Reading(PERSON if head in nouns("vi", "offices") else GROUP)
    # "Hợp tác xã" at the beginning of a sentence names nobody.
    named = len(rest) > length and is_named(rest, "vi", lambda noun, at: at == 0 and kind_of(noun, "vi") is not None)
    return Reading(kind, named, area=head in nouns("vi", "areas"))


def _has_several_owners(rest: Sequence[Word], length: int) -> bool:
    """Whether the bodies are those of several others ("quân đội hai nước")."""
    tail = rest[length:]
    shared = any(word.key in ("hai", "các", "đôi", "nhiều") and not word.capital for word in tail)
    # "Hải quan ba nước"
    states = any(
        one.key in nouns("vi", "many") and two.key in nouns("vi", "states") and not (one.capital or two.capital)
        for one, two in pairwise(tail)
    )
    return states or (shared and (not rest[0].capital or key_of(tail[-2:]) in nouns("vi", "groups")))


def _vietnamese_head(some: Sequence[Word]) -> tuple[str, int] | None:
    """Kind and length of the longest noun that the phrase begins with."""
    for length in range(min(5, len(some)), 0, -1):
        noun = key_of(some[:length])
        if kind := kind_of(noun, "vi"):
            return kind, length
        if noun in nouns("vi", "titles") and length > 1:
            return PERSON, length
    return None
