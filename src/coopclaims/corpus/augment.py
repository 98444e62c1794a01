"""Variants of annotated passages for training: other names, dates and amounts in the same places.

Replacing mentions by others of their kind is the mention replacement of Dai and Adel (2020), "An Analysis of Simple
Data Augmentation for Named Entity Recognition". Mentions come from the training passages themselves, so that
nothing has to be listed for a language.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from coopclaims.schema import WORD, Passage, Span

# Labels whose mentions are names, and those whose mentions are numbers and calendar words.
NAME_LABELS = frozenset({"PARTY", "SOURCE", "PLACE"})
NUMBER_LABELS = frozenset({"AMOUNT", "DATE"})
# After these a name is inflected or shares its article with a common noun, so another does not fit there.
ARTICLES = re.compile(
    r"\b(the|a|an|both|two|der|die|das|dem|den|des|ein|eine|einem|einen|einer|eines|beide|beiden|zwei|hai|các|những)\s*$",
    re.IGNORECASE,
)
_WORD_COUNTS = (1, 2, 4, 8)

Kind = tuple[str | None, str, object]


class MentionPool:
    """Mentions of some passages, by language, label and form."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.mentions: dict[Kind, list[str]] = defaultdict(list)
        found = [(kind, passage, span) for passage in passages for kind, span in _kinds(passage)]
        # What stands after an article or in lower case somewhere is a common noun, or a name with an article.
        self.common = {passage.quote(span).lower() for kind, passage, span in found if kind is None}
        for kind, passage, span in found:
            if kind is not None and passage.quote(span).lower() not in self.common:
                self.mentions[kind].append(passage.quote(span))

    def replaced(self, passage: Passage, share: float, random: np.random.Generator) -> Passage:
        """``passage`` with about ``share`` of its distinct mentions replaced, each alike wherever it is marked."""
        chosen: dict[str, str] = {}
        for kind, span in _kinds(passage):
            mention = passage.quote(span)
            if kind is None or mention.lower() in self.common or mention in chosen:
                continue
            candidates = self.mentions.get(kind, [])
            swap = candidates and random.random() < share
            chosen[mention] = candidates[random.integers(len(candidates))] if swap else mention
        return _with_mentions(passage, chosen)


def _kinds(passage: Passage) -> Iterator[tuple[Kind | None, Span]]:
    """Each span of a label whose mentions are exchanged, with what it can be exchanged for; None: with nothing."""
    for span in passage.spans:
        mention = passage.quote(span)
        words = WORD.findall(mention)
        if span.label in NUMBER_LABELS:
            yield (passage.lang, span.label, tuple(_character_class(word) for word in words)), span
        elif span.label in NAME_LABELS:
            named = words[0][0].isupper() and not ARTICLES.search(passage.text[: span.start])
            form = (sum(len(words) >= count for count in _WORD_COUNTS), mention.isupper())
            yield ((passage.lang, span.label, form) if named else None), span


def _character_class(word: str) -> str:
    if word.isdigit():
        # Years are not days.
        return f"{min(len(word), 4)} digits" if len(word) > 2 else "digits"
    return word.lower() if len(word) < 3 or not word[0].isupper() else "Name"


def _with_mentions(passage: Passage, mentions: dict[str, str]) -> Passage:
    """The passage with every marked mention in ``mentions`` written as its value there."""
    pieces: list[str] = []
    spans: list[Span] = []
    end = length = 0
    for span in sorted(passage.spans, key=lambda span: span.start):
        mention = mentions.get(passage.quote(span), passage.quote(span))
        before = passage.text[end : span.start]
        pieces += [before, mention]
        start = length + len(before)
        length = start + len(mention)
        spans.append(replace(span, start=start, end=length))
        end = span.end
    return replace(passage, text="".join(pieces) + passage.text[end:], spans=spans)
