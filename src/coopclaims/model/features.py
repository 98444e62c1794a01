"""From text to model input: words, word pieces, windows, training targets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from tokenizers import Tokenizer

from coopclaims.model.alignment import Words, find_words
from coopclaims.model.collation import Batch, continuations, word_positions
from coopclaims.model.pairs import UnitSpans, make_unit_spans
from coopclaims.model.settings import Settings
from coopclaims.model.units import IGNORED, Array, Example, Targets, Unit
from coopclaims.model.windows import assign_windows, window_bounds
from coopclaims.schema import TRIGGER, Passage

# Pieces kept of one word; longer "words" are encoded binary data or the like. What is cut is counted.
MAX_WORD_PIECES = 48
# Longest stretch of characters without a word bound that is tokenised whole, for the same reason.
MAX_WORD_CHARACTERS = 400


class TextTokenizer(Protocol):
    """What a tokenizer of transformers, or its like in a compiled model, has to offer."""

    @property
    def backend_tokenizer(self) -> Tokenizer:
        """The tokenizer itself."""
        ...

    @property
    def cls_token_id(self) -> int | None:
        """Id of the piece that begins a text."""
        ...

    @property
    def sep_token_id(self) -> int | None:
        """Id of the piece that ends a text."""
        ...

    @property
    def pad_token_id(self) -> int | None:
        """Id of the piece that pads."""
        ...

    @property
    def unk_token_id(self) -> int | None:
        """Id of the piece that stands for unknown characters."""
        ...

    @property
    def mask_token_id(self) -> int | None:
        """Id of the piece that hides a word."""
        ...


class Featuriser:
    """Turns texts into units and passages into examples, for one tokenizer and the settings of one model."""

    def __init__(self, tokenizer: TextTokenizer, config: Settings) -> None:
        # A copy: calls of the wrapper leave padding and truncation behind in its own.
        self.backend = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
        self.backend.no_padding()
        self.backend.no_truncation()
        self.unknown = _required_id(tokenizer, "unk_token_id")
        self.begin = _required_id(tokenizer, "cls_token_id")
        self.end = _required_id(tokenizer, "sep_token_id")
        self.padding = _required_id(tokenizer, "pad_token_id")
        # Only training that masks words needs it.
        self.mask = self.unknown if tokenizer.mask_token_id is None else int(tokenizer.mask_token_id)
        self.config = config
        self.tag_index = {tag: index for index, tag in enumerate(config.tags)}
        self.label_index = {label: index for index, label in enumerate(config.span_labels)}
        # No span has this label in a model that only tags.
        self.trigger_index = self.label_index.get(TRIGGER, -1)
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

    def batch(self, units: Sequence[Unit]) -> Batch[Array]:
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
        return Batch(*arrays)

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
            if span.label not in self.label_index:
                raise ValueError(f"label {span.label!r} is none of the model's: {', '.join(self.label_index)}")
            first, last, exact = word_bounds(unit.words, span.start, span.end)
            if not exact:
                quote = passage.quote(span)
                misaligned.append(f"{passage.id}: {span.label} {span.start}-{span.end} {quote!r} is not at word bounds")
            bounds.append((first, last, self.label_index[span.label]))
        for before, after in pairwise(sorted(bounds)):
            if after[0] <= before[1]:
                raise ValueError("two spans share a word")
        spans = make_unit_spans(unit.words, bounds, self.trigger_index)
        return Example(passage, unit, self._targets(passage, unit, spans), misaligned)

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


def word_bounds(words: Words, start: int, end: int) -> tuple[int, int, bool]:
    """First and last word that code points ``start`` to ``end`` touch, and whether the bounds are word bounds.

    Raises ValueError for a span that touches no word (white space or invisible characters only).
    """
    first = int(np.searchsorted(words.ends, start, side="right"))
    last = int(np.searchsorted(words.starts, end, side="left")) - 1
    if first > last:
        raise ValueError(f"span {start}-{end} holds no word")
    return first, last, bool(words.starts[first] == start and words.ends[last] == end)


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


def _required_id(tokenizer: TextTokenizer, name: str) -> int:
    value = getattr(tokenizer, name)
    if value is None:
        raise ValueError(f"the tokenizer has no {name}")
    return int(value)
