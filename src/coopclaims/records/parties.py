"""PARTY and SOURCE arguments as values: kind, countries, a canonical key and a display name.

The order of the readings is that of ``_READERS``: listed names first, then countries, persons, governments, and names
and descriptions by their parts. Organisations that no list has get a key made of their name; to find that two such
names mean one body (translations, paraphrases) is the business of the step that merges records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from coopclaims.records import party_listed, party_persons, party_states
from coopclaims.records.aliases import Aliases
from coopclaims.records.names import tidy
from coopclaims.records.party_value import UNKNOWN, PartyValue, Quote, bare_name, name_entity, quote_of
from coopclaims.records.phrase_nouns import COUNTRY, GOVERNMENT, GROUP, ORGANISATION, PERSON, Reading
from coopclaims.records.phrases import read_phrase
from coopclaims.records.places import inner_places, named_after_place, place_entity, region_or_town
from coopclaims.records.sureness import LIKELY, UNSURE
from coopclaims.schema import LANGUAGES

__all__ = ["PartyValue", "normalise_party"]

# Of longer quotes the rest is not read; no name of a party is as long.
_LONGEST = 400


def normalise_party(quote: str, lang: str, aliases: Aliases, label: str = "PARTY") -> PartyValue:
    """The value of a quote in ``lang`` (vi, de, en; others are read as English) whose span has ``label``. Never raises.

    ``aliases.for_text(text)`` also knows the acronyms that the text at hand explains.
    """
    lang = lang if lang in LANGUAGES else "en"
    text = tidy(quote)[:_LONGEST]
    full_name = aliases.acronyms.get(text)
    if full_name is not None and aliases.find(text, lang) is None:
        return replace(_read(full_name, lang, aliases, label), method="acronym in text", sureness=LIKELY)
    return _read(text, lang, aliases, label)


def _read(text: str, lang: str, aliases: Aliases, label: str) -> PartyValue:
    quote = quote_of(text, lang, aliases, label)
    if not any(letter.isalpha() for letter in quote.text) or not quote.words:
        return PartyValue(UNKNOWN, (), False, None, quote.text, "empty", UNSURE)
    return next((value for reader in _READERS if (value := reader(quote))), _unlisted(quote))


def _phrase(quote: Quote) -> PartyValue | None:
    """A name or a description by its head noun."""
    reading = read_phrase(quote.words, quote.lang)
    if reading is None:
        return None
    codes = _codes_with_places(quote, reading)
    kind = GROUP if reading.kind == PERSON and len(codes) > 1 else reading.kind
    if kind == COUNTRY and (code := region_or_town(quote.words, quote.lang)):
        entity = place_entity(quote.words, quote.lang)
        return PartyValue(GOVERNMENT, (code,), True, entity, quote.text, "region or town", LIKELY)
    if kind == COUNTRY and reading.named and not codes:
        kind = GOVERNMENT
    if not reading.named or kind == GROUP:
        return PartyValue(kind, codes, bool(codes), None, quote.text, "common noun", LIKELY)
    return PartyValue(kind, codes, bool(codes), name_entity(quote), bare_name(quote), "word in name", LIKELY)


def _codes_with_places(quote: Quote, reading: Reading) -> tuple[str, ...]:
    """The countries that are named, and those of places: beside a country only of places listed after it."""
    if not quote.codes:
        return _codes_of_places(quote, reading)
    return tuple(sorted({*quote.codes, *inner_places(quote.words, quote.mentions)}))


def _codes_of_places(quote: Quote, reading: Reading) -> tuple[str, ...]:
    """Firms are named after towns that they are not in; of them only "of" and "in" count."""
    if reading.firm or not (reading.named or reading.kind == ORGANISATION):
        return inner_places(quote.words)
    return named_after_place(quote.words)


def _unlisted(quote: Quote) -> PartyValue:
    entity = name_entity(quote) if any(word.capital for word in quote.words) else None
    return PartyValue(UNKNOWN, quote.codes, bool(quote.codes), entity, quote.text, "unlisted", UNSURE)


_READERS: tuple[Callable[[Quote], PartyValue | None], ...] = (
    party_listed.listed,
    party_states.country,
    party_states.countries_or_people,
    party_listed.office,
    party_persons.titled_person,
    party_persons.bare_person,
    party_states.capital,
    party_states.government,
    party_listed.spelling_variant,
    party_states.region,
    _phrase,
    party_listed.acronym,
    party_states.townspeople,
    party_persons.speaker,
)
