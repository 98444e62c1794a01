"""Texts and annotated passages in the form that the model reads.

A unit is what the model sees as one text: a passage in training, a segment (segments.py) in use. A unit longer than one
window is encoded in overlapping windows; each word takes its hidden states from the window in which it stands
farther from the edge, and the heads run over the whole unit. So nothing is cut, in training or in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from coopclaims.model.alignment import Words
from coopclaims.model.pairs import UnitSpans
from coopclaims.schema import Passage

Array = np.ndarray[Any, np.dtype[np.int64]]

IGNORED = -100


@dataclass(frozen=True)
class Unit:
    """A text in model input form.

    ``windows`` hold piece ids without special tokens; ``window``, ``first_piece`` and ``last_piece`` say for each
    word which window represents it and where in that window it begins and ends.
    """

    words: Words
    windows: list[Array]
    window: Array
    first_piece: Array
    last_piece: Array
    cut_pieces: int

    @property
    def pieces(self) -> int:
        """Word pieces that the encoder reads for this unit, without special tokens."""
        return sum(map(len, self.windows))


@dataclass(frozen=True)
class Targets:
    """What the heads should give for a unit: tags [words], links [pairs], types and statuses [triggers]."""

    tags: Array
    spans: UnitSpans
    links: Array
    types: Array
    statuses: Array


@dataclass(frozen=True)
class Example:
    """A training passage, its unit, its targets, and the spans that had to be widened to word bounds."""

    passage: Passage
    unit: Unit
    targets: Targets
    misaligned: list[str]
