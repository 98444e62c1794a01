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
    scaled = emissions.swapaxes(0, 1).astype(np.float64) / temperature
    # A factor per word leaves the result as it is.
    local = np.exp(scaled - scaled.max(2, keepdims=True))
    moves = np.exp(transitions.astype(np.float64) / temperature)
    moves_back = np.ascontiguousarray(moves.T)
    inside = mask.astype(bool).T[:, :, None]
    forward, backward = np.empty((words, batch, tags)), np.ones((words, batch, tags))
    forward[0] = _scaled(local[0] * np.exp(first.astype(np.float64) / temperature))
    for word in range(1, words):
        forward[word] = _scaled((forward[word - 1] @ moves) * local[word])
        # From the other end.
        after = words - word
        passed = _scaled((local[after] * backward[after]) @ moves_back)
        backward[after - 1] = np.where(inside[after], passed, 1.0)
    return _scaled(forward * backward).swapaxes(0, 1)


def _scaled(values: Probabilities) -> Probabilities:
    """Rows that sum to one; rows of zeros (forbidden by rounding) stay as they are."""
    sums: Probabilities = np.add.reduce(values, -1, keepdims=True)
    return values / np.maximum(sums, np.finfo(np.float64).tiny)
