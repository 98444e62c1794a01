"""Words of a text and their exact code points, whatever Unicode form the text comes in.

The model reads an internal form: NFC, without characters that are invisible (zero-width and other format
characters, soft hyphens, variation selectors). Every word keeps the offsets it has in the text as given.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coopclaims.schema import WORD

Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class InternalText:
    """Normalised text; character i stands for code points ``starts[i]`` to ``ends[i]`` of the given text."""

    text: str
    starts: Offsets
    ends: Offsets


@dataclass(frozen=True)
class Words:
    """The words of a text, each with its code points in the given text and in the internal text (half-open)."""

    internal: str
    internal_starts: Offsets
    internal_ends: Offsets
    starts: Offsets
    ends: Offsets

    def __len__(self) -> int:
        return len(self.starts)


def normalise(text: str) -> InternalText:
    """Bring ``text`` into the internal form and keep track of where each character came from."""
    if unicodedata.is_normalized("NFC", text) and not any(map(_is_invisible, text)):
        positions = np.arange(len(text), dtype=np.int64)
        return InternalText(text, positions, positions + 1)
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        visible = "".join(character for character in text[start:end] if not _is_invisible(character))
        composed = unicodedata.normalize("NFC", visible)
        if composed == text[start:end]:
            bounds = [(start + i, start + i + 1) for i in range(len(composed))]
        else:
            end_visible = end - _trailing_invisible(text[start:end])
            bounds = [(start, end_visible)] * len(composed)
        characters.append(composed)
        starts += [bound[0] for bound in bounds]
        ends += [bound[1] for bound in bounds]
    return InternalText("".join(characters), np.array(starts, np.int64), np.array(ends, np.int64))


def find_words(text: str) -> Words:
    """Split ``text`` into the guideline's words (``\\w+|[^\\w\\s]`` on the internal form).

    On NFC text without invisible characters these are exactly the guideline's tokens. Words that come from one
    inseparable cluster of the given text are joined, so that words never overlap there.
    """
    internal = normalise(text)
    bounds: list[list[int]] = []
    for match in WORD.finditer(internal.text):
        first, last = match.start(), match.end() - 1
        if bounds and internal.starts[first] < internal.ends[bounds[-1][1] - 1]:
            bounds[-1][1] = match.end()
        else:
            bounds.append([first, last + 1])
    table = np.array(bounds, np.int64).reshape(-1, 2)
    starts, ends = table[:, 0], table[:, 1]
    return Words(internal.text, starts, ends, internal.starts[starts], internal.ends[ends - 1])


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Bounds of stretches that normalise independently: a base character with all that attaches to it."""
    start = 0
    for position in range(1, len(text)):
        if not _attaches(text[position]):
            yield start, position
            start = position
    if text:
        yield start, len(text)


def _attaches(character: str) -> bool:
    """Whether a character may compose with, or hides behind, the one before it."""
    if character.isascii():
        return False
    is_jamo = "\u1160" <= character <= "\u11ff"
    return is_jamo or unicodedata.category(character).startswith("M") or _is_invisible(character)


def _is_invisible(character: str) -> bool:
    if character.isascii():
        return False
    return (
        unicodedata.category(character) == "Cf"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _trailing_invisible(text: str) -> int:
    return len(text) - len(text.rstrip("".join(filter(_is_invisible, set(text)))))
