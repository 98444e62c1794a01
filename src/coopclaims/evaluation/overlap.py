"""How far spans of one text overlap, measured in the guideline's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coopclaims.schema import WORD


class Marked(Protocol):
    """Anything with code points ``start`` to ``end`` (half-open) and a label: a Span or a Part."""

    @property
    def start(self) -> int:
        """First code point."""

    @property
    def end(self) -> int:
        """Code point after the last."""

    @property
    def label(self) -> str:
        """What the span marks."""


def word_ranges(spans: Sequence[Marked], text: str) -> NDArray[np.int64]:
    """First word and word after the last that each span shares a character with, shape (spans, 2)."""
    words = np.array([match.span() for match in WORD.finditer(text)], dtype=np.int64).reshape(-1, 2)
    first = np.searchsorted(words[:, 1], [span.start for span in spans], side="right")
    after_last = np.searchsorted(words[:, 0], [span.end for span in spans], side="left")
    return np.stack([first, after_last], axis=1)


def shared_words(
    gold: Sequence[Marked], predicted: Sequence[Marked], text: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Words that each pair of spans has in common, and the words of both added up; shapes (gold, predicted)."""
    rows, columns = word_ranges(gold, text)[:, None], word_ranges(predicted, text)[None]
    common = np.minimum(rows[..., 1], columns[..., 1]) - np.maximum(rows[..., 0], columns[..., 0])
    lengths = (rows[..., 1] - rows[..., 0]) + (columns[..., 1] - columns[..., 0])
    return np.maximum(common, 0), lengths


def same_label(gold: Sequence[Marked], predicted: Sequence[Marked]) -> NDArray[np.bool_]:
    """Which pairs of spans have equal labels, shape (gold, predicted)."""
    pairs = [[g.label == p.label for p in predicted] for g in gold]
    return np.array(pairs, dtype=bool).reshape(len(gold), len(predicted))


def match_parts(gold: Sequence[Marked], predicted: Sequence[Marked], text: str) -> NDArray[np.bool_]:
    """Which pairs of spans match softly (equal label, token F1 of at least 0.5), shape (gold, predicted)."""
    common, lengths = shared_words(gold, predicted, text)
    # 2·common / lengths >= 1/2, in whole numbers so that the threshold itself is exact.
    return same_label(gold, predicted) & (4 * common >= lengths)
