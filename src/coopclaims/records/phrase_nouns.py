"""Nouns of parties and what the readers of noun phrases share. The lists are those of party_words.yaml."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from coopclaims.records.countries import BLOCKED, CAPITAL, REGIONAL, Mention, mentions
from coopclaims.records.names import Word, word_list

COUNTRY, GOVERNMENT, ORGANISATION, PERSON, GROUP = "country", "government", "organisation", "person", "group"


@dataclass(frozen=True, slots=True)
class Reading:
    """Kind of a phrase.

    ``named`` if the phrase is a proper name and no mere description; ``area`` for the government of a region or town;
    ``firm`` for a name known by a word of trade or a legal form alone.
    """

    kind: str
    named: bool = False
    area: bool = False
    firm: bool = False


def nouns(*path: str) -> frozenset[str]:
    """A list of party_words.yaml: ``nouns("en", "bodies")``."""
    return word_list("party_words.yaml", *path)


@cache
def kind_of(noun: str, lang: str) -> str | None:
    """The kind of party that a noun of English or Vietnamese stands for."""
    parts = (
        ("groups", GROUP),
        ("areas", GOVERNMENT),
        ("governments", GOVERNMENT),
        ("states", COUNTRY),
        ("bodies", ORGANISATION),
        ("people", PERSON),
    )
    return next((kind for part, kind in parts if noun in nouns(lang, part)), None)


def without_number(some: Sequence[Word], lang: str) -> tuple[Sequence[Word], bool]:
    """The phrase without numbers and quantifiers at its beginning, and whether it had any."""
    at, several = 0, False
    while at < len(some):
        word = some[at]
        many = word.key in nouns(lang, "many") or word.key.isdigit()
        if not many and word.key not in nouns("quantifiers"):
            break
        # Numerals also begin names ("Năm Căn", "All Nippon Airways").
        title = some[at : at + 3] if lang == "vi" else some
        if word.capital and len(some) > at + (1 if lang == "vi" else 2) and all(w.capital for w in title):
            break
        several = several or (many and word.key != "1")
        at += 1
    return some[at:], several


def begins(word: Word, prepositions: str) -> bool:
    """Whether a preposition begins here; "state-owned" has none."""
    return word.key in nouns(prepositions) and "-" not in word.joined


def is_named(some: Sequence[Word], lang: str, is_common: Callable[[str, int], bool]) -> bool:
    """Whether a phrase has a capitalised word that is neither a common noun nor a country's name or adjective.

    ``is_common`` says so of a word's key and its position.
    """
    countries = {at for mention in mentions(some, lang) for at in _of_country(some, mention, lang)}
    return any(word.capital and at not in countries and not is_common(word.key, at) for at, word in enumerate(some))


def _of_country(some: Sequence[Word], mention: Mention, lang: str) -> range:
    """The words of a mention that make no name; a German body has its town beside it ("Universität Pretoria")."""
    beside = lang == "de" and mention.start and some[mention.start - 1].key not in nouns("place_prepositions")
    longer = mention.form.kind == BLOCKED and mention.end - mention.start > 1  # "Gulf of Guinea"
    if longer or mention.form.kind == REGIONAL or (mention.form.kind == CAPITAL and beside):
        return range(0)
    return range(mention.start, mention.end)
