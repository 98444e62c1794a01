"""Aliases: the names of a body in three languages, read from YAML files of the format in docs/parties.md.

Also acronyms that a text itself explains ("Ministry of Science and Technology (MOST)"), found as by A. S. Schwartz and
M. A. Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text", PSB 2003.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from coopclaims.errors import UserError
from coopclaims.records.names import key, packaged_yaml, tidy
from coopclaims.schema import LANGUAGES

KINDS = ("country", "government", "organisation", "person", "group")
ANY = "any"
_KEYS = ("name", "kind", "countries", "per_country", "same_as", "aliases", "likely")
_GERMAN_ENDING = re.compile(r"(?<=\w{4})(?:e[mnrs]?|s|n)$")
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
    """The key of a name; of German ones without the endings of case and number."""
    folded = key(name)
    return " ".join(_GERMAN_ENDING.sub("", word) for word in folded.split()) if lang == "de" else folded


def load_aliases(path: Path | str | None = None) -> Aliases:
    """The packaged aliases, and those of the user's file, which go before the packaged ones.

    Raises UserError, in one line that names the file, for what breaks the format.
    """
    packaged = _packaged()
    if path is None:
        return Aliases(_index(packaged, packaged, "aliases.yaml"))
    own = _read(path)
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
        before = re.split(r"[,;:.()]\s", text[: match.start()])[-1].split()
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


@cache
def _packaged() -> dict[str, dict[str, Any]]:
    return _checked(packaged_yaml("aliases.yaml"), "aliases.yaml")


def _read(path: Path | str) -> dict[str, dict[str, Any]]:
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 (byte {error.start + 1}); convert the file to UTF-8") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UserError(f"{where}: not YAML: {getattr(error, 'problem', None) or 'cannot be parsed'}") from error
    return _checked(content, str(path))


def _checked(content: Any, path: str) -> dict[str, dict[str, Any]]:
    if not isinstance(content, dict) or set(content) != {"entities"} or not isinstance(content["entities"], dict):
        raise UserError(f"{path}: must have one key, 'entities', that maps ids to entities")
    for name, entry in content["entities"].items():
        for problem in _problems(name, entry):
            raise UserError(f"{path}: entity {name!r}: {problem}")
    return dict(content["entities"])


def _problems(name: Any, entry: Any) -> Iterator[str]:
    if not isinstance(name, str) or not name.strip():
        yield "its id must be a string; put it in quotation marks"
    elif not isinstance(entry, dict):
        yield f"must map {', '.join(_KEYS)} to values"
    else:
        yield from (f"unknown key {other!r}; keys are {', '.join(_KEYS)}" for other in entry if other not in _KEYS)
        yield from _value_problems(entry)


def _value_problems(entry: dict[str, Any]) -> Iterator[str]:
    wanted = ("same_as",) if "same_as" in entry else ("name", "kind")
    for part in wanted:
        if not isinstance(entry.get(part), str) or not entry[part].strip():
            yield f"{part!r} must be a string"
    if "same_as" in entry:
        yield from (f"has 'same_as' and therefore no {part!r}" for part in _KEYS[:4] if part in entry)
    elif entry["kind"] not in KINDS:
        yield f"unknown kind {entry['kind']!r}; kinds are {', '.join(KINDS)}"
    if not isinstance(entry.get("per_country", False), bool):
        yield "'per_country' must be true or false"
    yield from _country_problems(entry.get("countries", []))
    yield from (problem for part in ("aliases", "likely") for problem in _name_problems(part, entry.get(part, {})))


def _country_problems(codes: Any) -> Iterator[str]:
    import pycountry

    if not isinstance(codes, list):
        yield "'countries' must be a list of ISO 3166-1 alpha-2 codes"
        return
    for code in codes:
        if not isinstance(code, str):
            yield f"'countries' holds {code!r}, not a string; put it in quotation marks"
        elif code != "XK" and (len(code) != 2 or not code.isupper() or pycountry.countries.get(alpha_2=code) is None):
            yield f"'countries' holds {code!r}, which is no ISO 3166-1 alpha-2 code"


def _name_problems(part: str, names: Any) -> Iterator[str]:
    if not isinstance(names, dict):
        yield f"{part!r} must map languages ({', '.join((*LANGUAGES, ANY))}) to lists of names"
        return
    for lang, listed in names.items():
        if lang not in (*LANGUAGES, ANY):
            yield f"{part!r} has the unknown language {lang!r}; languages are {', '.join((*LANGUAGES, ANY))}"
        elif not isinstance(listed, list):
            yield f"{part!r} of {lang!r} must be a list of names"
        else:
            for name in listed:
                if not isinstance(name, str):
                    yield f"the name {name!r} in {part!r} is not a string; put it in quotation marks"
                elif not key(name):
                    yield f"the name {name!r} in {part!r} has no letters"


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
