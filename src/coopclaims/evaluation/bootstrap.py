"""Percentile bootstrap over passages.

Method: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLES = 1000
SEED = 0
LEVEL = 0.95


def resampled_sums(counts: NDArray[np.float64], samples: int = SAMPLES, seed: int = SEED) -> NDArray[np.float64]:
    """Sums of ``counts`` (passages, …) over passages drawn with replacement, shape (samples, …).

    Each sample draws as many passages as there are. The same counts in the same order and the same seed give the
    same sums; ``pair_passages`` fixes the order. At least one passage is needed.
    """
    passages = len(counts)
    flat = counts.reshape(passages, -1)
    random = np.random.default_rng(seed)
    sums = np.empty((samples, flat.shape[1]))
    # One sample at a time: all of them at once would take samples · passages numbers of memory.
    for sample in sums:
        times_drawn = np.bincount(random.integers(passages, size=passages), minlength=passages)
        sample[:] = times_drawn @ flat
    return sums.reshape(samples, *counts.shape[1:])


def percentile_interval(values: NDArray[np.float64], level: float = LEVEL) -> NDArray[np.float64]:
    """Lower and upper bound of the central ``level`` of ``values`` (samples, …), shape (2, …)."""
    tail = 100 * (1 - level) / 2
    return np.percentile(values, [tail, 100 - tail], axis=0)


def two_sided_p(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance of a difference as far from zero if there were none, from bootstrap ``differences`` (samples, …).

    Twice the smaller share of samples at or beyond zero, at least one sample; Efron and Tibshirani 1993, chapter 16.
    """
    samples = len(differences)
    beyond = np.minimum((differences <= 0).sum(axis=0), (differences >= 0).sum(axis=0))
    return np.minimum(2 * (beyond + 1) / (samples + 1), 1.0)
