"""Places: the country of a region or town, and of a whole PLACE argument."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from coopclaims.records.countries import (
    BLOCKED,
    CAPITAL,
    NAME,
    OPEN_CAPITALS,
    Mention,
    codes_of,
    country_forms,
    country_name,
    mentions,
)
from coopclaims.records.gazetteer import large_towns, people_of_towns, regions, shared_regions, towns, without_marks
from coopclaims.records.names import Word, key_of, tidy, word_list, words
from coopclaims.records.sureness import CERTAIN, LIKELY, UNSURE

_LONGEST_NAME = 3  # words of a place at the beginning of a body's name


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
    found = next(_named_places(some, lang), None)
    return found[0] if found else None


def place_entity(some: Sequence[Word], lang: str) -> str | None:
    """A key of a region or town that texts of several languages share, where they spell its name alike.

    Without the word of its kind, spaces and marks: "place:VN:laocai" for "tỉnh Lào Cai" and "Lao Cai Province".
    """
    found = list(_named_places(some, lang))
    if not found:
        return None
    # The last is the shortest, unless it is the namesake of another country.
    code, name = next(item for item in reversed(found) if item[0] == found[0][0])
    return f"place:{code}:{re.sub(r'[^a-z0-9]', '', without_marks(name)) or name}"


def _named_places(some: Sequence[Word], lang: str) -> Iterator[tuple[str, str]]:
    """Country and key of the region or town that the words name, as given and without its kind."""
    for part in _without_kind(some, lang):
        name = key_of(part)
        if lang == "de" and part and part[-1].key.endswith("s") and len(part[-1].key) > 4:
            genitive = key_of([*part[:-1], replace(part[-1], key=part[-1].key[:-1])])
            if code := regions().get(genitive):
                yield code, genitive
                continue
        if code := _place(part):
            yield code, name
            continue
        form = country_forms(lang).get(name)
        if form and form.kind == CAPITAL:
            yield form.codes[0], name


def inner_places(some: Sequence[Word], named: Sequence[Mention] = ()) -> tuple[str, ...]:
    """The countries of the regions and towns that follow a preposition ("University of Ulm"), of a list each.

    A list counts only where all in it are known: otherwise its country would be told for those that are elsewhere.
    ``named`` are countries that are known otherwise, and left out.
    """
    known = {at for mention in named for at in range(mention.start, mention.end)}
    codes: set[str] = set()
    for starts in _lists_after_prepositions(some):
        if known and known.isdisjoint(starts):
            continue
        places = [_longest_place(some, at) for at in starts if at not in known]
        if all(places):
            codes.update(filter(None, places))
    return tuple(sorted(codes))


def _lists_after_prepositions(some: Sequence[Word]) -> list[list[int]]:
    """Where the names begin that follow a preposition, each with those after it and a comma or "and"."""
    prepositions, articles = (word_list("party_words.yaml", name) for name in ("place_prepositions", "other_articles"))
    joiners = word_list("party_words.yaml", "joiners")
    found: list[list[int]] = []
    for at in range(1, len(some)):
        before, word = some[at - 1], some[at]
        article = at > 1 and before.key in articles and some[at - 2].key in prepositions
        if word.capital and (before.key in prepositions or article):
            found.append([at])
        elif word.capital and found and ("," in word.joined or before.key in joiners):
            found[-1].append(at)
    return found


def named_after_place(some: Sequence[Word]) -> tuple[str, ...]:
    """The country of a place in the name of a body: after a preposition, or large and at its beginning or end."""
    if codes := inner_places(some):
        return codes
    cuts = range(1, len(some))
    small = some[0].key in word_list("party_words.yaml", "de", "town_heads")
    runs = [(some[at:], not small) for at in cuts] + [
        (some[:end], True) for end in reversed(cuts) if end <= _LONGEST_NAME
    ]
    for run, large in runs:
        person = run[0].key in word_list("person_names.yaml", "given")
        if run[0].capital and not person and (code := _place(run, large)) and not _is_cut(some, run):
            return (code,)
    return ()


def _is_cut(some: Sequence[Word], run: Sequence[Word]) -> bool:
    """Whether a town is only a part of a compound: "Vostok-Terminal" is named after no town, but see "Dubai-based"."""
    first = some[0] is run[0]
    parted = some[len(run)] if first else run[0]
    return parted.joined == "-" and key_of(run) not in regions() and parted.key != "based"


def _without_kind(some: Sequence[Word], lang: str) -> list[Sequence[Word]]:
    """The words as given, and without a word of kind before or after them."""
    kinds = word_list("party_words.yaml", lang if lang in ("de", "vi") else "en", "areas") | {"state"}
    parts = [some]
    # Kinds may follow one another ("UBND thành phố Hà Nội").
    while length := next((n for n in (2, 1) if len(parts[-1]) > n and key_of(parts[-1][:n]) in kinds), 0):
        rest = parts[-1][length:]
        preposition = len(rest) > 1 and rest[0].key in word_list("party_words.yaml", "place_prepositions")
        parts.append(rest[1:] if preposition else rest)
    if len(some) > 1 and some[-1].key in kinds:
        parts.append(some[:-1])
    return parts


def _longest_place(some: Sequence[Word], at: int) -> str | None:
    for end in range(min(len(some), at + 4), at, -1):
        code = _place(some[at:end]) if some[at].capital else None
        # A longer name that several countries share is not read as its shorter beginning ("San Carlos", "San").
        if code or key_of(some[at:end]) in people_of_towns():
            return code
    return None


def _place(some: Sequence[Word], large: bool = False) -> str | None:
    name = key_of(some)
    if len(name) < 3 or some[0].text.isupper() or name in _common_nouns():
        return None
    if name in shared_regions():
        return None
    town = towns().get(name) if not large or name in large_towns() else None
    return regions().get(name) or town or _adjective_of_town(some) or _double_town(some, large)


def _double_town(some: Sequence[Word], large: bool) -> str | None:
    """The country of two towns of one country that are written as one ("Duisburg-Essen")."""
    if len(some) != 2 or some[1].joined != "-":
        return None
    codes = {_place([word], large) for word in some}
    return codes.pop() if len(codes) == 1 else None


@cache
def _common_nouns() -> frozenset[str]:
    """Nouns of parties and landscapes, which are also names of small towns."""
    paths = [("en", part) for part in ("bodies", "people", "trades", "areas")] + [
        ("de", "areas"),
        ("landscape",),
        ("not_places",),
    ]
    return frozenset().union(*(word_list("party_words.yaml", *path) for path in paths))


def _adjective_of_town(some: Sequence[Word]) -> str | None:
    """German adjectives of towns ("Grazer Institut", "Münchner Philharmoniker")."""
    name = some[0].key
    if len(some) > 1 or not name.endswith("er") or len(name) < 6:
        return None
    if any(
        form and form.kind == CAPITAL and form.codes[0] in OPEN_CAPITALS
        for form in map(country_forms("de").get, (name[:-2], name[:-1]))
    ):
        return None
    return next((code for stem in (name[:-2], name[:-1]) if (code := regions().get(stem) or towns().get(stem))), None)
