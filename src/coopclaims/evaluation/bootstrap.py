"""Percentile bootstrap and approximate randomisation over units that are independent: documents, or passages.

Method: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coopclaims.evaluation.scores import f1

SAMPLES = 1000
SEED = 0
LEVEL = 0.95
# Samples that are drawn at once: enough for one matrix product to pay, and little memory.
CHUNK = 256
# What rounding may take from a difference that is as large as the observed one.
TOLERANCE = 1e-9


def resampled_sums(counts: NDArray[np.float64], samples: int = SAMPLES, seed: int = SEED) -> NDArray[np.float64]:
    """Sums of ``counts`` (units, …) over units drawn with replacement, shape (samples, …).

    Each sample draws as many units as there are. The same counts in the same order and the same seed give the
    same sums; ``pair_passages`` fixes the order. At least one unit is needed.
    """
    units = len(counts)
    flat = counts.reshape(units, -1)
    random = np.random.default_rng(seed)
    sums = np.empty((samples, flat.shape[1]))
    # One sample at a time: all of them at once would take samples · units numbers of memory.
    for sample in sums:
        times_drawn = np.bincount(random.integers(units, size=units), minlength=units)
        sample[:] = times_drawn @ flat
    return sums.reshape(samples, *counts.shape[1:])


def percentile_interval(values: NDArray[np.float64], level: float = LEVEL) -> NDArray[np.float64]:
    """Lower and upper bound of the central ``level`` of ``values`` (samples, …), shape (2, …)."""
    tail = 100 * (1 - level) / 2
    return np.percentile(values, [tail, 100 - tail], axis=0)


def randomisation_p(
    first: NDArray[np.float64], second: NDArray[np.float64], samples: int = SAMPLES, seed: int = SEED
) -> NDArray[np.float64]:
    """Chance of a difference in F1 as large as that of two systems, were their counts exchangeable in each unit.

    ``first`` and ``second`` are counts of the same units, (units, …, 3). In each sample the two systems'
    counts are swapped in half of the units; with n units that differ, p is at least about 2/2ⁿ. Method: Noreen
    (1989), "Computer-Intensive Methods for Testing Hypotheses"; Yeh (2000).
    """
    difference = second - first
    total = first.sum(axis=0) + second.sum(axis=0)
    flat = difference.reshape(len(difference), -1)
    observed = np.abs(_gap(difference.sum(axis=0), total))
    random = np.random.default_rng(seed)
    reached = np.zeros(observed.shape)
    for begin in range(0, samples, CHUNK):
        size = min(CHUNK, samples - begin), len(flat)
        signs = 2.0 * random.integers(2, size=size, dtype=np.int8) - 1
        drawn = (signs @ flat).reshape(-1, *total.shape)
        reached += (np.abs(_gap(drawn, total)) >= observed - TOLERANCE).sum(axis=0)
    return (reached + 1) / (samples + 1)


def holm(chances: Sequence[float]) -> list[float]:
    """The p values of a family of tests, corrected so that one below α anywhere has a chance of α at most.

    Method: Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    values = np.asarray(chances, float)
    order = np.argsort(values, kind="stable")
    corrected = np.empty(len(values))
    corrected[order] = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    return np.minimum(corrected, 1.0).tolist()


def _gap(difference: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    """Difference in F1 of two systems whose counts (…, 3) differ by ``difference`` and add up to ``total``."""
    return f1((total + difference) / 2) - f1((total - difference) / 2)
