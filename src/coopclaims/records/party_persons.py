"""Parties that are persons, with and without titles."""

from __future__ import annotations

from collections.abc import Sequence

from coopclaims.records.countries import REGIONAL, mentions
from coopclaims.records.names import Word, key_of
from coopclaims.records.party_value import PartyValue, Quote, display
from coopclaims.records.persons import has_person_shape, is_person
from coopclaims.records.phrase_nouns import PERSON, nouns
from coopclaims.records.phrases import read_phrase
from coopclaims.records.sureness import CERTAIN, LIKELY

_LONGEST_TITLE = 4
_MOST_WORDS, _MOST_UNKNOWN_WORDS = 6, 4


def titled_person(quote: Quote) -> PartyValue | None:
    """A name after titles ("Bộ trưởng Nguyễn Mạnh Hùng", "Minister Nguyen Van A"): the title is left out."""
    at = _title_end(quote)
    rest = quote.words[at:]
    if not at or not rest or not rest[0].capital or len(rest) > _MOST_WORDS or _has_country(rest, quote.lang):
        return None
    # "Minister of Basic Education" is an office and no name.
    office = quote.words[at - 1].key in nouns("connectors")
    if is_person(rest, quote.lang) or (not office and _may_be_person(rest, quote.lang)):
        return _person(quote, rest, "title", CERTAIN if len(rest) > 1 else LIKELY)
    return None


def bare_person(quote: Quote) -> PartyValue | None:
    """A name that lists of names tell to be a person's."""
    return _person(quote, quote.words, "person's name", LIKELY) if is_person(quote.words, quote.lang) else None


def speaker(quote: Quote) -> PartyValue | None:
    """A SOURCE with the shape of a person's name: most speakers are persons."""
    if quote.label != "SOURCE" or quote.mentions or not has_person_shape(quote.words):
        return None
    return _person(quote, quote.words, "shape of a speaker's name", LIKELY)


def _title_end(quote: Quote) -> int:
    """How many words of titles, with countries and articles among them, the quote begins with."""
    titles = nouns(quote.lang, "titles")
    countries = {at for mention in quote.mentions for at in range(mention.start, mention.end)}
    at = last = 0
    while at < len(quote.words):
        lengths = range(_LONGEST_TITLE, 0, -1)
        length = next((n for n in lengths if key_of(quote.words[at : at + n]) in titles), 0)
        if not length and at not in countries:
            break
        at += length or 1
        last = at if length else last
    # Function words between the parts of a title are listed with them, and are none alone.
    return last if any(word.key not in nouns("connectors") for word in quote.words[:last]) else 0


def _has_country(rest: Sequence[Word], lang: str) -> bool:
    """Whether a country is among the words; adjectives of regions are surnames, too ("Berner")."""
    return any(mention.form.kind != REGIONAL for mention in mentions(rest, lang))


def _may_be_person(rest: Sequence[Word], lang: str) -> bool:
    """Whether an unknown name after a title is capitalised and no known body's."""
    return len(rest) <= _MOST_UNKNOWN_WORDS and all(word.capital for word in rest) and read_phrase(rest, lang) is None


def _person(quote: Quote, some: Sequence[Word], method: str, sureness: str) -> PartyValue:
    return PartyValue(PERSON, (), False, f"name:{key_of(some)}", display(quote.text, some), method, sureness)
