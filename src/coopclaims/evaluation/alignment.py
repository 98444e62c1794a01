"""Which predicted span stands for which gold span, one to one, where the two need not be equal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scipy.optimize import linear_sum_assignment

from coopclaims.evaluation.overlap import same_label, shared_words
from coopclaims.evaluation.scores import Part, distinct_parts
from coopclaims.schema import TRIGGER, Passage

# Token F1 from which on two spans count as one that was found, as in the soft figures.
FOUND = 0.5
# Any word in common.
OVERLAPPING = 0.0


class AlignedPair(NamedTuple):
    """Gold, predicted, and the gold spans that have a predicted partner, with that partner."""

    gold: Passage
    predicted: Passage
    partner: dict[Part, Part]


def align_pairs(pairs: Iterable[tuple[Passage, Passage]], least: float) -> list[AlignedPair]:
    """Every (gold, predicted) pair with its spans aligned (see ``align``)."""
    return [
        AlignedPair(gold, predicted, align(distinct_parts(gold), distinct_parts(predicted), gold.text, least))
        for gold, predicted in pairs
    ]


def align(wanted: Sequence[Part], found: Sequence[Part], text: str, least: float) -> dict[Part, Part]:
    """Gold spans to predicted ones whose token F1 is at least ``least`` (and above 0), one to one.

    Equal labels meet first, then spans that share most; gold spans without a partner are left out.
    """
    common, lengths = shared_words(wanted, found, text)
    eligible = (common > 0) & (2 * common >= least * lengths)
    # Token F1 is at most 1, so an equal label outweighs any difference in overlap.
    weights = eligible * (2 * common / lengths + 2 * same_label(wanted, found))
    rows, columns = linear_sum_assignment(weights, maximize=True)
    met = zip(rows.tolist(), columns.tolist(), strict=True)
    return {wanted[row]: found[column] for row, column in met if eligible[row, column]}


def same_role(partner: dict[Part, Part]) -> dict[Part, Part]:
    """The pairs of two triggers or two arguments: a trigger taken for an argument is another thing."""
    return {wanted: found for wanted, found in partner.items() if (wanted.label == TRIGGER) == (found.label == TRIGGER)}
