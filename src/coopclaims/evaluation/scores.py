"""The scores of the annotation guideline (section "Scores"), as counts that add up over passages.

Every figure is 2·correct / (gold + predicted), so each passage contributes three numbers a figure and any set of
passages, or bootstrap sample, is a sum. Conventions beyond the guideline's own:

- Equal spans, equal argument tuples and equal claims of one passage count once, in gold and predicted alike.
- Trigger figures count the triggers of claims; a ``TRIGGER`` span without a claim counts in the span figures only.
- A span covers every word of the text that it shares a character with, so one that cuts a word covers all of it.
- Where a figure has nothing predicted or nothing in gold, but not both, its precision and recall are 0.

Passages must be valid (``schema.validate``), as everything that ``corpus`` reads is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from tqdm import tqdm

from coopclaims.evaluation.overlap import match_parts
from coopclaims.schema import ARGUMENT_LABELS, LABELS, STATUSES, TYPES, Passage

FIGURES = ("span", "trigger", "typed_trigger", "argument", "soft_claim", "typed_soft_claim")

# What is counted: a group of figures and a name in it. by_label splits span, by_argument the arguments by their label,
# by_type and by_status typed_trigger.
COLUMNS: tuple[tuple[str, str], ...] = (
    *(("overall", figure) for figure in FIGURES),
    *(("by_label", label) for label in LABELS),
    *(("by_argument", label) for label in ARGUMENT_LABELS),
    *(("by_type", kind) for kind in TYPES),
    *(("by_status", status) for status in STATUSES),
)
_COLUMN_INDEX = {column: index for index, column in enumerate(COLUMNS)}


def other_labels(pairs: Iterable[tuple[Passage, Passage]]) -> list[str]:
    """Labels of spans that the guideline does not have, by name: those of an ordinary tagger."""
    labels = {span.label for pair in pairs for passage in pair for span in passage.spans}
    return sorted(labels - set(LABELS))


class Part(NamedTuple):
    """A trigger or an argument by what it marks, without its id: code points, half-open, and label."""

    start: int
    end: int
    label: str


class ClaimContent(NamedTuple):
    """A claim by what it says: two claims with equal content are the same claim."""

    trigger: Part
    type: str
    status: str
    arguments: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Trigger and arguments."""
        return (self.trigger, *self.arguments)


def distinct_parts(passage: Passage) -> list[Part]:
    """The distinct spans of a passage, in text order."""
    return sorted({Part(span.start, span.end, span.label) for span in passage.spans})


def claim_contents(passage: Passage) -> list[ClaimContent]:
    """The distinct claims of a passage, in an order that depends on their content only."""
    parts = {span.id: Part(span.start, span.end, span.label) for span in passage.spans}
    return sorted(
        {
            ClaimContent(
                parts[claim.trigger], claim.type, claim.status, tuple(sorted({parts[name] for name in claim.args}))
            )
            for claim in passage.claims
        }
    )


def exact_items(passage: Passage) -> dict[tuple[str, str], set[tuple[object, ...]]]:
    """The items of every figure that counts exact agreement: sets keyed by column, empty where there is none."""
    items: dict[tuple[str, str], set[tuple[object, ...]]] = defaultdict(set)
    for span in passage.spans:
        part = Part(span.start, span.end, span.label)
        items["overall", "span"].add(part)
        items["by_label", span.label].add(part)
    for claim in claim_contents(passage):
        typed_trigger = (claim.trigger, claim.type, claim.status)
        items["overall", "trigger"].add(claim.trigger)
        items["overall", "typed_trigger"].add(typed_trigger)
        items["by_type", claim.type].add(typed_trigger)
        items["by_status", claim.status].add(typed_trigger)
        for argument in claim.arguments:
            items["overall", "argument"].add((claim.trigger, argument))
            items["by_argument", argument.label].add((claim.trigger, argument))
    return items


def claim_similarity(gold: Sequence[ClaimContent], predicted: Sequence[ClaimContent], text: str) -> NDArray[np.float64]:
    """Soft score of every pair of claims, shape (gold claims, predicted claims), each in 0 to 1.

    A pair scores 2·matches / (parts of both), where matches is the size of the largest one-to-one matching of
    parts with equal label and token F1 of at least 0.5.
    """
    gold_parts = sorted({part for claim in gold for part in claim.parts})
    predicted_parts = sorted({part for claim in predicted for part in claim.parts})
    hits = match_parts(gold_parts, predicted_parts, text)
    gold_rows = [[gold_parts.index(part) for part in claim.parts] for claim in gold]
    predicted_rows = [[predicted_parts.index(part) for part in claim.parts] for claim in predicted]
    similarity = np.zeros((len(gold), len(predicted)))
    for row, rows in enumerate(gold_rows):
        for column, columns in enumerate(predicted_rows):
            matches = best_total(hits[np.ix_(rows, columns)])
            similarity[row, column] = 2 * matches / (len(rows) + len(columns))
    return similarity


def same_kind(gold: Sequence[ClaimContent], predicted: Sequence[ClaimContent]) -> NDArray[np.bool_]:
    """Which pairs of claims have equal type and status, shape (gold claims, predicted claims)."""
    pairs = [[(g.type, g.status) == (p.type, p.status) for p in predicted] for g in gold]
    return np.array(pairs, dtype=bool).reshape(len(gold), len(predicted))


def best_total(weights: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    """The greatest sum that a one-to-one matching of rows and columns can collect; weights are not negative."""
    if not weights.any():
        return 0.0
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return float(weights[rows, columns].sum())


def count_passage(gold: Passage, predicted: Passage) -> NDArray[np.float64]:
    """Counts of one passage, shape (columns, 3): correct, gold, predicted; order of columns as in COLUMNS."""
    counts = np.zeros((len(COLUMNS), 3))
    gold_items, predicted_items = exact_items(gold), exact_items(predicted)
    for column in gold_items.keys() | predicted_items.keys():
        if column in _COLUMN_INDEX:
            wanted, found = gold_items[column], predicted_items[column]
            counts[_COLUMN_INDEX[column]] = len(wanted & found), len(wanted), len(found)
    gold_claims, predicted_claims = claim_contents(gold), claim_contents(predicted)
    sizes = len(gold_claims), len(predicted_claims)
    similarity = claim_similarity(gold_claims, predicted_claims, gold.text)
    typed = similarity * same_kind(gold_claims, predicted_claims)
    counts[_COLUMN_INDEX["overall", "soft_claim"]] = best_total(similarity), *sizes
    counts[_COLUMN_INDEX["overall", "typed_soft_claim"]] = best_total(typed), *sizes
    return counts


def count_passages(pairs: Iterable[tuple[Passage, Passage]]) -> NDArray[np.float64]:
    """Counts of (gold, predicted) pairs, shape (passages, columns, 3), passages in the order given."""
    bar = tqdm(pairs, desc="scoring", unit="passage", disable=None, delay=2, leave=False)
    rows = [count_passage(gold, predicted) for gold, predicted in bar]
    return np.stack(rows) if rows else np.zeros((0, len(COLUMNS), 3))


def count_labels(pairs: Iterable[tuple[Passage, Passage]], labels: Sequence[str]) -> NDArray[np.float64]:
    """Counts of spans by label, shape (passages, labels, 3): correct, gold, predicted."""
    rows = []
    for gold, predicted in pairs:
        sides = [exact_items(side) for side in (gold, predicted)]
        items = [tuple(side["by_label", label] for side in sides) for label in labels]
        rows.append([(len(wanted & found), len(wanted), len(found)) for wanted, found in items])
    return np.array(rows, float).reshape(-1, len(labels), 3)


def f1(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 of counts whose last axis is (correct, gold, predicted); 1 where gold and predicted are both empty."""
    correct, gold, predicted = np.moveaxis(counts, -1, 0)
    return _ratio(2 * correct, gold + predicted, empty=gold + predicted == 0)


def precision(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correct share of the predicted, for counts as in ``f1``."""
    correct, gold, predicted = np.moveaxis(counts, -1, 0)
    return _ratio(correct, predicted, empty=gold + predicted == 0)


def recall(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correct share of the gold, for counts as in ``f1``."""
    correct, gold, predicted = np.moveaxis(counts, -1, 0)
    return _ratio(correct, gold, empty=gold + predicted == 0)


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64], empty: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(empty, 1.0, part / np.maximum(whole, 1))
