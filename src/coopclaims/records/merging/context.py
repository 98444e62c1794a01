"""The words around a claim as keys that compare across languages: folded words, numbers, countries, known bodies."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from coopclaims.records.countries import codes_of, mentions
from coopclaims.records.names import tidy, words
from coopclaims.records.values import VALUE
from coopclaims.schema import LANGUAGES, Passage, Span

# Characters on each side of the trigger: about as much as a passage of the corpus.
REACH = 500
_TOKEN = re.compile(r"[0-9][0-9.,]*|[^\W\d_]+")
_SHORTEST_WORD = 3
# Letters that do not come apart into a letter and a mark.
_LETTERS = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th"})


def context_keys(passage: Passage, at: int, valued: Sequence[Span]) -> tuple[str, ...]:
    """The keys of the text around offset ``at``, sorted: words, "#" numbers, "@" countries and "&" entities.

    ``valued`` are the spans of the passage that have a value, in text order.
    """
    start, end = (0, 2 * REACH) if len(passage.text) <= 2 * REACH else (max(0, at - REACH), at + REACH)
    keys = set(_text_keys(passage.text[start:end], passage.lang if passage.lang in LANGUAGES else "en"))
    first, last = (bisect_left(valued, bound, key=lambda span: span.start) for bound in (start, end))
    for span in valued[first:last]:
        value = span.extra[VALUE]
        keys.update(f"@{code}" for code in value.get("countries", ()))
        keys.update(f"&{part}" for part in (value.get("entity") or "").split() if ":" in part)
    return tuple(sorted(keys))


@lru_cache(maxsize=64)  # the claims of a short passage have the same words around them
def _text_keys(text: str, lang: str) -> frozenset[str]:
    return frozenset(folded_words(text)) | {f"@{code}" for code in codes_of(mentions(words(tidy(text)), lang))}


def folded_words(text: str) -> list[str]:
    """Words without case and marks, from three letters on, and "#" numbers without marks and trailing zeros."""
    found = []
    for token in _TOKEN.findall(text):
        if token[0].isdecimal():
            found.append(number_key(token))
        elif len(folded := fold(token)) >= _SHORTEST_WORD:
            found.append(folded)
    return found


def number_key(token: str) -> str:
    """The significant digits: "2.4", "2,4" and "2,400" are one key, whichever mark a language has."""
    return "#" + (re.sub(r"[.,]", "", token).strip("0") or "0")


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A word in small letters without marks: names compare whether or not a text keeps their diacritics."""
    letters = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
