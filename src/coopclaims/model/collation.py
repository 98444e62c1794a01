"""Batches of tensors from units, spans and targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from coopclaims.model.pairs import UnitSpans
from coopclaims.model.units import Array, Targets, Unit


@dataclass
class SpanBatch:
    """Spans and argument-trigger pairs of a batch; indices run over the batch's units, words and spans."""

    unit: Tensor
    first_word: Tensor
    last_word: Tensor
    label: Tensor
    triggers: Tensor
    pair_argument: Tensor
    pair_trigger: Tensor
    pair_features: Tensor


@dataclass
class Batch:
    """Windows [rows, pieces] of several units, and where each word's pieces are among rows × pieces.

    ``continuation`` lists the pieces that do not begin a word, and ``continuation_word`` their words among
    units × words. ``frozen_states`` [rows, pieces, hidden], where they are known, are what the frozen part of the
    encoder makes of the windows (frozen.py).
    """

    input_ids: Tensor
    attention_mask: Tensor
    first_piece: Tensor
    last_piece: Tensor
    word_mask: Tensor
    continuation: Tensor
    continuation_word: Tensor
    frozen_states: Tensor | None = None


@dataclass
class TargetBatch:
    """Targets of a batch: tags [units, words], links [pairs], types and statuses [triggers]."""

    tags: Tensor
    links: Tensor
    types: Tensor
    statuses: Tensor


AnyBatch = TypeVar("AnyBatch", Batch, SpanBatch, TargetBatch)


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


def span_batch(spans: Sequence[UnitSpans]) -> SpanBatch:
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
    return SpanBatch(**{name: torch.from_numpy(np.concatenate(parts)) for name, parts in columns.items()})


def target_batch(targets: Sequence[Targets]) -> TargetBatch:
    """Collate targets; tags are padded with O at the end."""
    longest = max(len(target.tags) for target in targets)
    tags = np.stack([np.pad(target.tags, (0, longest - len(target.tags))) for target in targets])
    joined = [np.concatenate([getattr(t, name) for t in targets]) for name in ("links", "types", "statuses")]
    return TargetBatch(*map(torch.from_numpy, (tags, *joined)))


def to_device(batch: AnyBatch, device: torch.device) -> AnyBatch:
    """The same batch with its tensors on ``device``; from pinned memory, they are copied while work goes on."""
    return _mapped(batch, lambda tensor: tensor.to(device, non_blocking=True))


def pinned(batch: AnyBatch) -> AnyBatch:
    """The same batch in memory that a GPU copies from by itself."""
    return _mapped(batch, Tensor.pin_memory)


def _mapped(batch: AnyBatch, function: Callable[[Tensor], Tensor]) -> AnyBatch:
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}
    mapped: dict[str, Any] = {name: None if value is None else function(value) for name, value in values.items()}
    return type(batch)(**mapped)
