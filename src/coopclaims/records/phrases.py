"""What kind of party a noun phrase is, from its head noun and number, in Vietnamese, German and English.

A phrase is a *group* if its head is plural or collective, or names only a part in the act ("partner", "side",
"counterpart").
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from coopclaims.records.names import Word
from coopclaims.records.phrase_nouns import ORGANISATION, Reading, nouns
from coopclaims.records.phrases_de import read_german
from coopclaims.records.phrases_en import read_english
from coopclaims.records.phrases_vi import read_vietnamese

_READERS = {"vi": read_vietnamese, "de": read_german, "en": read_english}


def read_phrase(some: Sequence[Word], lang: str) -> Reading | None:
    """The kind of a noun phrase by its head, or None where no head is known."""
    reading = _READERS[lang](some)
    if reading is None and lang != "en" and any(word.capital for word in some):
        reading = read_english(some)
    if reading is None and _has_body_word(some):
        reading = Reading(ORGANISATION, named=True, firm=True)
    return reading


def is_acronym(some: Sequence[Word]) -> bool:
    """Whether a quote is an acronym ("AGMK")."""
    return len(some) == 1 and 2 <= len(some[0].text) <= 7 and some[0].text.isupper()


def _has_body_word(some: Sequence[Word]) -> bool:
    keys = [word.key for word in some if word.capital]
    if keys and keys[0].endswith("bank"):
        return True
    if len(some) < 2:
        return False
    if any(word.key in nouns("legal_forms") for word in some[1:]) or some[0].text == "PT":
        return True
    return any(noun in _words_of_names() for noun in keys) or any(word.key == "&" for word in some)


@cache
def _words_of_names() -> frozenset[str]:
    return nouns("foreign_bodies").union(*(nouns(lang, "trades") for lang in _READERS))
