"""Words of date expressions, by language, as tokens that ``dates`` combines in any order.

A token is a kind and its numbers: ("month", (9,)), ("part", (EARLY,)), ("direction", (1,)) for "next". Rules are tried
in order at each position, so longer phrases stand first.
"""

from __future__ import annotations

import re
from functools import cache

from coopclaims.records import date_words_de, date_words_en, date_words_vi
from coopclaims.records.date_rules import NUMERIC

Token = tuple[str, tuple[int, ...]]

_BY_LANG = {"vi": date_words_vi.RULES, "de": date_words_de.RULES, "en": date_words_en.RULES}
# Kinds whose rules begin with digits or words that other rules would take.
_FIRST = ("clock:0", "decade", "short_decade")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@cache
def _patterns(lang: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """One pattern with a named group a rule, and the kinds of the rules."""
    # A word ends where its letters end: "mai" is not found in "maison".
    worded = [
        (kind, rf"(?:{source.replace('~', '(?:e[nmrs]?)?')})(?!(?<=[^\W\d_])[^\W\d_])")
        for kind, source in _BY_LANG[lang]
    ]
    ordered = sorted([*worded, *NUMERIC], key=lambda rule: rule[0] not in _FIRST)
    pattern = "|".join(f"(?P<r{index}>{source})" for index, (_, source) in enumerate(ordered))
    return re.compile(rf"\s*(?:{pattern})"), tuple(kind for kind, _ in ordered)


def read_tokens(text: str, lang: str) -> list[Token] | None:
    """The tokens of a whole expression, or None where a part of it is no date word."""
    pattern, kinds = _patterns(lang)
    tokens: list[Token] = []
    text = text.lower()
    position, end = 0, len(text)
    while position < end:
        match = pattern.match(text, position)
        if match is None or match.end() == position:
            return None
        position = match.end()
        tokens.append(_token(kinds[int((match.lastgroup or "r0")[1:])], match))
    return [token for token in tokens if token[0] not in ("skip", "clock")]


def _token(kind: str, match: re.Match[str]) -> Token:
    name, _, value = kind.partition(":")
    if value:
        return name, (int(value),)
    first = match.re.groupindex[match.lastgroup or "r0"]
    captured = [group for group in match.groups()[first:] if group is not None]
    if name == "quarter_roman":
        return "quarter", (_ROMAN[captured[0].lower()],)
    return name, tuple(int(group) for group in captured if group.isdigit())
