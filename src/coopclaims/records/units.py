"""Units and currencies of AMOUNT values, read from the data files ``units.yaml`` and ``currencies.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from coopclaims.records.names import packaged_file
from coopclaims.records.quotes import Confidence

# Where the noun phrase that is counted ends and what belongs to it begins.
_AFTER_HEAD = {
    "vi": re.compile(r"[,(]| và | của | tại | từ "),
    "de": re.compile(
        r"[,(]| (?:und|oder|aus|für|von|vom|der|des|in|im|an|am|auf|mit|zu|zum|zur|pro|je|nach|über) ", re.IGNORECASE
    ),
    "en": re.compile(r"[,(]| (?:and|or|of|from|for|in|on|at|to|with|by|per|under|a|each) ", re.IGNORECASE),
}
_EDGE = r"(?![^\W_]| estate\b)"  # a Brazilian real is no real estate


@dataclass(frozen=True)
class Currency:
    """A currency word: its ISO 4217 code (None if several currencies share the word) and how sure that is."""

    code: str | None
    confidence: Confidence
    end: int


@cache
def _currencies() -> tuple[re.Pattern[str], Mapping[str, tuple[str | None, Confidence]]]:
    data = packaged_file("currencies.yaml")
    words: dict[str, tuple[str | None, Confidence]] = dict.fromkeys(data["open"], (None, "ambiguous"))
    words |= {word: (code, "likely") for code, listed in data["usual"].items() for word in listed}
    words |= {word: (code, "certain") for code, listed in data["sure"].items() for word in listed}
    return _any_of(words), words


def _any_of(words: Mapping[str, Any]) -> re.Pattern[str]:
    """A pattern for the longest of the words, which must end where a word ends (signs need not)."""
    longest_first = sorted(words, key=len, reverse=True)
    alternatives = (re.escape(word) + (_EDGE if word[-1].isalnum() else "") for word in longest_first)
    return re.compile(rf"\s*({'|'.join(alternatives)})", re.IGNORECASE)


@cache
def _currency_before() -> re.Pattern[str]:
    """Currency words and signs as they stand before digits, also without a space ("RM2", "Sh640")."""
    words = sorted(_currencies()[1], key=len, reverse=True)
    return re.compile(rf"({'|'.join(map(re.escape, words))})\s?(?=[0-9])", re.IGNORECASE)


def currency_before(text: str, start: int) -> Currency | None:
    """The currency that stands before digits at ``start``."""
    return _currency(_currency_before().match(text, start))


def currency_after(text: str, start: int) -> Currency | None:
    """The currency word at ``start``, after a number."""
    return _currency(_currencies()[0].match(text, start))


def _currency(match: re.Match[str] | None) -> Currency | None:
    if match is None:
        return None
    code, confidence = _currencies()[1][match.group(1).lower()]
    return Currency(code, confidence, match.end())


@cache
def _measures(lang: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    words = {
        word: unit
        for unit, by_lang in packaged_file("units.yaml")["measures"].items()
        for word in by_lang.get(lang, ())
    }
    # Symbols are written alike everywhere: "MW" in any language.
    return _any_of(words), words


@cache
def _counted(lang: str) -> Mapping[str, str]:
    return {
        word: unit for unit, by_lang in packaged_file("units.yaml")["counted"].items() for word in by_lang.get(lang, ())
    }


def measure_at(text: str, start: int, lang: str) -> tuple[str, int] | None:
    """The measure whose word stands at ``start``, and where the word ends."""
    pattern, words = _measures(lang)
    match = pattern.match(text, start)
    return (words[match.group(1).lower()], match.end()) if match else None


def counted_unit(phrase: str, lang: str) -> str | None:
    """What a noun phrase counts, by its head word, or None for what the vocabulary lacks."""
    known = _counted(lang)
    return next((known[words] for words in _heads(phrase, lang) if words in known), None)


def _heads(phrase: str, lang: str) -> Iterator[str]:
    """Candidates for the head, the most specific first."""
    words = _AFTER_HEAD[lang].split(f"{phrase} ", maxsplit=1)[0].lower().split()
    if lang == "vi":  # the head comes first: the longest beginning
        words = words[1:] if words[:1] in (["nữ"], ["các"], ["cặp"]) else words
        yield from (" ".join(words[:size]) for size in range(min(5, len(words)), 0, -1))
        return
    yield from (" ".join(words[-size:]) for size in (2, 1) if words)
    if lang == "de" and words:  # the last part of a compound, which needs a first part
        yield from (words[-1][cut:] for cut in range(2, len(words[-1]) - 3))
