"""Countries named in a quote: by name, adjective, demonym or capital, in Vietnamese, German and English.

Names are those of CLDR (babel) and ISO 3166-1 (pycountry); countries.yaml adds further names, demonyms and capitals,
region_adjectives.yaml adjectives of regions, not_countries.yaml the phrases that only look like one. Codes are ISO
3166-1 alpha-2, and XK for Kosovo, the user-assigned code of CLDR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from coopclaims.records.names import Word, key, packaged_file, word_list, words
from coopclaims.schema import LANGUAGES

NAME, ADJECTIVE, PREFIX, CAPITAL, BLOCKED = "name", "adjective", "prefix", "capital", "blocked"
# Adjectives of regions ("bayerisch", "Siberian"): they tell the country, but their bodies are not the country's.
REGIONAL = "regional"
# Capitals that stand for the European Union as often as for the country.
OPEN_CAPITALS = frozenset({"BE"})
_GERMAN_ENDINGS = ("", "e", "em", "en", "er", "es")
_DEMONYM_ENDINGS = ("", "n", "en", "s", "in", "innen")
_LONGEST = 9
# Forms of one language that are common words or other names in another.
_OWN_LANGUAGE_ONLY = frozenset(
    {"island", "islands", "jersey", "emirate", "union", "states", "pole", "scot", "turk", "este", "ire", "inder"}
)
# Acronyms, and names too short to be read in the text of another language, have up to so many letters.
_SHORT = 4


@dataclass(frozen=True, slots=True)
class Form:
    """What a form stands for; ``capitals`` forms are written in capitals only ("US" is not "us")."""

    codes: tuple[str, ...]
    kind: str
    capitals: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A country form at the words ``start`` to ``end`` (half-open) of a quote."""

    start: int
    end: int
    form: Form


def mentions(some: Sequence[Word], lang: str) -> list[Mention]:
    """The country forms among the words of a quote, from the left, the longest first; blocked phrases included."""
    forms, starts, found, at = country_forms(lang), _first_words(lang), [], 0
    while at < len(some):
        mention = next(_at(some, at, forms, lang), None) if some[at].key in starts else None
        if mention:
            found.append(mention)
        at = mention.end if mention else at + 1
    return found


def codes_of(found: Sequence[Mention]) -> tuple[str, ...]:
    """The countries of some mentions, sorted, each once."""
    return tuple(sorted({code for mention in found for code in mention.form.codes}))


def capital_of_adjective(word: Word) -> str | None:
    """The country of a German adjective of its capital ("Pariser Regierung"); None for Brussels, which is open."""
    stems = (word.key[:-2], word.key[:-1]) if word.capital and word.key.endswith("er") else ()
    forms = [form for stem in stems if (form := country_forms("de").get(stem)) and form.kind == CAPITAL]
    return forms[0].codes[0] if forms and forms[0].codes[0] not in OPEN_CAPITALS else None


@cache
def country_name(code: str, lang: str) -> str:
    """The display name of a country in ``lang``."""
    return str(_territories(lang).get(code, code))


@cache
def country_forms(lang: str) -> dict[str, Form]:
    """Every form that a text of ``lang`` may use, by key; a form of its own language goes before a foreign one."""
    forms: dict[str, Form] = {}
    for phrase, codes in packaged_file("not_countries.yaml").items():
        _add(forms, phrase, Form(tuple(codes), BLOCKED))
    for own in (lang, *(other for other in ("en", "de", "vi") if other != lang)):
        for phrase, form in _forms_of(own):
            if own == lang or _known_abroad(phrase, own):
                _add(forms, phrase, form)
    return forms


@cache
def _first_words(lang: str) -> frozenset[str]:
    return frozenset(name.split()[0] for name in country_forms(lang) if name)


def _at(some: Sequence[Word], at: int, forms: dict[str, Form], lang: str) -> Iterator[Mention]:
    for length in range(min(_LONGEST, len(some) - at), 0, -1):
        run = some[at : at + length]
        form = forms.get(" ".join(word.key for word in run))
        if form and _written_so(form, run, lang) and _fits(form, some, at, at + length, lang):
            yield Mention(at, at + length, form)


def _written_so(form: Form, run: Sequence[Word], lang: str) -> bool:
    if form.capitals:
        return all(word.text.isupper() for word in run)
    # Only German writes its adjectives small; a Vietnamese phrase such as "nước ta" is listed in small letters.
    small = (lang == "de" and form.kind in (ADJECTIVE, PREFIX, REGIONAL)) or form.kind == BLOCKED or len(run) > 1
    return small or run[0].capital


def _fits(form: Form, some: Sequence[Word], start: int, end: int, lang: str) -> bool:
    after = some[end].joined if end < len(some) else ""
    if form.kind == PREFIX:
        return "-" in after or "–" in after
    return lang != "vi" or form.kind == BLOCKED or end - start > 1 or _one_syllable_fits(some, start)


def _one_syllable_fits(some: Sequence[Word], at: int) -> bool:
    """Whether a Vietnamese country name of one syllable (Anh, Đức, Mỹ …) is one here and no part of another name.

    It is none before another capital ("Mỹ Đình"), and after one only in the name of a public body ("Bộ Công Thương
    Đức", but "Công ty Minh Đức").
    """
    if not some[at].key.isalpha() or (some[at].text.isascii() and len(some[at].text) > _SHORT):
        return True
    syllables = one_syllable_names()
    before = some[at - 1] if at and not some[at].joined.strip() else None
    after = some[at + 1] if at + 1 < len(some) and not some[at + 1].joined.strip() else None
    if after and after.capital and after.key not in syllables:
        return False
    if before is None or not before.capital or before.key in syllables:
        return True
    return at >= 2 and some[0].key in word_list("party_words.yaml", "public_heads")


@cache
def one_syllable_names() -> frozenset[str]:
    """Keys of the Vietnamese country names of one syllable."""
    return frozenset(
        name for name, form in ((key(p), f) for p, f in _forms_of("vi")) if " " not in name and form.kind == NAME
    )


@cache
def _forms_of(lang: str) -> tuple[tuple[str, Form], ...]:
    """Phrases of one language with what they stand for, names first."""
    listed = packaged_file("countries.yaml")
    found: list[tuple[str, Form]] = []
    for code, name in sorted(_territories(lang).items()):
        further = _official_names(code) if lang == "en" else []
        for phrase in (name, *further, *listed.get(code, {}).get(lang, [])):
            found += ((form, Form((code,), NAME, _is_acronym(phrase))) for form in _cases(phrase, lang))
    for code, entry in sorted(listed.items()):
        found += _adjectives(code, entry, lang)
    for code, entry in sorted(listed.items()):
        for phrase in entry.get("capitals", ()):
            found += ((form, Form((code,), CAPITAL)) for form in _cases(phrase, lang))
    for code, entry in packaged_file("region_adjectives.yaml").items():
        for phrase in entry.get(lang, ()):
            endings = (
                _GERMAN_ENDINGS if lang == "de" and phrase.endswith("sch") else ("", "n") if lang == "de" else ("", "s")
            )
            found += ((phrase + ending, Form((code,), REGIONAL)) for ending in endings)
    return tuple(found)


def _adjectives(code: str, entry: dict[str, list[str]], lang: str) -> Iterator[tuple[str, Form]]:
    form = Form((code,), ADJECTIVE)
    for phrase in entry.get(f"{lang}_adjectives", ()):
        if phrase.endswith("-"):
            yield phrase, Form((code,), PREFIX)
            continue
        yield from ((phrase + ending, form) for ending in (("", "s") if lang == "en" else _GERMAN_ENDINGS))
        if lang == "de":
            yield phrase, Form((code,), ADJECTIVE)
    for phrase in entry.get(f"{lang}_people", ()):
        yield from ((phrase + ending, form) for ending in _DEMONYM_ENDINGS)
        stem = phrase.removesuffix("e")
        yield from ((stem + ending, form) for ending in ("in", "innen"))


def _cases(phrase: str, lang: str) -> tuple[str, ...]:
    """A name as such and in its German genitive and dative ("Vietnams", "Niederlanden")."""
    if lang != "de" or _is_acronym(phrase):
        return (phrase,)
    endings = ("", "n") if phrase.endswith(("e", "er", "ien")) else ("", "s")
    endings = (*endings, *(("s",) if phrase.endswith(("ien", "e")) else ()))
    return tuple(case + ending for case in _cases_of_adjectives(phrase) for ending in endings)


def _cases_of_adjectives(phrase: str) -> tuple[str, ...]:
    """A name with its adjectives in every case: "Demokratischen Republik Kongo" is not the Republic of the Congo."""
    *adjectives, rest = re.split(r"(?<=[a-zß](?:sch|igt)e )(?=[A-ZÄÖÜ])", phrase)
    return (
        phrase,
        *("".join((*(word[:-1] + ending + " " for word in adjectives), rest)) for ending in ("n", "r", "m")),
    )


def _is_acronym(phrase: str) -> bool:
    return phrase.isupper() and len(phrase) <= _SHORT and phrase.isascii()


def _known_abroad(phrase: str, lang: str) -> bool:
    """Whether a form of ``lang`` is also read in text of another language."""
    name = key(phrase)
    if lang == "vi":
        return " " in name and not name.isascii()
    return name not in _OWN_LANGUAGE_ONLY and (len(name) > _SHORT or lang == "en")


def _add(forms: dict[str, Form], phrase: str, form: Form) -> None:
    forms.setdefault(key(phrase), form)


@cache
def _territories(lang: str) -> dict[str, str]:
    import pycountry
    from babel import Locale

    valid = {country.alpha_2 for country in pycountry.countries} | {"XK"}
    names = Locale(lang if lang in LANGUAGES else "en").territories
    return {code: name for code, name in names.items() if code in valid}


@cache
def _official_names(code: str) -> list[str]:
    import pycountry

    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return []
    names = [country.name, getattr(country, "official_name", None), getattr(country, "common_name", None)]
    return [name.removeprefix("the ") for name in names if name and len(words(name)) <= _LONGEST]
