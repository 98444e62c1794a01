"""Viterbi decoding of tag sequences, vectorised over the batch."""

from __future__ import annotations

import numpy as np

from coopclaims.model.scoring import Floats
from coopclaims.model.units import Array


def viterbi(emissions: Floats, mask: Array, transitions: Floats, first: Floats) -> Array:
    """Best tag of each word [batch, words]; positions outside the mask hold 0.

    Shapes: emissions [batch, words, tags], mask [batch, words], transitions [from, to], first [tags]. Sequences are
    padded at the end.
    """
    batch, words, tag_count = emissions.shape
    path = np.zeros((batch, words), np.int64)
    if words == 0:
        return path
    inside = mask.astype(bool)
    score = emissions[:, 0] + first
    origins = np.empty((words, batch, tag_count), np.int64)
    # By target tag, so that the maximum runs over memory in order.
    incoming = np.ascontiguousarray(transitions.T)
    for word in range(1, words):
        reached = score[:, None, :] + incoming
        origin = reached.argmax(2)
        best = np.take_along_axis(reached, origin[:, :, None], 2)[:, :, 0]
        here = inside[:, word, None]
        score = np.where(here, best + emissions[:, word], score)
        origins[word] = np.where(here, origin, np.arange(tag_count))
    path[:, -1] = score.argmax(1)
    rows = np.arange(batch)
    for word in range(words - 1, 0, -1):
        path[:, word - 1] = origins[word][rows, path[:, word]]
    return path * inside
