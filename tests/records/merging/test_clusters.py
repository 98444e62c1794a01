"""Groups from pair scores."""

from __future__ import annotations

import numpy as np
import pytest

from coopclaims.records.merging import clusters
from coopclaims.records.merging.clusters import cluster


def groups(passages: list[int], scored: dict[tuple[int, int], float], threshold: float = 0.0) -> list[int]:
    pairs = np.array(sorted(scored), dtype=np.int64).reshape(-1, 2)
    scores = np.array([scored[i, j] for i, j in pairs.tolist()])
    return cluster(np.array(passages), pairs, scores, threshold).tolist()


def test_a_chain_is_cut_where_the_ends_do_not_fit() -> None:
    # 0 and 2 were not compared: joining 2 to {0, 1} would have a mean of (1 - 6) / 2.
    assert groups([0, 1, 2], {(0, 1): 3.0, (1, 2): 1.0}) == [0, 0, 2]
    assert groups([0, 1, 2], {(0, 1): 3.0, (1, 2): 1.0, (0, 2): -0.5}) == [0, 0, 0]


def test_two_of_one_passage_stay_apart_the_better_one_wins() -> None:
    assert groups([0, 1, 1], {(0, 1): 2.0, (0, 2): 5.0}) == [0, 1, 0]


def test_no_pairs_and_no_mentions() -> None:
    assert groups([0, 1], {}) == [0, 1]
    assert groups([], {}) == []


def test_large_parts_are_taken_apart_at_surer_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "LARGEST_PART", 3)
    scored = {(0, 1): 6.0, (2, 3): 6.0, (1, 2): 1.0, (0, 2): 1.0, (0, 3): 1.0, (1, 3): 1.0}
    assert groups([0, 1, 2, 3], scored) == [0, 0, 2, 2]
