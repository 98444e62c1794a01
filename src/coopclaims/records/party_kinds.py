"""What kind of party a noun phrase is, from its head noun and number, in Vietnamese, German and English.

The word lists are those of party_words.yaml. A phrase is a *group* if its head is plural or collective, or names only a
part in the act ("partner", "side", "counterpart").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from coopclaims.records.countries import country_forms
from coopclaims.records.names import Word, key_of, word_list

COUNTRY, GOVERNMENT, ORGANISATION, PERSON, GROUP = "country", "government", "organisation", "person", "group"
_GERMAN_SINGULARS = ("tochter", "theater", "orchester", "kloster", "kammer", "oper", "lager", "center")
_GERMAN_PLURALS = ("ungen", "heiten", "schaften", "ionen", "itäten", "eien", "agenturen", "anstalten", "ereien")


@dataclass(frozen=True, slots=True)
class Reading:
    """Kind of a phrase.

    ``named`` if the phrase is a proper name and no mere description; ``area`` for the government of a region or town;
    ``firm`` for a name known by a word of trade or a legal form alone.
    """

    kind: str
    named: bool = False
    area: bool = False
    firm: bool = False


def read_phrase(some: Sequence[Word], lang: str) -> Reading | None:
    """The kind of a noun phrase by its head, or None where no head is known."""
    readers: dict[str, Callable[[Sequence[Word]], Reading | None]] = {"vi": _read_vietnamese, "de": _read_german}
    reading = readers.get(lang, _read_english)(some)
    if reading is None and lang != "en" and any(word.capital for word in some):
        reading = _read_english(some)
    if reading is None and _has_body_word(some):
        reading = Reading(ORGANISATION, named=True, firm=True)
    return reading


def is_plain_acronym(some: Sequence[Word]) -> bool:
    """Whether a quote is an acronym ("AGMK")."""
    return len(some) == 1 and 2 <= len(some[0].text) <= 7 and some[0].text.isupper()


def _has_body_word(some: Sequence[Word]) -> bool:
    keys = [word.key for word in some if word.capital]
    if keys and keys[0].endswith("bank"):
        return True
    if len(some) < 2:
        return False
    if any(word.key in _list("legal_forms") for word in some[1:]) or some[0].text == "PT":
        return True
    known = _list("foreign_bodies") | _list("en", "trades") | _list("de", "trades") | _list("vi", "trades")
    return any(k in known for k in keys) or any(word.key == "&" for word in some)


# English


def _read_english(some: Sequence[Word]) -> Reading | None:
    rest, several = _without_number(some, "en")
    if not rest:
        return Reading(GROUP) if several else None
    end = next((at for at, word in enumerate(rest) if at and _parts(word, "english_prepositions")), len(rest))
    head, title = rest[end - 1], end > 1 and all(word.capital or word.key == "and" for word in rest[:end])
    named = _is_named(rest, "en")
    singular, plural = _english_number(head.key)
    if several and (plural or singular):
        return Reading(GROUP)
    if plural and (not (title and named) or (plural == PERSON and len(rest) < 3)):
        return Reading(GOVERNMENT) if head.key == "authorities" else Reading(GROUP)
    if plural:
        return Reading(ORGANISATION, named=True)
    if head.key in _list("parts"):
        return Reading(GROUP)
    if singular == GOVERNMENT and any(word.key in _list("en", "areas") for word in rest):
        return Reading(GOVERNMENT, named, area=True)
    if singular:
        return Reading(singular, named, area=head.key in _list("en", "areas"))
    if named and len(rest) > 1 and any(_english_number(word.key)[0] == ORGANISATION for word in rest):
        return Reading(ORGANISATION, named=True)
    return Reading(GROUP) if several or _looks_plural(head) else None


def _looks_plural(head: Word) -> bool:
    """Whether an unlisted common noun is written as a plural ("recyclers")."""
    return (
        not head.capital and len(head.key) > 4 and head.key.endswith("s") and not head.key.endswith(("ss", "us", "is"))
    )


def _english_number(noun: str) -> tuple[str | None, str | None]:
    """The kind of an English noun as a singular, and as a plural."""
    if noun in _list("en", "groups"):
        return None, GROUP
    kind = _kind_of(noun, "en")
    if kind and noun != "authorities":
        return kind, None
    stems = (noun[:-3] + "y" if noun.endswith("ies") else "", noun.removesuffix("es"), noun.removesuffix("s"))
    plural = next((found for stem in stems if stem and stem != noun and (found := _kind_of(stem, "en"))), None)
    return None, plural


# German


def _read_german(some: Sequence[Word]) -> Reading | None:
    rest, several = _without_number(some, "de")
    if not rest:
        return Reading(GROUP) if several else None
    end = next((at for at in range(1, len(rest)) if _ends_german_head(rest[at - 1], rest[at])), len(rest))
    # An unlisted noun before a preposition is the head, and what follows is not ("Kontrolleure der Behörde").
    for part in (rest[:end], rest[: len(rest) if end > 1 else 0]):
        for at, word in enumerate(part):
            # The first part of a compound ("Industrie- und Handelskammer") is not its head.
            whole = at + 1 == len(rest) or "-" not in rest[at + 1].joined
            if word.capital and whole and (found := _german_noun(word.key)):
                return _german_reading(rest, at, found, several)
        for word in reversed(part):
            if word.key in _list("de", "groups"):
                return Reading(GROUP)
    return Reading(GROUP) if several else None


def _ends_german_head(before: Word, word: Word) -> bool:
    """Whether ``word`` is a preposition or an article, or the adjective of a genitive ("Verband kleiner Betriebe")."""
    genitive = before.capital and not word.capital and word.key not in _list("joiners") and "-" not in word.joined
    return _parts(word, "german_prepositions") or genitive


def _german_reading(rest: Sequence[Word], at: int, found: tuple[str, bool | None], several: bool) -> Reading:
    kind, plural = found
    adjective = rest[at - 1].text if at and not rest[at - 1].capital else ""
    if plural is None:
        titled = _ends_with(rest[at].key, _list("de", "titles"), ("", "s"))
        plural = adjective.endswith(("e", "en")) if adjective else kind == PERSON and not titled
    before = rest[at - 1] if at else None
    if (
        plural
        and not several
        and before
        and before.capital
        and "-" not in rest[at].joined
        and not before.key.endswith(("e", "en", "er"))
    ):
        # A plural after a name is part of a firm's name ("Amann Einrichtungen").
        return Reading(ORGANISATION, named=True, firm=True)
    if several or plural or rest[at].key.rstrip("sn") in _list("parts") or rest[at].key in _list("parts"):
        return Reading(GROUP)
    return Reading(kind, _is_named(rest, "de"), area=_ends_with(rest[at].key, _list("de", "areas")))


@cache
def _german_noun(noun: str) -> tuple[str, bool | None] | None:
    """Kind and number of a German noun or compound; the number is None where both are written alike."""
    if noun in _list("de", "groups"):
        return GROUP, True
    if _ends_with(noun, _list("de", "bodies_plural"), ("", "n")):
        return ORGANISATION, True
    for part, kind in (("areas", GOVERNMENT), ("governments", GOVERNMENT), ("people", PERSON), ("states", COUNTRY)):
        # Many towns end in -stadt, -dorf, -insel: only listed compounds are nouns of areas.
        if _ends_with(noun, _list("de", part), ("", "s", "es"), whole=part in ("areas", "states")):
            return kind, None if part == "people" and noun.endswith("er") else False
        if part == "people" and _ends_with(noun, _list("de", part), ("n", "en", "nen", "innen")):
            return GROUP, True
    if _ends_with(noun, _list("de", "bodies"), ("", "s", "es", "n", "en")):
        alike = noun.endswith(("unternehmen", "er")) and not noun.endswith(_GERMAN_SINGULARS)
        return ORGANISATION, None if alike else noun.endswith((*_GERMAN_PLURALS, "ern")) and not noun.endswith(
            "konzern"
        )
    return None


def _ends_with(noun: str, nouns: frozenset[str], endings: Sequence[str] = ("",), whole: bool = False) -> bool:
    """Whether ``noun`` is one of ``nouns`` or a compound that ends in one of them, inflected or not."""
    for ending in endings:
        stem = noun.removesuffix(ending) if ending else noun
        if ending and stem == noun:
            continue
        if stem in nouns:
            return True
        # Shorter last parts than four letters are chance, except for these two.
        if not whole and any(stem[at:] in nouns for at in range(2, len(stem) - 3)):
            return True
        if not whole and ending != "en" and stem[-3:] in ("amt", "rat") and stem[-3:] in nouns and len(stem) > 5:
            return True
    return False


# Vietnamese


def _read_vietnamese(some: Sequence[Word]) -> Reading | None:
    rest, several = _without_number(some, "vi")
    if not rest:
        return Reading(GROUP) if several else None
    found = _vietnamese_head(some) if several else None
    if found and found[0] == GROUP:
        return Reading(GROUP)
    found = _vietnamese_head(rest)
    if found is None:
        return Reading(GROUP) if several and not rest[0].capital else None
    kind, length = found
    tail = rest[length:]
    shared = any(word.key in ("hai", "các", "đôi", "nhiều") and not word.capital for word in tail)
    shared = shared and (not rest[0].capital or key_of(tail[-2:]) in _list("vi", "groups"))
    if kind == COUNTRY and tail and _is_named(tail, "vi", start=1):
        return Reading(GROUP)
    if kind == GROUP and rest[0].capital and _is_named(tail, "vi", start=1):
        return Reading(ORGANISATION, named=True)
    if several or kind == GROUP or shared:
        return Reading(GROUP)
    head = key_of(rest[:length])
    if kind == PERSON:
        return Reading(PERSON) if head in _list("vi", "offices") else Reading(GROUP)
    return Reading(kind, _is_named(rest, "vi"), area=head in _list("vi", "areas"))


def _vietnamese_head(some: Sequence[Word]) -> tuple[str, int] | None:
    """Kind and length of the longest noun that the phrase begins with."""
    for length in range(min(5, len(some)), 0, -1):
        noun = key_of(some[:length])
        if kind := _kind_of(noun, "vi"):
            return kind, length
        if noun in _list("vi", "titles") and length > 1:
            return PERSON, length
    return None


# All languages


def _parts(word: Word, prepositions: str) -> bool:
    """Whether a preposition begins here; "state-owned" has none."""
    return word.key in _list(prepositions) and "-" not in word.joined


@cache
def _kind_of(noun: str, lang: str) -> str | None:
    parts = (
        ("groups", GROUP),
        ("areas", GOVERNMENT),
        ("governments", GOVERNMENT),
        ("states", COUNTRY),
        ("bodies", ORGANISATION),
        ("people", PERSON),
    )
    return next((kind for part, kind in parts if noun in _list(lang, part)), None)


def _without_number(some: Sequence[Word], lang: str) -> tuple[Sequence[Word], bool]:
    """The phrase without numbers and quantifiers at its beginning, and whether it had any."""
    at, several = 0, False
    while at < len(some):
        word = some[at]
        many = word.key in _list(lang, "many") or word.key.isdigit()
        if not many and word.key not in _list("quantifiers"):
            break
        # Numerals also begin names ("Năm Căn", "All Nippon Airways").
        title = some[at : at + 3] if lang == "vi" else some
        if word.capital and len(some) > at + (1 if lang == "vi" else 2) and all(w.capital for w in title):
            break
        several = several or (many and word.key != "1")
        at += 1
    return some[at:], several


def _is_named(some: Sequence[Word], lang: str, start: int = 0) -> bool:
    """Whether a phrase has a capitalised word that is neither a common noun nor a country's name or adjective."""
    forms = country_forms(lang)
    for at, word in enumerate(some):
        if word.capital and word.key not in forms and (at or start or len(some) > 1):
            common = _german_noun(word.key) if lang == "de" else at == 0 and _english_or_vietnamese(word.key, lang)
            if not common:
                return True
    return False


def _english_or_vietnamese(noun: str, lang: str) -> bool:
    return any(_english_number(noun)) if lang != "vi" else _kind_of(noun, "vi") is not None


def _list(*path: str) -> frozenset[str]:
    return word_list("party_words.yaml", *path)
