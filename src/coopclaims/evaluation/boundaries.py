"""How the bounds of spans slip: too long, too short or shifted, by label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from coopclaims.evaluation.alignment import AlignedPair
from coopclaims.evaluation.scores import Part
from coopclaims.schema import LABELS

# What becomes of the bounds of a span, with what each outcome means; the last two overlap with those before.
BOUNDS = {
    "exact": "both bounds right",
    "too long": "the predicted span holds the gold one and more",
    "too short": "the predicted span is a part of the gold one",
    "shifted": "the two overlap, and each has words that the other lacks",
    "start wrong": "the predicted span begins elsewhere",
    "end wrong": "the predicted span ends elsewhere",
}


def boundary_profile(pairs: Iterable[AlignedPair]) -> dict[str, dict[str, int]]:
    """Counts by label and outcome (BOUNDS) of the predicted spans that overlap a gold span of the same label.

    ``pairs`` are aligned with OVERLAPPING: one to one, whatever the overlap.
    """
    counts = Counter(outcome for pair in pairs for outcome in _outcomes(pair.partner))
    labels = {label for label, _ in counts}
    names = [name for name in LABELS if name in labels] + sorted(labels - set(LABELS))
    return {label: {name: counts[label, name] for name in BOUNDS} for label in names}


def bounds_outcome(wanted: Part, found: Part) -> str:
    """The first four of BOUNDS, for two spans that overlap."""
    if (wanted.start, wanted.end) == (found.start, found.end):
        return "exact"
    if found.start <= wanted.start and wanted.end <= found.end:
        return "too long"
    return "too short" if wanted.start <= found.start and found.end <= wanted.end else "shifted"


def _outcomes(partner: dict[Part, Part]) -> Iterator[tuple[str, str]]:
    for wanted, found in partner.items():
        if wanted.label == found.label:
            yield wanted.label, bounds_outcome(wanted, found)
            if wanted.start != found.start:
                yield wanted.label, "start wrong"
            if wanted.end != found.end:
                yield wanted.label, "end wrong"
