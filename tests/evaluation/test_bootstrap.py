from __future__ import annotations

import numpy as np

from coopclaims.evaluation.bootstrap import percentile_interval, resampled_sums


def test_same_seed_same_sums() -> None:
    counts = np.arange(24, dtype=float).reshape(4, 2, 3)
    np.testing.assert_array_equal(resampled_sums(counts, 10, 3), resampled_sums(counts, 10, 3))
    assert (resampled_sums(counts, 10, 3) != resampled_sums(counts, 10, 4)).any()


def test_equal_passages_leave_no_doubt() -> None:
    sums = resampled_sums(np.ones((5, 1)), 50)
    np.testing.assert_array_equal(sums, np.full((50, 1), 5.0))


def test_interval_covers_the_mean_as_often_as_it_says() -> None:
    """The mean of 60 fair coins: 95 % intervals must hold 0.5 in about 95 % of 200 trials."""
    random = np.random.default_rng(0)
    hits = 0
    for trial in range(200):
        coins = random.integers(0, 2, (60, 1)).astype(float)
        low, high = percentile_interval(resampled_sums(coins, 300, trial)[:, 0] / 60)
        hits += low <= 0.5 <= high
    assert 0.90 <= hits / 200 <= 0.99
