"""Do scores mean what they say? Of the items scored 0.8, eight in ten should be right."""

from __future__ import annotations

from typing import Any

import numpy as np

from coopclaims.evaluation.scored_items import ScoredItems

BINS = 10


def calibration(items: ScoredItems | None, bins: int = BINS) -> dict[str, Any] | None:
    """Expected calibration error, Brier score, and the bins of a reliability diagram.

    Bins hold equally many items, equal scores together, so there may be fewer of them. The error is the mean over
    items of the distance between a bin's mean score and its share of right items (Naeini, Cooper and Hauskrecht 2015,
    "Obtaining Well Calibrated Probabilities Using Bayesian Binning"; equal-mass bins: Nguyen and O'Connor 2015,
    "Posterior calibration and exploratory analysis for natural language processing models"). The Brier score (Brier
    1950) is the mean squared distance between score and right (1) or wrong (0).
    None without scores, or where one is no probability.
    """
    if items is None or items.scores.min() < 0 or items.scores.max() > 1:
        return None
    scores, right = items.scores, items.right.astype(float)
    edges = np.quantile(scores, np.arange(1, bins) / bins)
    number = np.searchsorted(edges, scores, side="right")
    sizes = np.bincount(number, minlength=bins)
    used = np.flatnonzero(sizes)
    sizes = sizes[used]
    mean_score = np.bincount(number, scores, bins)[used] / sizes
    share_right = np.bincount(number, right, bins)[used] / sizes
    return {
        "items": len(scores),
        "expected_calibration_error": float((sizes * np.abs(share_right - mean_score)).sum() / len(scores)),
        "brier_score": float(np.mean((scores - right) ** 2)),
        "bins": [
            {"score": score, "right": share, "items": size}
            for score, share, size in zip(mean_score.tolist(), share_right.tolist(), sizes.tolist(), strict=True)
        ],
    }
