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
    if words == 0:
        return np.zeros((batch, 0), np.int64)
    inside = mask.astype(bool)
    local = np.ascontiguousarray(emissions.swapaxes(0, 1))
    # Best score of a path that ends in a word and tag. What is in the padding is never looked at.
    scores = np.empty_like(local)
    scores[0] = local[0] + first
    reached = np.empty((tag_count, batch, tag_count), scores.dtype)
    for word in range(1, words):
        # By tag that is left first, so that the maximum compares long rows of memory.
        np.add(scores[word - 1].T[:, :, None], transitions[:, None, :], out=reached)
        np.maximum.reduce(reached, 0, out=scores[word])
        scores[word] += local[word]
    last = np.maximum(inside.sum(1) - 1, 0)
    ends = scores[last, np.arange(batch)].argmax(1)
    path = np.empty((words, batch), np.int64)
    path[-1] = ends
    for word in range(words - 1, 0, -1):
        # Where it came from is computed for the tags of the best path alone.
        origins = (scores[word - 1] + transitions.T[path[word]]).argmax(1)
        path[word - 1] = np.where(inside[:, word], origins, ends)
    return path.T * inside
