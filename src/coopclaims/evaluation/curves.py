"""Precision, recall and F1 when only items from some score on are kept.

Of spans, those below the threshold are dropped; of claims, whole claims with their triggers and arguments. The soft
figures have no curve: each threshold would need its own matching of claims.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from coopclaims.evaluation.scored_items import ScoredItems
from coopclaims.evaluation.scores import f1, precision, recall

# How many points of a curve are kept.
POINTS = 51


def score_curve(items: ScoredItems | None) -> dict[str, Any] | None:
    """Points of the curve from the highest threshold to the lowest, its best F1, and its average precision.

    Each point holds threshold (items scored at least that are kept), precision, recall, f1 and predicted (items
    kept). The average precision is the sum over thresholds of precision times gained recall, without interpolation
    (Manning, Raghavan and Schütze 2008, "Introduction to Information Retrieval", section 8.4); recall not reached
    counts 0. None without scores, or with nothing in gold.
    """
    if items is None or not items.gold:
        return None
    order = np.argsort(-items.scores, kind="stable")
    scores, right = items.scores[order], items.right[order]
    # Equal scores pass a threshold together.
    last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True))
    correct, kept = np.cumsum(right)[last], last + 1
    counts = np.stack([correct, np.full(len(last), items.gold), kept], axis=-1).astype(float)
    columns = {
        "threshold": scores[last],
        "precision": precision(counts),
        "recall": recall(counts),
        "f1": f1(counts),
        "predicted": kept,
    }
    gained = np.diff(columns["recall"], prepend=0.0)
    best = int(np.argmax(columns["f1"]))
    rows = np.unique(np.searchsorted(kept, np.linspace(kept[0], kept[-1], POINTS)))
    return {
        "average_precision": float((gained * columns["precision"]).sum()),
        "best": {name: values[best].item() for name, values in columns.items()},
        "points": [{name: round(values[row].item(), 4) for name, values in columns.items()} for row in rows.tolist()],
    }
