"""Passages worth a look: the worst, the nearest to the border, and some drawn at random."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from coopclaims.evaluation.errors_by_kind import Error, errors
from coopclaims.schema import Passage

PER_CHOICE = 30
# The score at which a claim is as likely right as wrong.
BORDER = 0.5

# Why a passage is shown, with what that means.
CHOICES = {
    "worst": "most errors",
    "borderline": f"a predicted claim scored nearest {BORDER}",
    "random": "drawn at random",
}


@dataclass(frozen=True)
class Example:
    """A passage to show: both sides, what is wrong, and why it was chosen (some of CHOICES)."""

    gold: Passage
    predicted: Passage
    errors: list[Error]
    chosen: tuple[str, ...]


def choose_examples(pairs: Iterable[tuple[Passage, Passage]], seed: int, limit: int = PER_CHOICE) -> list[Example]:
    """At most ``limit`` passages of each of CHOICES, each passage once, most errors first.

    The same passages and seed give the same examples, whatever their order.
    """
    found = [(gold, predicted, errors([(gold, predicted)])) for gold, predicted in pairs]
    wrong = [item for item in found if item[2]]
    scored = [item for item in found if _distance(item[1]) is not None]
    chosen: dict[str, set[str]] = {
        "worst": _first(wrong, limit, lambda item: -len(item[2])),
        "borderline": _first(scored, limit, lambda item: _distance(item[1])),
        "random": _first(found, limit, lambda item: hashlib.sha256(f"{seed}:{item[0].id}".encode()).digest()),
    }
    examples = [
        Example(gold, predicted, mistakes, reasons)
        for gold, predicted, mistakes in found
        if (reasons := tuple(name for name in CHOICES if gold.id in chosen[name]))
    ]
    return sorted(examples, key=lambda example: (-len(example.errors), example.gold.id))


def _distance(predicted: Passage) -> float | None:
    """How near the border the passage's nearest claim is scored; None without a scored claim."""
    scores = [claim.score for claim in predicted.claims if claim.score is not None and math.isfinite(claim.score)]
    return min((abs(score - BORDER) for score in scores), default=None)


def _first(
    found: list[tuple[Passage, Passage, list[Error]]],
    limit: int,
    rank: Callable[[tuple[Passage, Passage, list[Error]]], Any],
) -> set[str]:
    return {item[0].id for item in sorted(found, key=lambda item: (rank(item), item[0].id))[:limit]}
