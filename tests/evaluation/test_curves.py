from __future__ import annotations

import math
import random

import numpy as np
import pytest

from coopclaims.corpus.markup import parse_markup
from coopclaims.evaluation.calibration import calibration
from coopclaims.evaluation.curves import POINTS, score_curve
from coopclaims.evaluation.scored_items import SCORED_FIGURES, ScoredItems, scored_items
from coopclaims.schema import Passage


def passage(marked: str, *scores: float | None) -> Passage:
    """Spans in text order with ``scores``, and every claim with that of its trigger."""
    found = parse_markup(marked, "p")
    for span, score in zip(sorted(found.spans, key=lambda span: span.start), scores, strict=True):
        span.score = score
    for claim in found.claims:
        claim.score = found.span_by_id()[claim.trigger].score
    return found


def random_items(count: int, levels: int, seed: int = 0) -> ScoredItems:
    generator = random.Random(seed)
    rows = sorted((round(generator.random() * levels) / levels, generator.random() < 0.6) for _ in range(count))
    scores, right = zip(*rows, strict=True)
    return ScoredItems(np.array(scores), np.array(right), gold=count)


GOLD = parse_markup("[[PARTY 1|A]] [[TRIGGER 1 agreement actual|signed]] [[FIELD 1|chips]] B", "p")


def test_items_carry_the_score_of_their_span_or_claim() -> None:
    predicted = passage("[[PARTY 1|A]] [[TRIGGER 1 agreement denied|signed]] chips [[PARTY 1|B]]", 0.9, 0.8, 0.1)
    items = scored_items([(GOLD, predicted)])
    found = {name: list(zip(i.scores.tolist(), i.right.tolist(), strict=True)) for name, i in items.items() if i}
    assert found == {
        "span": [(0.1, False), (0.8, True), (0.9, True)],
        "trigger": [(0.8, True)],
        "typed_trigger": [(0.8, False)],
        "argument": [(0.8, False), (0.8, True)],
    }
    assert [items[name].gold for name in SCORED_FIGURES if items[name]] == [3, 1, 1, 2]  # type: ignore[union-attr]


@pytest.mark.parametrize("score", [None, math.nan, math.inf])
def test_a_missing_score_leaves_no_curve(score: float | None) -> None:
    predicted = passage("[[PARTY 1|A]] [[TRIGGER 1 agreement actual|signed]] chips B", score, 0.8)
    items = scored_items([(GOLD, predicted)])
    assert items["span"] is None
    assert items["argument"] is not None
    assert score_curve(None) is calibration(None) is None


@pytest.mark.parametrize("levels", [3, 1000])
def test_the_curve_agrees_with_counting_at_every_threshold(levels: int) -> None:
    items = random_items(40, levels)
    thresholds = sorted(set(items.scores.tolist()), reverse=True)
    expected, area, reached = {}, 0.0, 0.0
    for threshold in thresholds:
        kept = items.scores >= threshold
        correct = int((kept & items.right).sum())
        expected[round(threshold, 4)] = (
            correct / kept.sum(),
            correct / items.gold,
            2 * correct / (kept.sum() + items.gold),
        )
        area += (correct / items.gold - reached) * correct / kept.sum()
        reached = correct / items.gold
    curve = score_curve(items)
    assert curve is not None
    assert [point["threshold"] for point in curve["points"]] == list(expected)
    for point in curve["points"]:
        shown = (point["precision"], point["recall"], point["f1"])
        assert shown == pytest.approx(expected[point["threshold"]], abs=1e-4)
    assert curve["average_precision"] == pytest.approx(area)
    assert curve["best"]["f1"] == pytest.approx(max(f for _, _, f in expected.values()))


def test_a_long_curve_keeps_its_ends_and_few_points() -> None:
    items = random_items(5000, 10**9)
    curve = score_curve(items)
    assert curve is not None
    assert len(curve["points"]) <= POINTS
    assert curve["points"][0]["predicted"] == 1
    assert curve["points"][-1]["predicted"] == 5000


def test_scores_that_are_true_are_calibrated() -> None:
    generator = np.random.default_rng(0)
    scores = np.sort(generator.random(20000))
    found = calibration(ScoredItems(scores, generator.random(20000) < scores, 20000))
    assert found is not None
    assert found["expected_calibration_error"] < 0.02
    assert [b["items"] for b in found["bins"]] == [2000] * 10
    assert found["brier_score"] == pytest.approx(1 / 6, abs=0.01)


def test_the_calibration_error_of_one_score_is_its_distance_from_the_truth() -> None:
    found = calibration(ScoredItems(np.full(8, 0.9), np.array([True, False] * 4), 8))
    assert found is not None
    assert found["expected_calibration_error"] == pytest.approx(0.4)
    assert found["bins"] == [{"score": pytest.approx(0.9), "right": 0.5, "items": 8}]


def test_what_is_no_probability_has_no_calibration() -> None:
    assert calibration(ScoredItems(np.array([-3.2, 0.5]), np.array([True, True]), 2)) is None
