"""Predicted items with their scores and whether they are right: what curves and calibration are made of."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coopclaims.evaluation.scores import Part, exact_items
from coopclaims.schema import Passage

# The exact figures: a span is scored by its own score, all else by the score of its claim.
SCORED_FIGURES = ("span", "trigger", "typed_trigger", "argument")


@dataclass(frozen=True)
class ScoredItems:
    """The predicted items of one figure: scores and whether each is right, both of shape (items,); items in gold."""

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    gold: int


def scored_items(pairs: Iterable[tuple[Passage, Passage]]) -> dict[str, ScoredItems | None]:
    """The items of each of SCORED_FIGURES over (gold, predicted) pairs.

    None where nothing was predicted, or a predicted item has no finite score: leaving it out would misstate recall.
    Of equal items of a passage, the one with the highest score counts.
    """
    rows: dict[str, list[tuple[float, bool]]] = {figure: [] for figure in SCORED_FIGURES}
    gold_counts = dict.fromkeys(SCORED_FIGURES, 0)
    for gold, predicted in pairs:
        wanted = exact_items(gold)
        best: dict[str, dict[Hashable, float]] = {figure: {} for figure in SCORED_FIGURES}
        for figure, item, score in _predicted(predicted):
            best[figure][item] = max(best[figure].get(item, -math.inf), score)
        for figure in SCORED_FIGURES:
            items = wanted["overall", figure]
            gold_counts[figure] += len(items)
            rows[figure] += [(score, item in items) for item, score in best[figure].items()]
    return {figure: _items(rows[figure], gold_counts[figure]) for figure in SCORED_FIGURES}


def _predicted(passage: Passage) -> Iterator[tuple[str, Hashable, float]]:
    """(figure, item, score) of all predicted items; minus infinity where there is no score."""
    parts = {span.id: Part(span.start, span.end, span.label) for span in passage.spans}
    for span in passage.spans:
        yield "span", parts[span.id], _finite(span.score)
    for claim in passage.claims:
        trigger, score = parts[claim.trigger], _finite(claim.score)
        yield "trigger", trigger, score
        yield "typed_trigger", (trigger, claim.type, claim.status), score
        yield from (("argument", (trigger, parts[argument]), score) for argument in claim.args)


def _finite(score: float | None) -> float:
    return score if score is not None and math.isfinite(score) else -math.inf


def _items(rows: list[tuple[float, bool]], gold: int) -> ScoredItems | None:
    if not rows or any(score == -math.inf for score, _ in rows):
        return None
    # Sorted, so that no sum over them depends on the order of records.
    scores, right = zip(*sorted(rows), strict=True)
    return ScoredItems(np.array(scores), np.array(right), gold)
