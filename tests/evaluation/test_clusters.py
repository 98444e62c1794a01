"""Agreement of groupings: worked examples, and brute force over all matchings and pairs."""

from __future__ import annotations

import random
from itertools import combinations, permutations

import pytest

from coopclaims.evaluation.clusters import b_cubed, ceaf_e, pairwise

GOLD = dict(zip("abcdefghijkl", "111112222233", strict=True))


def test_b_cubed_of_the_example_of_its_authors() -> None:
    # Bagga and Baldwin (1998): 1-5, 6-7, 8-12 told as 1-5 and 6-12.
    gold = dict(zip(range(12), "aaaaabbccccc", strict=True))
    predicted = dict(zip(range(12), "xxxxxyyyyyyy", strict=True))
    score = b_cubed(gold, predicted)
    assert score.precision == pytest.approx((5 * 5 / 5 + 2 * 2 / 7 + 5 * 5 / 7) / 12)
    assert round(score.precision, 2) == 0.76
    assert score.recall == 1


def test_by_hand() -> None:
    gold = {"a": 1, "b": 1, "c": 2}
    predicted = {"a": 1, "b": 2, "c": 2}
    assert b_cubed(gold, predicted).precision == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert b_cubed(gold, predicted).recall == pytest.approx((0.5 + 0.5 + 1) / 3)
    # {a,b} with {a} and {c} with {b,c}: each 2/3 by Dice.
    assert ceaf_e(gold, predicted).f1 == pytest.approx(2 / 3)
    assert pairwise(gold, predicted).f1 == 0


@pytest.mark.parametrize("seed", range(20))
def test_against_brute_force(seed: int) -> None:
    chance = random.Random(seed)
    gold = {item: chance.randrange(4) for item in range(9)}
    predicted = {item: chance.randrange(4) for item in range(9)}
    here, there = (
        [{item for item in side if side[item] == group} for group in sorted(set(side.values()))]
        for side in (gold, predicted)
    )
    short, long = sorted((here, there), key=len)
    best = max(
        sum(2 * len(a & b) / (len(a) + len(b)) for a, b in zip(short, order, strict=False))
        for order in permutations(long, len(short))
    )
    assert ceaf_e(gold, predicted).precision == pytest.approx(best / len(there))
    assert ceaf_e(gold, predicted).recall == pytest.approx(best / len(here))
    pairs = list(combinations(range(9), 2))
    found = [pair for pair in pairs if predicted[pair[0]] == predicted[pair[1]]]
    right = [pair for pair in found if gold[pair[0]] == gold[pair[1]]]
    assert pairwise(gold, predicted).precision == pytest.approx(len(right) / len(found))
    shares = []
    for item in range(9):
        mine = {other for other in range(9) if predicted[other] == predicted[item]}
        shares.append(len([other for other in mine if gold[other] == gold[item]]) / len(mine))
    assert b_cubed(gold, predicted).precision == pytest.approx(sum(shares) / 9)


@pytest.mark.parametrize("metric", [b_cubed, ceaf_e, pairwise])
def test_perfect_whatever_the_names_and_none_for_other_items(metric) -> None:  # type: ignore[no-untyped-def]
    renamed = {item: f"group {group}" for item, group in reversed(GOLD.items())}
    assert metric(GOLD, renamed).f1 == pytest.approx(1)
    with pytest.raises(ValueError, match="same items"):
        metric(GOLD, {"a": 1})
