"""Checks of what the guideline leaves out of a span: edge punctuation, articles, prepositions, honorifics."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopclaims.schema import TRIGGER, Passage, Span

_QUOTES = frozenset("\"'`“”„‟«»‹›‘’‚")
# Pairs of these can stand inside a name; a single apostrophe can too, so it is not counted.
_DOUBLE_QUOTES = re.compile('["“”„‟«»]')
_NEVER_FIRST = frozenset(".,;:!?…)]}/*·-–—")
_NEVER_LAST = frozenset(",;:!?…([{/*·-–—")
_ACRONYM_IN_BRACKETS = re.compile(r"\s[(\[][A-ZÄÖÜĐ][A-ZÄÖÜĐ0-9&-]+[)\]]$")
# A full stop belongs to the span after an initial ("U.S."), an ordinal ("18.") or one of these.
_ABBREVIATED_END = re.compile(
    r"(?:\b\w|\d|\b(?:Inc|Ltd|Co|Corp|Bros|Jr|Sr|St|Mrd|Mio|Tsd|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Okt|Nov|Dec|Dez))\.$"
)

_ARTICLES = {
    "en": "the",
    "de": "der die das dem den des",
    "vi": "các những",
}
_INDEFINITE_ARTICLES = {
    "en": "a an",
    "de": "ein eine einen einem einer eines",
    "vi": "một",
}
_CLASSIFIERS = {"en": "", "de": "", "vi": "cuộc sự việc chuyến"}
_HONORIFICS = {
    "en": "mr mrs ms dr prof",
    "de": "herr herrn frau dr prof",
    "vi": "ông bà",
}
_VAGUE_QUANTIFIERS = {
    "en": "several many some various numerous",
    "de": "mehrere viele einige zahlreiche diverse",
    "vi": "nhiều vài",
}
_PREPOSITIONS = {
    "en": "in on at by from to with of for until since during between into",
    "de": "in im am an ans auf bei beim mit von vom zu zum zur aus nach bis seit für über ab vor durch zwischen",
    "vi": "vào tại ở từ đến tới với của cho về trong giữa",
}
_AUXILIARIES = {
    "en": "to will would has have had is are was were be been not",
    "de": "zu haben hat hatte wird werden wurde wurden nicht",
    "vi": "đã sẽ đang vừa sắp không chưa được bị",
}
_KINDS = {
    "an article": _ARTICLES,
    "an indefinite article": _INDEFINITE_ARTICLES,
    "a classifier": _CLASSIFIERS,
    "an honorific": _HONORIFICS,
    "a vague quantifier": _VAGUE_QUANTIFIERS,
    "a preposition": _PREPOSITIONS,
    "an auxiliary or negation": _AUXILIARIES,
}
# "A million euros", "über 300 Millionen" and "many thousands" keep their qualifier; "cùng với" can be a trigger.
_KINDS_OF_LABEL = {
    TRIGGER: ("an article", "an indefinite article", "a classifier", "an auxiliary or negation"),
    "AMOUNT": ("an article", "an honorific"),
    "DATE": ("an article", "a preposition"),
}
_KINDS_OTHERWISE = tuple(kind for kind in _KINDS if kind != "an auxiliary or negation")
# Words that merely begin like one of the above, names that own them, and qualifiers of numbers.
_EXCEPTIONS = re.compile(
    r"(?:the hague|the gambia|den haag|von der leyen|bà rịa|giữa tháng|giữa năm|"
    r"việc làm|sự kiện|sự cố|sự nghiệp|cuộc sống|cuộc thi|một cửa|bis zu \d+|über \d+)\b",
    re.IGNORECASE,
)


def edge_punctuation(passage: Passage) -> Iterator[str]:
    """Spans neither begin nor end with punctuation, quotes or brackets that do not belong to the name."""
    for span in passage.spans:
        quote = passage.quote(span)
        if fault := _edge_fault(quote):
            yield f"{span.label} {quote!r} {fault}"


def leading_words(passage: Passage) -> Iterator[str]:
    """Spans begin with no article, preposition, honorific or other word that the guideline leaves out."""
    for span in passage.spans:
        quote = passage.quote(span)
        if (kind := _leading_kind(passage, span)) and not _EXCEPTIONS.match(quote):
            yield f"{span.label} {quote!r} begins with {kind}"


def _edge_fault(quote: str) -> str | None:
    first, last = quote[0], quote[-1]
    if first in _QUOTES and last in _QUOTES:
        return "stands in quotes"
    if len(_DOUBLE_QUOTES.findall(quote)) % 2:
        return "holds half a pair of quotes"
    if any(quote.count(opening) != quote.count(closing) for opening, closing in ("()", "[]")):
        return "holds half a pair of brackets"
    if _ACRONYM_IN_BRACKETS.search(quote):
        return "ends with an acronym in brackets"
    if first in "([" and last in ")]":
        return "stands in brackets"
    if first in _NEVER_FIRST or first in "'’‘‚":
        return f"begins with {first!r}"
    if last in _NEVER_LAST or last in "'’‘‚" or (last == "." and not _ABBREVIATED_END.search(quote)):
        return f"ends with {last!r}"
    return None


def _leading_kind(passage: Passage, span: Span) -> str | None:
    """The kind of the word that the span should not begin with, if it begins with one."""
    first = re.match(r"(\w+)\.?\s", passage.quote(span))
    if first is None or passage.lang is None:
        return None
    word = first.group(1)
    kinds = _KINDS_OF_LABEL.get(span.label, _KINDS_OTHERWISE)
    kind = next((kind for kind in kinds if word.lower() in _KINDS[kind].get(passage.lang, "").split()), None)
    # A capital inside a sentence belongs to a name ("the paper Die Zeit"), except that of an honorific.
    part_of_name = not word.islower() and kind != "an honorific" and not _begins_sentence(passage.text, span.start)
    return None if part_of_name else kind


def _begins_sentence(text: str, offset: int) -> bool:
    before = text[:offset].rstrip(" \t\r\n\"'“„«‚‘(")
    return not before or before[-1] in ".!?:…"
