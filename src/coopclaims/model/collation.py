"""Batches of arrays from units, spans and targets; tensors.py makes tensors of them for torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from coopclaims.model.pairs import UnitSpans
from coopclaims.model.units import Array, Targets, Unit

# Arrays as collated, or tensors.
Values = TypeVar("Values")


@dataclass
class SpanBatch(Generic[Values]):
    """Spans and argument-trigger pairs of a batch; indices run over the batch's units, words and spans."""

    unit: Values
    first_word: Values
    last_word: Values
    label: Values
    triggers: Values
    pair_argument: Values
    pair_trigger: Values
    pair_features: Values


@dataclass
class Batch(Generic[Values]):
    """Windows [rows, pieces] of several units, and where each word's pieces are among rows × pieces.

    ``continuation`` lists the pieces that do not begin a word, and ``continuation_word`` their words among
    units × words. ``frozen_states`` [rows, pieces, hidden], where they are known, are what the frozen part of the
    encoder makes of the windows (frozen.py).
    """

    input_ids: Values
    attention_mask: Values
    first_piece: Values
    last_piece: Values
    word_mask: Values
    continuation: Values
    continuation_word: Values
    frozen_states: Values | None = None


@dataclass
class TargetBatch(Generic[Values]):
    """Targets of a batch: tags [units, words], links [pairs], types and statuses [triggers]."""

    tags: Values
    links: Values
    types: Values
    statuses: Values


def word_positions(units: Sequence[Unit], width: int) -> tuple[Array, Array, Array]:
    """First piece, last piece (among rows × ``width``) and mask of each word, all [units, words]."""
    longest = max(len(unit.words) for unit in units)
    first_piece, last_piece, word_mask = (np.zeros((len(units), longest), np.int64) for _ in range(3))
    first_row = 0
    for index, unit in enumerate(units):
        count = len(unit.words)
        # One past the window position: the row begins with a special token.
        base = (first_row + unit.window) * width + 1
        first_piece[index, :count] = base + unit.first_piece
        last_piece[index, :count] = base + unit.last_piece
        word_mask[index, :count] = 1
        first_row += len(unit.windows)
    return first_piece, last_piece, word_mask


def continuations(positions: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    """Pieces that continue a word, and that word among units × words."""
    first, last = (positions[side].ravel() for side in (0, 1))
    counts = (last - first) * positions[2].ravel()
    word = np.repeat(np.arange(len(first)), counts)
    within = np.arange(len(word)) - np.repeat(np.cumsum(counts) - counts, counts)
    return first[word] + 1 + within, word


def span_batch(spans: Sequence[UnitSpans]) -> SpanBatch[Array]:
    """Collate the spans of a batch's units, in the order of the units."""
    counts = [len(unit.label) for unit in spans]
    offsets = np.cumsum([0, *counts[:-1]])
    columns = {
        "unit": [np.full(count, index, np.int64) for index, count in enumerate(counts)],
        "first_word": [unit.first_word for unit in spans],
        "last_word": [unit.last_word for unit in spans],
        "label": [unit.label for unit in spans],
        "triggers": [unit.triggers + offset for unit, offset in zip(spans, offsets, strict=True)],
        "pair_argument": [unit.pair_argument + offset for unit, offset in zip(spans, offsets, strict=True)],
        "pair_trigger": [unit.pair_trigger + offset for unit, offset in zip(spans, offsets, strict=True)],
        "pair_features": [unit.pair_features for unit in spans],
    }
    return SpanBatch(**{name: np.concatenate(parts) for name, parts in columns.items()})


def target_batch(targets: Sequence[Targets]) -> TargetBatch[Array]:
    """Collate targets; tags are padded with O at the end."""
    longest = max(len(target.tags) for target in targets)
    tags = np.stack([np.pad(target.tags, (0, longest - len(target.tags))) for target in targets])
    joined = [np.concatenate([getattr(t, name) for t in targets]) for name in ("links", "types", "statuses")]
    return TargetBatch(tags, *joined)
