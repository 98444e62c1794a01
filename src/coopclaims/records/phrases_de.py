"""German noun phrases: the head is the first known noun before the first preposition, article or genitive."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from coopclaims.records.countries import ADJECTIVE, REGIONAL, country_forms
from coopclaims.records.names import Word
from coopclaims.records.phrase_nouns import (
    COUNTRY,
    GOVERNMENT,
    GROUP,
    ORGANISATION,
    PERSON,
    Reading,
    begins,
    is_named,
    nouns,
    without_number,
)

# Singulars in -er of which no plural is written alike.
_SINGULARS = ("tochter", "theater", "orchester", "kloster", "kammer", "oper", "lager", "center")
# Endings of plurals; that in -ern is the dative of nouns in -er.
_PLURALS = ("ungen", "heiten", "schaften", "ionen", "itäten", "eien", "agenturen", "anstalten", "ern")
_INFLECTED = ("sche", "schen", "schem", "scher", "sches")
# Plurals of people have more letters ("Lehrerinnen", "Biologen") than other nouns with their endings ("Zinnen").
_SHORTEST_PEOPLE = 8


def read_german(some: Sequence[Word]) -> Reading | None:
    """Kind of a German noun phrase, or None where its head is unknown."""
    rest, several = without_number(some, "de")
    if not rest:
        return Reading(GROUP) if several else None
    end = next((at for at in range(1, len(rest)) if _ends_german_head(rest[at - 1], rest[at])), len(rest))
    # An unlisted noun before a preposition is the head, and what follows is not ("Kontrolleure der Behörde").
    for part in (rest[:end], rest[: len(rest) if end > 1 else 0]):
        for at, word in enumerate(part):
            # The first part of a compound ("Industrie- und Handelskammer") is not its head.
            whole = at + 1 == len(rest) or "-" not in rest[at + 1].joined
            if word.capital and whole and not _is_adjective(part, at) and (found := german_noun(word.key)):
                return _german_reading(rest, at, found, several)
        for word in reversed(part):
            if word.key in nouns("de", "groups"):
                return Reading(GROUP)
    return Reading(GROUP) if several else None


def _is_adjective(part: Sequence[Word], at: int) -> bool:
    """Whether a word that may be a noun of people is the adjective of a body ("Freiwillige Feuerwehr")."""
    after = german_noun(part[at + 1].key) if at + 1 < len(part) and part[at + 1].capital else None
    return part[at].key in nouns("de", "groups") and after is not None and after[0] == ORGANISATION


def _ends_german_head(before: Word, word: Word) -> bool:
    """Whether ``word`` is a preposition or an article, or the adjective of a genitive ("Verband kleiner Betriebe")."""
    genitive = before.capital and not word.capital and word.key not in nouns("joiners") and "-" not in word.joined
    return begins(word, "german_prepositions") or genitive


def _german_reading(rest: Sequence[Word], at: int, found: tuple[str, bool | None], several: bool) -> Reading:
    kind, plural = found
    noun = rest[at].key
    if plural is None and at + 2 < len(rest) and rest[at + 1].key in nouns("joiners"):
        return Reading(GROUP)
    if plural is None:
        plural = _is_plural_beside(rest[at - 1] if at else None, noun, kind)
    if plural and not several and _follows_name(rest, at):
        return Reading(ORGANISATION, named=True, firm=True)
    # Ministers "of both countries" are several.
    shared = kind == PERSON and any(word.key in ("beider", "zweier", "dreier") for word in rest[at + 1 :])
    if several or shared or plural or noun.rstrip("sn") in nouns("parts") or noun in nouns("parts"):
        return Reading(GROUP)
    generic = nouns("de", "generic_parts")
    named = len(rest) > 1 and is_named(rest, "de", lambda other, _: other in generic or german_noun(other) is not None)
    return Reading(kind, named, area=_ends_with(noun, nouns("de", "areas")))


def _is_plural_beside(before: Word | None, noun: str, kind: str) -> bool:
    """Number of a noun that is written alike in both, from the ending of its adjective; people are mostly several."""
    if before and (not before.capital or _is_inflected_adjective(before.key)):
        return before.key.endswith(("e", "en"))
    return kind == PERSON and not _ends_with(noun, nouns("de", "titles"), ("", "s"))


def _is_inflected_adjective(word: str) -> bool:
    """Whether an adjective of a country tells the number, also at the beginning of a sentence; "Schweizer" does not."""
    form = country_forms("de").get(word)
    return form is not None and form.kind in (ADJECTIVE, REGIONAL) and word.endswith(_INFLECTED)


def _follows_name(rest: Sequence[Word], at: int) -> bool:
    """Whether a plural after a name is part of a firm's name ("Amann Einrichtungen")."""
    if not at or "-" in rest[at].joined:
        return False
    return rest[at - 1].capital and not rest[at - 1].key.endswith(("e", "en", "er"))


@cache
def german_noun(noun: str) -> tuple[str, bool | None] | None:
    """Kind and number of a German noun or compound; the number is None where both are written alike."""
    if noun in nouns("de", "groups") or (noun.endswith(("innen", "logen")) and len(noun) >= _SHORTEST_PEOPLE):
        return GROUP, True
    if _ends_with(noun, nouns("de", "bodies_plural"), ("", "n")):
        return ORGANISATION, True
    for part, kind in (("areas", GOVERNMENT), ("governments", GOVERNMENT), ("people", PERSON), ("states", COUNTRY)):
        # Many towns end in -stadt, -dorf, -insel: only listed compounds are nouns of areas.
        if _ends_with(noun, nouns("de", part), ("", "s", "es"), whole=part in ("areas", "states")):
            return kind, None if part == "people" and noun.endswith("er") else False
        if part == "people" and _ends_with(noun, nouns("de", part), ("n", "en", "nen", "innen")):
            return GROUP, True
    if _ends_with(noun, nouns("de", "bodies"), ("", "s", "es", "n", "en")):
        alike = noun.endswith(("unternehmen", "er")) and not noun.endswith(_SINGULARS)
        return ORGANISATION, None if alike else noun.endswith(_PLURALS) and not noun.endswith("konzern")
    return None


def _ends_with(noun: str, listed: frozenset[str], endings: Sequence[str] = ("",), whole: bool = False) -> bool:
    """Whether ``noun`` is one of ``listed`` or a compound that ends in one of them, inflected or not."""
    for ending in endings:
        stem = noun.removesuffix(ending) if ending else noun
        if ending and stem == noun:
            continue
        if stem in listed:
            return True
        # Shorter last parts than four letters are chance, except for these two.
        if not whole and any(stem[at:] in listed for at in range(2, len(stem) - 3)):
            return True
        if not whole and ending != "en" and stem[-3:] in ("amt", "rat") and stem[-3:] in listed and len(stem) > 5:
            return True
    return False
