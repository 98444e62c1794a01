"""Passages as words with BIO tags, which every baseline is trained on, and what a baseline has to offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from coopclaims.model.alignment import Words, find_words
from coopclaims.model.features import word_bounds
from coopclaims.schema import Passage


@dataclass(frozen=True)
class TaggedText:
    """The guideline's words of a text and a BIO tag for each."""

    words: list[str]
    tags: list[str]


class SpanTagger(Protocol):
    """A baseline: trained on tagged texts, it gives a valid BIO tag for each word of other texts."""

    def fit(self, train: Sequence[TaggedText], dev: Sequence[TaggedText], folder: Path) -> None:
        """Train; ``folder`` is for whatever it has to write."""

    def tag(self, texts: Sequence[Sequence[str]]) -> list[list[str]]:
        """BIO tags of the words of each text."""


def tagged_text(passage: Passage) -> TaggedText:
    """Words and tags of an annotated passage. Raises ValueError where a span holds no word."""
    words = find_words(passage.text)
    tags = ["O"] * len(words)
    for span in passage.spans:
        first, last, _ = word_bounds(words, span.start, span.end)
        tags[first : last + 1] = [f"I-{span.label}"] * (last + 1 - first)
        tags[first] = f"B-{span.label}"
    return TaggedText(word_strings(words), tags)


def word_strings(words: Words) -> list[str]:
    """The words themselves."""
    bounds = zip(words.internal_starts, words.internal_ends, strict=True)
    return [words.internal[start:end] for start, end in bounds]


def valid_tags(tags: Sequence[str]) -> list[str]:
    """The same tags, with B- wherever an I- does not continue a span of its label."""
    mended: list[str] = []
    for tag in tags:
        before = mended[-1][2:] if mended else ""
        mended.append(f"B-{tag[2:]}" if tag.startswith("I-") and before != tag[2:] else tag)
    return mended
