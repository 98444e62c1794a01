"""Spans of a unit and their argument-trigger pairs, with features of how two spans stand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopclaims.model.alignment import Words
from coopclaims.model.settings import PAIR_FEATURE_SIZES

Array = np.ndarray[Any, np.dtype[np.int64]]

# Upper bounds of the buckets of word distance; each bucket exists once before and once after the trigger.
DISTANCE_BOUNDS = np.array([1, 2, 3, 4, 6, 8, 12, 18, 28, 44, 80])
# No claim reaches farther; it keeps the pairs of a very long text in proportion to its length.
FARTHEST_PAIR = 400
SENTENCE_ENDS = np.array([ord(character) for character in ".!?…"])


@dataclass(frozen=True)
class UnitSpans:
    """Spans by first and last word and label index; triggers and pairs refer to spans by position.

    ``pair_features`` [pairs, 4]: bucket of signed word distance, triggers between, sentence ends between, triggers
    nearer to the argument (the last three capped).
    """

    first_word: Array
    last_word: Array
    label: Array
    triggers: Array
    pair_argument: Array
    pair_trigger: Array
    pair_features: Array


def make_unit_spans(words: Words, spans: Sequence[tuple[int, int, int]] | Array, trigger_label: int) -> UnitSpans:
    """Pair every argument with every trigger within FARTHEST_PAIR words.

    ``spans`` are (first word, last word, label index).
    """
    table = np.array(spans, np.int64).reshape(-1, 3)
    first, last, label = table[:, 0], table[:, 1], table[:, 2]
    triggers = np.flatnonzero(label == trigger_label)
    arguments = np.flatnonzero(label != trigger_label)
    if len(arguments) == 0 or len(triggers) == 0:
        nothing = np.zeros(0, np.int64)
        return UnitSpans(first, last, label, triggers, nothing, nothing, nothing.reshape(0, len(PAIR_FEATURE_SIZES)))
    near, features = _pair_features(words, first, last, arguments, triggers)
    rows, columns = np.nonzero(near)
    return UnitSpans(first, last, label, triggers, arguments[rows], triggers[columns], features)


def _pair_features(
    words: Words, first: Array, last: Array, arguments: Array, triggers: Array
) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], Array]:
    """Which pairs are near enough, [arguments, triggers], and the features of those, [pairs, 4]."""
    before = first[arguments][:, None] < first[triggers][None, :]
    gap_start = np.where(before, last[arguments][:, None], last[triggers][None, :]) + 1
    gap_end = np.where(before, first[triggers][None, :], first[arguments][:, None])
    # Spans do not overlap, so the distance is at least one word.
    distance = np.maximum(gap_end - gap_start + 1, 1)
    bucket = np.searchsorted(DISTANCE_BOUNDS, distance) + before * (len(DISTANCE_BOUNDS) + 1)
    trigger_count = _running_count(np.isin(np.arange(len(words)), first[triggers]).astype(np.int64))
    sentence_ends = _running_count(_is_sentence_end(words))
    nearer = np.stack([np.searchsorted(np.sort(row), row) for row in distance])
    near = distance <= FARTHEST_PAIR
    columns = [
        bucket,
        trigger_count[gap_end] - trigger_count[gap_start],
        sentence_ends[gap_end] - sentence_ends[gap_start],
        nearer,
    ]
    capped = [np.minimum(column, size - 1) for column, size in zip(columns, PAIR_FEATURE_SIZES, strict=True)]
    return near, np.stack(capped, axis=-1)[near]


def _is_sentence_end(words: Words) -> Array:
    code_points = np.frombuffer(words.internal.encode("utf-32-le"), np.uint32)
    return np.isin(code_points[words.internal_ends - 1], SENTENCE_ENDS).astype(np.int64)


def _running_count(flags: Array) -> Array:
    """How many flags are set before each position; one entry more than ``flags``."""
    return np.concatenate([[0], np.cumsum(flags)])
