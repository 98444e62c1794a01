"""From text to model input: words, word pieces, windows, training targets, and their collation into batches.

A unit is what the model sees as one text: a passage in training, a paragraph in extraction. A unit longer than one
window is encoded in overlapping windows; each word takes its hidden states from the window in which it stands
farther from the edge, and the heads run over the whole unit. So nothing is cut, in training or in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from coopclaims.model.alignment import Words, find_words
from coopclaims.model.config import ClaimConfig
from coopclaims.model.pairs import UnitSpans, make_unit_spans
from coopclaims.schema import TRIGGER, Passage

Array = np.ndarray[Any, np.dtype[np.int64]]

# Pieces kept of one word; longer "words" are encoded binary data or the like. What is cut is counted.
MAX_WORD_PIECES = 48
# Longest stretch of characters without a word bound that is tokenised whole, for the same reason.
MAX_WORD_CHARACTERS = 400
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
    """A training passage: its unit, its targets, and the spans that had to be widened to word bounds."""

    unit: Unit
    targets: Targets
    misaligned: list[str]


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
    units × words.
    """

    input_ids: Tensor
    attention_mask: Tensor
    first_piece: Tensor
    last_piece: Tensor
    word_mask: Tensor
    continuation: Tensor
    continuation_word: Tensor


@dataclass
class TargetBatch:
    """Targets of a batch: tags [units, words], links [pairs], types and statuses [triggers]."""

    tags: Tensor
    links: Tensor
    types: Tensor
    statuses: Tensor


AnyBatch = TypeVar("AnyBatch", Batch, SpanBatch, TargetBatch)


class Featuriser:
    """Turns texts into units and passages into examples, for one tokenizer and model configuration."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, config: ClaimConfig) -> None:
        # A copy: calls of the wrapper leave padding and truncation behind in its own.
        self.backend = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
        self.backend.no_padding()
        self.backend.no_truncation()
        self.unknown = _required_id(tokenizer, "unk_token_id")
        self.begin = _required_id(tokenizer, "cls_token_id")
        self.end = _required_id(tokenizer, "sep_token_id")
        self.padding = _required_id(tokenizer, "pad_token_id")
        self.config = config
        self.tag_index = {tag: index for index, tag in enumerate(config.tags)}
        self.label_index = {label: index for index, label in enumerate(config.span_labels)}
        self.type_index = {name: index for index, name in enumerate(config.claim_types)}
        self.status_index = {name: index for index, name in enumerate(config.claim_statuses)}

    def units(self, texts: Sequence[str]) -> list[Unit]:
        """Units of ``texts``, in order; a text without words gives a unit without windows."""
        words = [find_words(text) for text in texts]
        encodings = self.backend.encode_batch([_shortened(w) for w in words], add_special_tokens=False)
        return [
            self._unit(w, np.array(encoding.ids, np.int64), np.array(encoding.offsets, np.int64).reshape(-1, 2))
            for w, encoding in zip(words, encodings, strict=True)
        ]

    def examples(self, passages: Sequence[Passage], unusable: list[str] | None = None) -> list[Example]:
        """Training examples of annotated passages, in order.

        A passage whose spans no words can stand for (two in one word, one without a word) is left out, and the reason
        appended to ``unusable``; without a list, it raises ValueError.
        """
        examples = []
        for passage, unit in zip(passages, self.units([passage.text for passage in passages]), strict=True):
            try:
                examples.append(self._example(passage, unit))
            except ValueError as error:
                if unusable is None:
                    raise
                unusable.append(f"{passage.id}: {error}")
        return examples

    def batch(self, units: Sequence[Unit]) -> Batch:
        """Collate units (each with at least one word) into padded windows and word positions."""
        rows = [window for unit in units for window in unit.windows]
        width = max(map(len, rows)) + 2
        input_ids = np.full((len(rows), width), self.padding, np.int64)
        attention_mask = np.zeros((len(rows), width), np.int64)
        for row, window in enumerate(rows):
            input_ids[row, : len(window) + 2] = [self.begin, *window, self.end]
            attention_mask[row, : len(window) + 2] = 1
        positions = word_positions(units, width)
        continuation, continuation_word = continuations(positions)
        arrays = (input_ids, attention_mask, *positions, continuation, continuation_word)
        return Batch(*map(torch.from_numpy, arrays))

    def _unit(self, words: Words, ids: Array, offsets: Array) -> Unit:
        word = _word_of_pieces(words, offsets)
        ids, word = ids[word < len(words)], word[word < len(words)]
        missing = np.flatnonzero(np.bincount(word, minlength=len(words)) == 0)
        ids = np.concatenate([ids, np.full(len(missing), self.unknown, np.int64)])
        word = np.concatenate([word, missing])
        order = np.argsort(word, kind="stable")
        ids, word = ids[order], word[order]
        first = np.searchsorted(word, np.arange(len(words)))
        kept = np.arange(len(ids)) - first[word] < MAX_WORD_PIECES
        cut = int(len(ids) - kept.sum()) + _characters_cut(words)
        ids, word = ids[kept], word[kept]
        first = np.searchsorted(word, np.arange(len(words)))
        last = np.searchsorted(word, np.arange(len(words)), side="right") - 1
        bounds = window_bounds(first, last, self.config.window_pieces, self.config.window_overlap)
        window = assign_windows(bounds, len(words))
        piece_starts = np.array([first[start] for start, _ in bounds], np.int64)
        windows = [ids[first[start] : last[end - 1] + 1] for start, end in bounds]
        return Unit(words, windows, window, first - piece_starts[window], last - piece_starts[window], cut)

    def _example(self, passage: Passage, unit: Unit) -> Example:
        misaligned: list[str] = []
        bounds = []
        for span in passage.spans:
            first, last, exact = word_bounds(unit.words, span.start, span.end)
            if not exact:
                quote = passage.quote(span)
                misaligned.append(f"{passage.id}: {span.label} {span.start}-{span.end} {quote!r} is not at word bounds")
            bounds.append((first, last, self.label_index[span.label]))
        for before, after in pairwise(sorted(bounds)):
            if after[0] <= before[1]:
                raise ValueError("two spans share a word")
        spans = make_unit_spans(unit.words, bounds, self.label_index[TRIGGER])
        return Example(unit, self._targets(passage, unit, spans), misaligned)

    def _targets(self, passage: Passage, unit: Unit, spans: UnitSpans) -> Targets:
        tags = np.zeros(len(unit.words), np.int64)
        for first, last, label in zip(spans.first_word, spans.last_word, spans.label, strict=True):
            name = self.config.span_labels[label]
            tags[first : last + 1] = self.tag_index[f"I-{name}"]
            tags[first] = self.tag_index[f"B-{name}"]
        position = {span.id: index for index, span in enumerate(passage.spans)}
        claim_at = {position[claim.trigger]: claim for claim in passage.claims}
        linked = {(position[a], position[claim.trigger]) for claim in passage.claims for a in claim.args}
        pairs = zip(spans.pair_argument.tolist(), spans.pair_trigger.tolist(), strict=True)
        claims = [claim_at.get(int(trigger)) for trigger in spans.triggers]
        return Targets(
            tags,
            spans,
            np.array([pair in linked for pair in pairs], np.int64),
            np.array([self.type_index[claim.type] if claim else IGNORED for claim in claims], np.int64),
            np.array([self.status_index[claim.status] if claim else IGNORED for claim in claims], np.int64),
        )


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
    """The same batch with its tensors on ``device``."""
    moved = {field.name: getattr(batch, field.name).to(device, non_blocking=True) for field in fields(batch)}
    return type(batch)(**moved)


def word_bounds(words: Words, start: int, end: int) -> tuple[int, int, bool]:
    """First and last word that code points ``start`` to ``end`` touch, and whether the bounds are word bounds.

    Raises ValueError for a span that touches no word (white space or invisible characters only).
    """
    first = int(np.searchsorted(words.ends, start, side="right"))
    last = int(np.searchsorted(words.starts, end, side="left")) - 1
    if first > last:
        raise ValueError(f"span {start}-{end} holds no word")
    return first, last, bool(words.starts[first] == start and words.ends[last] == end)


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


def _word_of_pieces(words: Words, offsets: Array) -> Array:
    """Word index of each piece, never falling; a piece of white space belongs to the word after it."""
    last_character = np.maximum(offsets[:, 1] - 1, offsets[:, 0])
    word = np.searchsorted(words.internal_ends, last_character, side="right")
    return np.maximum.accumulate(word) if len(word) else word


def _shortened(words: Words) -> str:
    """The internal text; words beyond MAX_WORD_CHARACTERS lose their tail to spaces, so that offsets stay."""
    text = words.internal
    for index in np.flatnonzero(words.internal_ends - words.internal_starts > MAX_WORD_CHARACTERS):
        keep, end = int(words.internal_starts[index]) + MAX_WORD_CHARACTERS, int(words.internal_ends[index])
        text = text[:keep] + " " * (end - keep) + text[end:]
    return text


def _characters_cut(words: Words) -> int:
    return int(np.maximum(words.internal_ends - words.internal_starts - MAX_WORD_CHARACTERS, 0).sum())


def _required_id(tokenizer: PreTrainedTokenizerFast, name: str) -> int:
    value = getattr(tokenizer, name)
    if value is None:
        raise ValueError(f"the tokenizer has no {name}")
    return int(value)
