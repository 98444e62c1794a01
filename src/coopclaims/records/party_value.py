"""A party's value, and the quote that it is read from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coopclaims.records.aliases import Aliases, alias_key
from coopclaims.records.countries import Mention, codes_of, mentions
from coopclaims.records.names import Word, key_of, words
from coopclaims.records.phrase_nouns import nouns

UNKNOWN = "unknown"
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_AROUND = " \"'„“”‚‘’«»,;:!?-–—…"
# Words at the beginning of a Vietnamese firm's name that give its kind and legal form.
_LONGEST_PREFIX = 8


@dataclass(frozen=True, slots=True)
class PartyValue:
    """The reading of a party.

    ``countries`` are ISO 3166-1 alpha-2 codes, sorted; ``derived`` if the party is not the country or its government,
    but has it in its name or its place. ``entity`` is a key that equal parties share ("country:VN", "government:DE",
    "body:giz", "body:most@VN", "name:…"), None for descriptions that name nobody. docs/parties.md explains the methods,
    ``sureness.py`` the levels.
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
class Quote:
    """A tidied quote without articles and brackets, with its words and the countries among them."""

    text: str
    words: Sequence[Word]
    lang: str
    label: str
    mentions: Sequence[Mention]
    aliases: Aliases

    @property
    def codes(self) -> tuple[str, ...]:
        """All countries among the words."""
        return codes_of(self.mentions)

    @property
    def without_countries(self) -> list[Word]:
        """The words that name no country."""
        covered = {at for mention in self.mentions for at in range(mention.start, mention.end)}
        return [word for at, word in enumerate(self.words) if at not in covered]


def quote_of(text: str, lang: str, aliases: Aliases, label: str) -> Quote:
    """The quote of a tidied text."""
    base = _BRACKETS.sub("", text) or text
    some = _without_articles(words(base))
    return Quote(display(base, some), some, lang, label, mentions(some, lang), aliases)


def display(text: str, some: Sequence[Word]) -> str:
    """The text from the first of the words kept, without quotation marks and punctuation around it."""
    start = text.find(some[0].text) if some else 0
    return text[start:].strip(_AROUND)


def bare_name(quote: Quote) -> str:
    """The text without legal forms."""
    some = list(quote.words)
    while len(some) > 1 and (some[-1].key in nouns("legal_forms") or some[-1].key == "&"):
        some.pop()
    for length in range(_LONGEST_PREFIX, 0, -1) if quote.lang == "vi" else ():
        if key_of(some[:length]) in nouns("legal_prefixes") and len(some) > length and some[length].capital:
            some = some[length:]
            break
    start = quote.text.find(some[0].text)
    end = quote.text.rfind(some[-1].text) + len(some[-1].text)
    return quote.text[start:end] if 0 <= start < end else quote.text


def name_entity(quote: Quote) -> str:
    """The entity key of a name that no list has."""
    return f"name:{alias_key(bare_name(quote), quote.lang)}"


def _without_articles(some: Sequence[Word]) -> Sequence[Word]:
    at = 0
    while at < len(some) - 1 and _is_article(some[at]):
        at += 1
    return some[at:]


def _is_article(word: Word) -> bool:
    """Whether a first word is an article: "An Giang" and "Des Moines" have none, "The Hague" and "Die Bahn" do."""
    if word.capital:
        return word.key in nouns("definite_articles") and not word.text.isupper()
    return word.key in nouns("definite_articles") or word.key in nouns("other_articles")
