"""PARTY and SOURCE arguments as values: kind, countries, a canonical key and a display name.

The order of the readings is that of ``_READERS``: listed names first, then countries, persons, governments, and names
and descriptions by their parts. Organisations that no list has get a key made of their name; to find that two such
names mean one body (translations, paraphrases) is the business of the step that merges records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from coopclaims.records.aliases import Alias, Aliases, alias_key
from coopclaims.records.countries import (
    ADJECTIVE,
    BLOCKED,
    CAPITAL,
    NAME,
    PREFIX,
    Mention,
    codes_of,
    country_name,
    mentions,
)
from coopclaims.records.names import Word, key_of, tidy, word_list, words
from coopclaims.records.party_kinds import (
    COUNTRY,
    GOVERNMENT,
    GROUP,
    ORGANISATION,
    PERSON,
    Reading,
    is_plain_acronym,
    read_phrase,
)
from coopclaims.records.persons import has_person_shape, is_person
from coopclaims.records.places import (
    CERTAIN,
    LIKELY,
    UNSURE,
    inner_places,
    large_towns,
    named_after_place,
    region_or_town,
    regions,
)

UNKNOWN = "unknown"
# Capitals that stand for the European Union as often as for the country.
_OPEN_CAPITALS = frozenset({"BE"})
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class PartyValue:
    """The reading of a party.

    ``countries`` are ISO 3166-1 alpha-2 codes, sorted; ``derived`` if the party is not the country or its government,
    but has it in its name or its place. ``entity`` is a key that equal parties share ("country:VN", "government:DE",
    "body:giz", "body:most@VN", "name:…"), None for descriptions that name nobody. docs/parties.md explains the methods
    and the levels of sureness: certain, likely, unsure.
    """

    kind: str
    countries: tuple[str, ...]
    derived: bool
    entity: str | None
    name: str
    method: str
    sureness: str

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the value."""
        return {
            "kind": self.kind,
            "countries": list(self.countries),
            "derived": self.derived,
            "entity": self.entity,
            "name": self.name,
            "method": self.method,
            "sureness": self.sureness,
        }


@dataclass(frozen=True, slots=True)
class _Quote:
    """A party's quote, tidied, with its words and the countries among them."""

    text: str
    words: Sequence[Word]
    lang: str
    mentions: Sequence[Mention]
    aliases: Aliases
    label: str

    @property
    def codes(self) -> tuple[str, ...]:
        return codes_of(self.mentions)


def normalise_party(quote: str, lang: str, aliases: Aliases, label: str = "PARTY") -> PartyValue:
    """The value of a quote in ``lang`` (vi, de, en; others are read as English) whose span has ``label``. Never raises.

    A SOURCE with the shape of a person's name is read as a person's, as most speakers are.
    """
    lang = lang if lang in ("vi", "de", "en") else "en"
    text = tidy(quote)[:_LONGEST]
    full_name = aliases.acronyms.get(text)
    if full_name is not None and aliases.find(text, lang) is None:
        value = _read(full_name, lang, aliases, label)
        return PartyValue(
            value.kind, value.countries, value.derived, value.entity, value.name, "acronym in text", LIKELY
        )
    return _read(text, lang, aliases, label)


def _read(text: str, lang: str, aliases: Aliases, label: str) -> PartyValue:
    base = _BRACKETS.sub("", text) or text
    some = _without_articles(words(base))
    quote = _Quote(_display(base, some), some, lang, mentions(some, lang), aliases, label)
    if not some or not any(c.isalpha() for c in quote.text):
        return PartyValue(UNKNOWN, (), False, None, quote.text, "empty", UNSURE)
    return next(value for reader in _READERS if (value := reader(quote)))


def _without_articles(some: Sequence[Word]) -> Sequence[Word]:
    at = 0
    while at < len(some) - 1 and some[at].key in _list("articles") and not some[at].text.isupper():
        at += 1
    return some[at:]


def _display(base: str, some: Sequence[Word]) -> str:
    """The text from the first word kept, without quotation marks and punctuation around it."""
    start = base.find(some[0].text) if some else 0
    return base[start:].strip(" \"'„“”‚‘’«»,;:!?-–—…")


# Listed bodies


def _listed(quote: _Quote) -> PartyValue | None:
    bare = _bare(quote)
    alias = quote.aliases.find(quote.text, quote.lang) or (
        quote.aliases.find(bare, quote.lang) if bare != quote.text else None
    )
    return _from_alias(quote, alias, "alias") if alias else None


def _variant(quote: _Quote) -> PartyValue | None:
    alias = quote.aliases.find_variant(quote.text, quote.lang)
    return _from_alias(quote, alias, "spelling variant") if alias and not alias.entity.per_country else None


def _office(quote: _Quote) -> PartyValue | None:
    """A body that every country has, with its country beside it ("Bộ Y tế Lào", "Vietnam's Ministry of Health")."""
    countries = [m for m in quote.mentions if m.form.kind in (NAME, ADJECTIVE, PREFIX)]
    if len(quote.codes) != 1 or len(countries) != 1:
        return None
    start, end = countries[0].start, countries[0].end
    before, after = list(quote.words[:start]), list(quote.words[end:])
    while before and before[-1].key in _list("connectors"):
        before.pop()
    while after and after[0].key in ("the", "s"):
        after.pop(0)
    if before and after:
        return None
    alias = quote.aliases.find(" ".join(word.text for word in (*before, *after)), quote.lang)
    return _from_alias(quote, alias, "alias") if alias and alias.entity.per_country else None


def _from_alias(quote: _Quote, alias: Alias, method: str) -> PartyValue:
    entity = alias.entity
    sureness = LIKELY if alias.likely or method != "alias" else CERTAIN
    if not entity.per_country:
        countries, prefix = entity.countries, GOVERNMENT if entity.kind == GOVERNMENT else "body"
        codes = f"government:{countries[0]}" if prefix == GOVERNMENT and countries else f"body:{entity.id}"
        return PartyValue(entity.kind, countries, False, codes, entity.name, method, sureness)
    found = quote.codes
    if not found and quote.lang == "vi" and quote.words[0].text == "Bộ":
        # Vietnamese text leaves out the country of its own ministries.
        return _office_value(alias, "VN", "office of the text's country", LIKELY)
    if len(found) == 1:
        return _office_value(alias, found[0], method, sureness)
    if not found and not quote.words[0].capital:
        return PartyValue(entity.kind, (), False, None, quote.text, "common noun", LIKELY)
    named = any(word.capital for word in quote.words) and len(quote.words) > 1
    method, key = ("office without country", _name_entity(quote)) if named else ("common noun", None)
    return PartyValue(entity.kind, found, bool(found), key, quote.text, method, LIKELY)


def _office_value(alias: Alias, code: str, method: str, sureness: str) -> PartyValue:
    name = f"{alias.entity.name} ({country_name(code, 'en')})"
    return PartyValue(alias.entity.kind, (code,), True, f"body:{alias.entity.id}@{code}", name, method, sureness)


# Countries and governments


def _country(quote: _Quote) -> PartyValue | None:
    names = [m for m in quote.mentions if m.form.kind == NAME]
    if len(names) != 1 or not names[0].form.codes:
        return None
    outside = {*quote.words[: names[0].start], *quote.words[names[0].end :]}
    if (
        not all(word.key in _list("state_forms") or word.key in _list("connectors") for word in outside)
        or names[0].start > 4
    ):
        return None
    code = names[0].form.codes[0]
    # A Vietnamese country name of one syllable is also a given name.
    short = quote.lang == "vi" and len(quote.words) == 1 and len(quote.text) <= 4 and not quote.text.isupper()
    level = LIKELY if short else CERTAIN
    return PartyValue(COUNTRY, (code,), False, f"country:{code}", country_name(code, quote.lang), "country name", level)


def _countries(quote: _Quote) -> PartyValue | None:
    """Several countries in one quote ("Vietnam and Germany"), or a people ("Koreans")."""
    covered = {at for m in quote.mentions for at in range(m.start, m.end)}
    rest = [word for at, word in enumerate(quote.words) if at not in covered]
    if (
        not quote.codes
        or any(m.form.kind == BLOCKED for m in quote.mentions)
        or any(word.key not in _list("joiners") for word in rest)
    ):
        return None
    kinds = {m.form.kind for m in quote.mentions}
    if CAPITAL in kinds and len(kinds) > 1:
        return None
    named = all(m.form.kind == NAME for m in quote.mentions)
    if named or any(m.form.kind == CAPITAL for m in quote.mentions):
        entity = "countries:" + "+".join(quote.codes) if named and len(quote.codes) > 1 else None
        kind = GROUP if len(quote.mentions) > 1 else UNKNOWN
        return (
            PartyValue(kind, quote.codes, not named, entity, quote.text, "country name", LIKELY)
            if kind != UNKNOWN
            else None
        )
    return PartyValue(GROUP, quote.codes, True, None, quote.text, "demonym", LIKELY)


def _government(quote: _Quote) -> PartyValue | None:
    reading = read_phrase(quote.words, quote.lang)
    if reading is None or reading.kind != GOVERNMENT:
        return None
    codes = quote.codes
    if reading.area or _of_region(quote):
        places = codes or named_after_place(quote.words)
        code = region_or_town(quote.words, quote.lang)
        places = (code,) if code and not codes else places
        method = "region or town" if places else "common noun"
        entity = _name_entity(quote) if reading.named or (places and not codes) else None
        return PartyValue(GOVERNMENT, places, bool(places), entity, quote.text, method, LIKELY)
    if len(codes) == 1:
        name = f"Government of {country_name(codes[0], 'en')}"
        capital = any(m.form.kind == CAPITAL for m in quote.mentions)
        return PartyValue(
            GOVERNMENT, codes, False, f"government:{codes[0]}", name, "government", LIKELY if capital else CERTAIN
        )
    return PartyValue(GOVERNMENT, codes, bool(codes), None, quote.text, "common noun", LIKELY)


def _of_region(quote: _Quote) -> bool:
    return quote.words[0].key in _list("local")


def _capital(quote: _Quote) -> PartyValue | None:
    whole = [m for m in quote.mentions if m.form.kind == CAPITAL and (m.start, m.end) == (0, len(quote.words))]
    if not whole:
        return None
    code = whole[0].form.codes[0]
    if code in _OPEN_CAPITALS:
        return PartyValue(GOVERNMENT, (), False, None, quote.text, "capital", UNSURE)
    name = f"Government of {country_name(code, 'en')}"
    return PartyValue(GOVERNMENT, (code,), False, f"government:{code}", name, "capital", LIKELY)


# Persons


def _titled_person(quote: _Quote) -> PartyValue | None:
    """A name after titles ("Bộ trưởng Nguyễn Mạnh Hùng", "Minister Nguyen Van A"): the title is left out."""
    at = _title_end(quote)
    rest = quote.words[at:]
    capital = bool(rest) and all(word.capital for word in rest[:1]) and len(rest) <= 6
    if not at or not capital or mentions(rest, quote.lang):
        return None
    if not is_person(rest, quote.lang):
        reading = read_phrase(rest, quote.lang)
        if reading or len(rest) > 4 or not all(word.capital for word in rest):
            return None
    return _person(quote, rest, "title", CERTAIN if len(rest) > 1 else LIKELY)


def _title_end(quote: _Quote) -> int:
    titles = _list(quote.lang, "titles")
    at, last = 0, 0
    countries = {n for m in quote.mentions for n in range(m.start, m.end)}
    while at < len(quote.words):
        length = next((n for n in (4, 3, 2, 1) if key_of(quote.words[at : at + n]) in titles), 0)
        if not length and at in countries:
            length = 1
        elif length:
            last = at + length
        if not length:
            break
        at += length
    # "Anh" and the like before one more syllable are pronouns or names, and articles are no titles.
    return last if any(word.key not in _list("articles") | _list("connectors") for word in quote.words[:last]) else 0


def _bare_person(quote: _Quote) -> PartyValue | None:
    return _person(quote, quote.words, "person's name", LIKELY) if is_person(quote.words, quote.lang) else None


def _person(quote: _Quote, some: Sequence[Word], method: str, sureness: str) -> PartyValue:
    name = _display(quote.text, some)
    return PartyValue(PERSON, (), False, f"name:{key_of(some)}", name, method, sureness)


# Descriptions and other names


def _phrase(quote: _Quote) -> PartyValue | None:
    reading = read_phrase(quote.words, quote.lang)
    if reading is None:
        return None
    codes = quote.codes or _place_codes(quote, reading)
    if reading.kind == PERSON and len(codes) > 1:
        reading = Reading(GROUP)
    if reading.kind == COUNTRY and reading.named and not codes:
        reading = Reading(GOVERNMENT, named=True, area=True)
    if reading.kind == COUNTRY and (region := region_or_town(quote.words, quote.lang)):
        return PartyValue(GOVERNMENT, (region,), True, _name_entity(quote), quote.text, "region or town", LIKELY)
    entity = _name_entity(quote) if reading.named and reading.kind != GROUP else None
    name = _bare(quote) if entity else quote.text
    return PartyValue(reading.kind, codes, bool(codes), entity, name, _phrase_method(reading), LIKELY)


def _phrase_method(reading: Reading) -> str:
    return "word in name" if reading.named and reading.kind == ORGANISATION else "common noun"


def _place_codes(quote: _Quote, reading: Reading) -> tuple[str, ...]:
    if reading.firm or not (reading.named or reading.kind == ORGANISATION):
        return inner_places(quote.words)
    return named_after_place(quote.words)


def _acronym(quote: _Quote) -> PartyValue | None:
    """An acronym, or an acronym or a listed body beside a country ("Brazil's IBAMA", "Synopsys Việt Nam")."""
    covered = {at for m in quote.mentions for at in range(m.start, m.end)}
    rest = [word for at, word in enumerate(quote.words) if at not in covered]
    listed = bool(covered) and bool(rest) and quote.aliases.find(" ".join(word.text for word in rest), quote.lang)
    if not listed and not is_plain_acronym(rest):
        return None
    return PartyValue(ORGANISATION, quote.codes, bool(quote.codes), _name_entity(quote), quote.text, "acronym", LIKELY)


def _region(quote: _Quote) -> PartyValue | None:
    code = region_or_town(quote.words, quote.lang) if quote.words[0].capital else None
    # "Kanton" is a common noun before it is a town.
    common = key_of(quote.words) in _list("de", "areas") | _list("de", "bodies") | _list("en", "bodies")
    if common or any(m.form.kind == BLOCKED for m in quote.mentions):
        return None
    # A small town's name is more often a firm's or a family's.
    if code is None or not (quote.codes or len(quote.words) > 1 or _is_large(quote)):
        return None
    return PartyValue(GOVERNMENT, (code,), True, _name_entity(quote), quote.text, "region or town", LIKELY)


def _list(*path: str) -> frozenset[str]:
    return word_list("party_words.yaml", *path)


def _is_large(quote: _Quote) -> bool:
    name = key_of(quote.words)
    return name in regions() or name in large_towns()


def _unlisted(quote: _Quote) -> PartyValue:
    if quote.label == "SOURCE" and not quote.codes and has_person_shape(quote.words):
        return _person(quote, quote.words, "shape of a speaker's name", LIKELY)
    entity = _name_entity(quote) if any(word.capital for word in quote.words) else None
    return PartyValue(UNKNOWN, quote.codes, bool(quote.codes), entity, quote.text, "unlisted", UNSURE)


def _name_entity(quote: _Quote) -> str:
    return f"name:{alias_key(_bare(quote), quote.lang)}"


def _bare(quote: _Quote) -> str:
    """The display text without legal forms."""
    some = list(quote.words)
    forms = _list("legal_forms")
    while len(some) > 1 and (some[-1].key in forms or some[-1].key == "&"):
        some.pop()
    for length in (6, 5, 4, 3, 2, 1) if quote.lang == "vi" else ():
        prefix = key_of(some[:length])
        if len(some) > length and prefix in _list("legal_prefixes") and some[length].capital:
            some = some[length:]
            break
    end = quote.text.rfind(some[-1].text) + len(some[-1].text)
    start = quote.text.find(some[0].text)
    return quote.text[start:end] if 0 <= start < end else quote.text


_READERS: tuple[Callable[[_Quote], PartyValue | None], ...] = (
    _listed,
    _country,
    _countries,
    _office,
    _titled_person,
    _bare_person,
    _capital,
    _government,
    _variant,
    _region,
    _phrase,
    _acronym,
    _unlisted,
)
