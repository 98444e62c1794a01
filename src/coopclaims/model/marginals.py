"""How sure a linear-chain CRF is of each tag: forward and backward passes, vectorised over the batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coopclaims.model.scoring import Floats
from coopclaims.model.units import Array

Probabilities = NDArray[np.float64]


def marginals(
    emissions: Floats, mask: Array, transitions: Floats, first: Floats, temperature: float = 1.0
) -> Probabilities:
    """p(tag of word | text), [batch, words, tags]; rows outside the mask mean nothing.

    Shapes as in ``viterbi``. All scores are divided by ``temperature`` first. Method: Rabiner (1989), "A Tutorial on
    Hidden Markov Models", each position scaled to sum to one, so that no logarithms are needed.
    """
    batch, words, tags = emissions.shape
    if words == 0:
        return np.zeros((batch, 0, tags))
    scaled = emissions.astype(np.float64) / temperature
    # A factor per word leaves the result as it is.
    local = np.exp(scaled - scaled.max(2, keepdims=True))
    moves = np.exp(transitions.astype(np.float64) / temperature)
    inside = mask.astype(bool)
    forward = np.empty((words, batch, tags))
    forward[0] = _scaled(local[:, 0] * np.exp(first.astype(np.float64) / temperature))
    for word in range(1, words):
        reached = _scaled((forward[word - 1] @ moves) * local[:, word])
        forward[word] = np.where(inside[:, word, None], reached, forward[word - 1])
    backward = np.ones((batch, tags))
    result = np.empty((batch, words, tags))
    result[:, -1] = forward[-1]
    for word in range(words - 1, 0, -1):
        passed = _scaled((local[:, word] * backward) @ moves.T)
        backward = np.where(inside[:, word, None], passed, backward)
        result[:, word - 1] = _scaled(forward[word - 1] * backward)
    return result


def _scaled(values: Probabilities) -> Probabilities:
    """Rows that sum to one; rows of zeros (forbidden by rounding) stay as they are."""
    sums: Probabilities = values.sum(1, keepdims=True)
    return values / np.maximum(sums, np.finfo(np.float64).tiny)
