"""Parties that an alias file lists, as they are, misspelt, or beside a country."""

from __future__ import annotations

from coopclaims.records.aliases import Alias
from coopclaims.records.countries import ADJECTIVE, NAME, PREFIX, country_name
from coopclaims.records.names import key_of
from coopclaims.records.party_value import PartyValue, Quote, bare_name, name_entity
from coopclaims.records.phrase_nouns import GOVERNMENT, ORGANISATION, nouns
from coopclaims.records.phrases import is_acronym
from coopclaims.records.sureness import CERTAIN, LIKELY

_FEDERAL = "bundes"
OPEN_OFFICE = "office without country"


def listed(quote: Quote) -> PartyValue | None:
    """A listed name, with or without its legal form."""
    for name in dict.fromkeys((quote.text, bare_name(quote))):
        if alias := quote.aliases.find(name, quote.lang) or _federal(quote, name):
            return _value(quote, alias, "alias")
    return None


def spelling_variant(quote: Quote) -> PartyValue | None:
    """A long listed name with few letters changed."""
    alias = quote.aliases.find_variant(quote.text, quote.lang)
    return _value(quote, alias, "spelling variant") if alias and not alias.entity.per_country else None


def office(quote: Quote) -> PartyValue | None:
    """A body that every country has, with its country beside it ("Bộ Y tế Lào", "Vietnam's Ministry of Health")."""
    countries = [mention for mention in quote.mentions if mention.form.kind in (NAME, ADJECTIVE, PREFIX)]
    if len(quote.codes) != 1 or len(countries) != 1:
        return None
    before, after = list(quote.words[: countries[0].start]), list(quote.words[countries[0].end :])
    while before and before[-1].key in nouns("connectors"):
        before.pop()
    if bool(before) == bool(after):
        return None
    name = " ".join(word.text for word in before or after)
    alias = quote.aliases.find(name, quote.lang) or _federal(quote, name)
    return _value(quote, alias, "alias") if alias and alias.entity.per_country else None


def _federal(quote: Quote, name: str) -> Alias | None:
    """A German-speaking federation's ministry ("Bundesgesundheitsministerium"), which is listed without "Bundes"."""
    federal = quote.lang == "de" and name.casefold().startswith(_FEDERAL)
    alias = quote.aliases.find(name[len(_FEDERAL) :], quote.lang) if federal else None
    return alias if alias and alias.entity.per_country else None


def acronym(quote: Quote) -> PartyValue | None:
    """An acronym, or an acronym or a listed body beside a country ("Brazil's IBAMA", "Synopsys Việt Nam")."""
    rest = quote.without_countries
    known = quote.mentions and rest and quote.aliases.find(" ".join(word.text for word in rest), quote.lang)
    if not known and not is_acronym(rest):
        return None
    method = "alias beside country" if known else "acronym"
    return PartyValue(ORGANISATION, quote.codes, bool(quote.codes), name_entity(quote), quote.text, method, LIKELY)


def _value(quote: Quote, alias: Alias, method: str) -> PartyValue:
    entity = alias.entity
    sureness = CERTAIN if method == "alias" and not alias.likely else LIKELY
    if entity.per_country:
        return _office_value(quote, alias, method, sureness)
    key = f"body:{entity.id}"
    if entity.kind == GOVERNMENT and len(entity.countries) == 1:
        key = f"government:{entity.countries[0]}"
    return PartyValue(entity.kind, entity.countries, False, key, entity.name, method, sureness)


def _office_value(quote: Quote, alias: Alias, method: str, sureness: str) -> PartyValue:
    kind, codes = alias.entity.kind, quote.codes
    if not codes and quote.lang == "vi" and quote.words[0].text == "Bộ":
        # Vietnamese text leaves out the country of its own ministries.
        codes, method, sureness = ("VN",), "office of the text's country", LIKELY
    if len(codes) == 1:
        name = f"{alias.entity.name} ({country_name(codes[0], 'en')})"
        return PartyValue(kind, codes, True, f"body:{alias.entity.id}@{codes[0]}", name, method, sureness)
    # "Embassy" and "Marine" are common nouns; "Ministry of Health" is an office whose country the quote leaves out.
    if key_of(quote.words) not in nouns(quote.lang, "bodies"):
        entity = f"body:{alias.entity.id}" if not codes else None
        return PartyValue(kind, codes, bool(codes), entity, alias.entity.name, OPEN_OFFICE, LIKELY)
    return PartyValue(kind, codes, bool(codes), None, quote.text, "common noun", LIKELY)
