"""Persons: names told from those of bodies by given names, by surnames and by endings of surnames."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from coopclaims.records.gazetteer import regions
from coopclaims.records.names import Word, word_list

_FILE = "person_names.yaml"
_MOST_WORDS = 6
# A Chinese given name of two syllables in pinyin.
_PINYIN = re.compile(r"(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])(?:[iu]?[aeo][io]?(?:n|ng)?|[iuü]n?g?)){2}")


def is_person(some: Sequence[Word], lang: str) -> bool:
    """Whether the words have the shape of a person's name and a part that persons' names are known by."""
    return has_person_shape(some) and (_is_vietnamese(some, lang) or _is_east_asian(some) or _is_given(some))


def has_person_shape(some: Sequence[Word]) -> bool:
    """Whether two to six words are capitalised but for particles, and none is a word of bodies or landscapes."""
    # The second part of a hyphened name may be small ("Seong-il").
    names = [word for word in some if word.key not in _list("particles") and "-" not in word.joined]
    if not 2 <= len(some) <= _MOST_WORDS or not names or not all(word.capital for word in names):
        return False
    if any(word.key in _other_names() or any(c.isdigit() or c == "&" for c in word.text) for word in some):
        return False
    if any(word.joined.strip(" -.") for word in some[1:]):
        return False
    return not any(word.text.isupper() and len(word.text) > 2 for word in some)


def _is_given(some: Sequence[Word]) -> bool:
    hyphened = f"{some[0].key}-{some[1].key}" if "-" in some[1].joined else some[0].key
    if some[0].key in _list("given") or hyphened in _list("given"):
        return True
    return some[-1].key.endswith(tuple(_list("surname_endings"))) and len(some[-1].key) > 4


def _is_vietnamese(some: Sequence[Word], lang: str) -> bool:
    keys = [word.key for word in some]
    if not 2 <= len(some) <= 5 or any("-" in word.joined for word in some[1:]) or " ".join(keys) in regions():
        return False
    plain = all(len(k) <= 7 and k.isascii() and k.isalpha() for k in keys)
    if plain and lang != "vi" and keys[0] in _list("vietnamese_plain") and len(some) >= 3:
        return True
    if keys[0] not in _list("vietnamese") and keys[0] not in _list("vietnamese_weak"):
        return False
    if keys[0] in _list("vietnamese_weak"):
        return len(some) >= 3 and keys[1] in _list("vietnamese_middle")
    return lang == "vi" or not " ".join(keys).isascii()


def _is_east_asian(some: Sequence[Word]) -> bool:
    """ "Chu Seong-il", "Baek Yu-na": a surname and two syllables joined by a hyphen, the second small."""
    if some[0].key not in _list("east_asian") or not all(word.text.isascii() for word in some):
        return False
    if len(some) == 3:
        return "-" in some[2].joined
    return len(some) == 2 and _PINYIN.fullmatch(some[1].key) is not None


def _list(name: str) -> frozenset[str]:
    return word_list(_FILE, name)


@cache
def _other_names() -> frozenset[str]:
    """Words that no person's name has: nouns of bodies, of trade, of landscapes, and legal forms."""
    nouns = ((lang, part) for lang in ("en", "de") for part in ("bodies", "trades", "areas", "people", "governments"))
    lists = [word_list("party_words.yaml", *path) for path in (*nouns, ("foreign_bodies",), ("landscape",))]
    plural = {word + "s" for word in word_list("party_words.yaml", "en", "bodies")}
    allowed = (
        _list("given")
        | _list("particles")
        | _list("vietnamese")
        | _list("east_asian")
        | {"king", "abbot", "bund", "meister"}
    )
    many = [word_list("party_words.yaml", lang, "many") for lang in ("en", "de")]
    return frozenset().union(*lists, *many, word_list("party_words.yaml", "vi", "trades"), plural) - allowed
