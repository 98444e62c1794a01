"""Passages sorted into bins by length and by number of claims."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from coopclaims.schema import WORD, Passage

# The least number of words of each bin, and of claims.
WORD_BINS = (0, 25, 50, 75, 100, 150)
CLAIM_BINS = (0, 1, 2, 3, 4)


def rows_by_words(passages: Iterable[Passage]) -> dict[str, list[int]]:
    """Rows of the passages of each length in words, short ones first; only bins that hold any."""
    return _rows([len(WORD.findall(passage.text)) for passage in passages], WORD_BINS)


def rows_by_claims(passages: Iterable[Passage]) -> dict[str, list[int]]:
    """Rows of the passages of each number of claims, few first; only bins that hold any."""
    return _rows([len(passage.claims) for passage in passages], CLAIM_BINS)


def _rows(numbers: Sequence[int], bins: Sequence[int]) -> dict[str, list[int]]:
    rows: dict[int, list[int]] = {}
    for row, number in enumerate(numbers):
        rows.setdefault(bisect_right(bins, number) - 1, []).append(row)
    return {_name(bins, index): rows[index] for index in sorted(rows)}


def _name(bins: Sequence[int], index: int) -> str:
    low = bins[index]
    if index + 1 == len(bins):
        return f"{low}+"
    high = bins[index + 1] - 1
    return str(low) if low == high else f"{low}–{high}"
