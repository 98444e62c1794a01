"""How well a grouping of items agrees with a gold grouping: B-cubed, CEAF-e and pairwise precision, recall and F1.

A grouping maps each item to the name of its group; both must have the same items. B-cubed: A. Bagga and B. Baldwin,
"Algorithms for scoring coreference chains", 1998. CEAF with entity similarity phi-4: X. Luo, "On coreference
resolution performance metrics", 2005.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

Grouping = Mapping[Hashable, Hashable]


@dataclass(frozen=True)
class Agreement:
    """Precision, recall and their harmonic mean, each between 0 and 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """0 where both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def b_cubed(gold: Grouping, predicted: Grouping) -> Agreement:
    """The mean over items of the share of an item's group that is rightly there, and of what belongs there."""
    shared = _shared(gold, predicted)
    sizes, predicted_sizes = Counter(gold.values()), Counter(predicted.values())
    items = len(gold) or 1
    precision = sum(n * n / predicted_sizes[there] for (_, there), n in shared.items()) / items
    recall = sum(n * n / sizes[here] for (here, _), n in shared.items()) / items
    return Agreement(precision, recall)


def ceaf_e(gold: Grouping, predicted: Grouping) -> Agreement:
    """The best one-to-one matching of groups, by their Dice coefficient, over the number of groups of each side."""
    shared = _shared(gold, predicted)
    sizes, predicted_sizes = Counter(gold.values()), Counter(predicted.values())
    rows = {group: at for at, group in enumerate(sizes)}
    columns = {group: at for at, group in enumerate(predicted_sizes)}
    similarity = np.zeros((len(rows), len(columns)))
    for (here, there), n in shared.items():
        similarity[rows[here], columns[there]] = 2 * n / (sizes[here] + predicted_sizes[there])
    best = linear_sum_assignment(similarity, maximize=True)
    matched = float(similarity[best].sum())
    return Agreement(matched / (len(columns) or 1), matched / (len(rows) or 1))


def pairwise(gold: Grouping, predicted: Grouping) -> Agreement:
    """Over pairs of items of one group; 1 where a side has no pair (nothing to get wrong)."""
    right = sum(n * (n - 1) for n in _shared(gold, predicted).values())
    wanted = sum(n * (n - 1) for n in Counter(gold.values()).values())
    found = sum(n * (n - 1) for n in Counter(predicted.values()).values())
    return Agreement(right / found if found else 1.0, right / wanted if wanted else 1.0)


def _shared(gold: Grouping, predicted: Grouping) -> Counter[tuple[Hashable, Hashable]]:
    """How many items each gold group shares with each predicted one. Raises ValueError for different items."""
    if gold.keys() != predicted.keys():
        raise ValueError("the two groupings must have the same items")
    return Counter((group, predicted[item]) for item, group in gold.items())
