"""Overlapping windows over a unit that is longer than what the encoder reads at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coopclaims.model.units import Array


def window_bounds(first: Array, last: Array, size: int, overlap: int) -> list[tuple[int, int]]:
    """Words (half-open) of each window of at most ``size`` pieces; neighbours share about ``overlap`` pieces.

    ``first`` and ``last`` are each word's piece positions in the unit.
    """
    bounds: list[tuple[int, int]] = []
    start, count = 0, len(first)
    while start < count:
        end = max(int(np.searchsorted(last, first[start] + size, side="left")), start + 1)
        bounds.append((start, end))
        if end == count:
            break
        start = max(int(np.searchsorted(first, first[end] - overlap, side="left")), start + 1)
    return bounds


def assign_windows(bounds: Sequence[tuple[int, int]], count: int) -> Array:
    """Window of each of ``count`` words: of two overlapping windows, the one whose edge is farther."""
    window = np.zeros(count, np.int64)
    for index in range(1, len(bounds)):
        middle = (bounds[index][0] + bounds[index - 1][1]) // 2
        window[middle:] = index
    return window
