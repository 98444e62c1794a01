"""Parties that are countries, peoples, governments, or regions and towns, whose governments act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coopclaims.records.countries import (
    BLOCKED,
    CAPITAL,
    NAME,
    OPEN_CAPITALS,
    REGIONAL,
    capital_of_adjective,
    country_name,
)
from coopclaims.records.gazetteer import large_towns, regions, towns
from coopclaims.records.names import Word, key_of
from coopclaims.records.party_value import PartyValue, Quote, name_entity
from coopclaims.records.phrase_nouns import COUNTRY, GOVERNMENT, GROUP, nouns
from coopclaims.records.phrases import read_phrase
from coopclaims.records.places import named_after_place, place_entity, region_or_town
from coopclaims.records.sureness import CERTAIN, LIKELY, UNSURE

# Words before a country's name in its official name, at most ("Democratic and Popular Republic of").
_MOST_BEFORE = 4


def country(quote: Quote) -> PartyValue | None:
    """One country, by its name or official name."""
    names = [mention for mention in quote.mentions if mention.form.kind == NAME]
    if len(names) != 1 or names[0].start > _MOST_BEFORE:
        return None
    outside = (*quote.words[: names[0].start], *quote.words[names[0].end :])
    if not all(word.key in nouns("state_forms") or word.key in nouns("connectors") for word in outside):
        return None
    code = names[0].form.codes[0]
    # A Vietnamese country name of one syllable is also a given name.
    short = quote.lang == "vi" and len(quote.words) == 1 and len(quote.text) <= 4 and not quote.text.isupper()
    sureness = LIKELY if short else CERTAIN
    return PartyValue(COUNTRY, (code,), False, f"country:{code}", country_name(code, "en"), "country name", sureness)


def countries_or_people(quote: Quote) -> PartyValue | None:
    """Several countries in one quote ("Vietnam and Germany"), or a people ("Koreans")."""
    kinds = {mention.form.kind for mention in quote.mentions}
    if not quote.codes or BLOCKED in kinds or any(word.key not in nouns("joiners") for word in quote.without_countries):
        return None
    if kinds == {NAME}:
        entity = "countries:" + "+".join(quote.codes)
        return PartyValue(GROUP, quote.codes, False, entity, quote.text, "country name", LIKELY)
    if CAPITAL in kinds:
        several = kinds == {CAPITAL} and len(quote.mentions) > 1
        return PartyValue(GROUP, quote.codes, False, None, quote.text, "capital", LIKELY) if several else None
    return PartyValue(GROUP, quote.codes, True, None, quote.text, "demonym", LIKELY)


def capital(quote: Quote) -> PartyValue | None:
    """A capital, read as the government that sits there."""
    form = quote.mentions[0].form if quote.mentions and not quote.without_countries else None
    if form is None or form.kind != CAPITAL or len(quote.mentions) > 1:
        return None
    if form.codes[0] in OPEN_CAPITALS:
        return PartyValue(GOVERNMENT, (), False, None, quote.text, "capital", UNSURE)
    return _national(form.codes[0], "capital", LIKELY)


def government(quote: Quote) -> PartyValue | None:
    """A government by its noun: of a country, a region or a town, or of none that is named."""
    reading = read_phrase(quote.words, quote.lang)
    if reading is None or reading.kind != GOVERNMENT:
        return None
    by_region = any(mention.form.kind == REGIONAL for mention in quote.mentions)
    if reading.area or by_region or quote.words[0].key in nouns("local"):
        return _regional(quote, reading.named or by_region)
    if len(quote.codes) == 1:
        by_capital = any(mention.form.kind == CAPITAL for mention in quote.mentions)
        return _national(quote.codes[0], "government", LIKELY if by_capital else CERTAIN)
    if not quote.codes and quote.lang == "de" and (code := capital_of_adjective(quote.words[0])):
        return _national(code, "government", LIKELY)
    return PartyValue(GOVERNMENT, quote.codes, bool(quote.codes), None, quote.text, "common noun", LIKELY)


def region(quote: Quote) -> PartyValue | None:
    """A region, or a town that is large: small towns' names are more often those of firms and families."""
    code = region_or_town(quote.words, quote.lang) if quote.words[0].capital else None
    name = key_of(quote.words)
    # "Kanton" is a common noun before it is a town.
    common = any(name in nouns(*path) for path in (("de", "areas"), ("de", "bodies"), ("en", "bodies")))
    if code is None or common or any(mention.form.kind == BLOCKED for mention in quote.mentions):
        return None
    names = {name, name.removesuffix("s") if quote.lang == "de" else name}
    if not quote.codes and len(quote.words) == 1 and names.isdisjoint(regions()) and name not in large_towns():
        return None
    entity = place_entity(quote.words, quote.lang)
    return PartyValue(GOVERNMENT, (code,), True, entity, quote.text, "region or town", LIKELY)


def townspeople(quote: Quote) -> PartyValue | None:
    """German demonyms of large towns ("Innsbrucker", "Linzern")."""
    if quote.lang != "de" or len(quote.words) != 1:
        return None
    name = quote.words[0].key.removesuffix("n")
    stems = (name[:-2], name[:-1]) if name.endswith("er") and len(name) > 5 else ()
    code = capital_of_adjective(replace(quote.words[0], key=name)) or next(
        (towns()[stem] for stem in stems if stem in towns() and stem in large_towns()), None
    )
    return PartyValue(GROUP, (code,), True, None, quote.text, "demonym", LIKELY) if code else None


def _with_and_without_country(quote: Quote) -> list[Sequence[Word]]:
    rest = quote.without_countries
    while rest and rest[-1].key in nouns("connectors"):
        rest.pop()
    return [quote.words, rest] if rest and len(rest) < len(quote.words) else [quote.words]


def _national(code: str, method: str, sureness: str) -> PartyValue:
    name = f"Government of {country_name(code, 'en')}"
    return PartyValue(GOVERNMENT, (code,), False, f"government:{code}", name, method, sureness)


def _regional(quote: Quote, named: bool) -> PartyValue:
    # "indonesische Provinz Maluku", "Lao Cai Province, Vietnam"
    place = next(filter(None, (place_entity(part, quote.lang) for part in _with_and_without_country(quote))), None)
    code = place.split(":")[1] if place else None
    codes = quote.codes or ((code,) if code else named_after_place(quote.words))
    entity = name_entity(quote) if named or (codes and not quote.codes) else None
    if place and codes == (code,):
        entity = place
    method = "region or town" if codes else "common noun"
    return PartyValue(GOVERNMENT, codes, bool(codes), entity, quote.text, method, LIKELY)
