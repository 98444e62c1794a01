"""Which labels are taken for which, what is missed and what is spurious."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from scipy.optimize import linear_sum_assignment

from coopclaims.evaluation.overlap import same_label, shared_words
from coopclaims.evaluation.scores import Part
from coopclaims.schema import LABELS, Passage

NO_SPAN = "none"


def span_confusion(pairs: Iterable[tuple[Passage, Passage]]) -> dict[str, dict[str, int]]:
    """Counts of spans by gold label (outer key) and predicted label (inner key).

    Spans are aligned one to one where their token F1 is at least 0.5, equal labels first, so that a slipped bound
    is no confusion. ``none`` as predicted label counts missed spans, as gold label spurious ones.
    """
    counts = Counter(cell for gold, predicted in pairs for cell in _cells(gold, predicted))
    labels = {label for cell in counts for label in cell} - {NO_SPAN}
    names = (*(LABELS if labels <= set(LABELS) else sorted(labels)), NO_SPAN)
    return {row: {column: counts[row, column] for column in names} for row in names}


def _cells(gold: Passage, predicted: Passage) -> list[tuple[str, str]]:
    gold_parts, predicted_parts = _distinct_spans(gold), _distinct_spans(predicted)
    common, lengths = shared_words(gold_parts, predicted_parts, gold.text)
    aligned = 4 * common >= lengths
    # Token F1 is at most 1, so an equal label outweighs any difference in overlap.
    weights = aligned * (2 * common / lengths + 2 * same_label(gold_parts, predicted_parts))
    rows, columns = linear_sum_assignment(weights, maximize=True)
    met = [(row, column) for row, column in zip(rows, columns, strict=True) if aligned[row, column]]
    met_gold, met_predicted = {row for row, _ in met}, {column for _, column in met}
    return [
        *((gold_parts[row].label, predicted_parts[column].label) for row, column in met),
        *((part.label, NO_SPAN) for row, part in enumerate(gold_parts) if row not in met_gold),
        *((NO_SPAN, part.label) for column, part in enumerate(predicted_parts) if column not in met_predicted),
    ]


def _distinct_spans(passage: Passage) -> list[Part]:
    return sorted({Part(span.start, span.end, span.label) for span in passage.spans})
