"""Is one system better than another on the same passages? Two paired tests, corrected for how many there are.

Intervals are from the paired bootstrap: each sample draws documents once for all systems, so what makes a document hard
for all of them cancels out (Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation"). p is from
approximate randomisation (bootstrap.py), which stays right where few documents differ. Passages of one document are
alike, so they are drawn, and swapped, together; a passage that names no document is one by itself.

Corrected p (Holm) holds for a family of tests: on all passages, every run with every figure; by language, every run
with every figure in every language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coopclaims.corpus.split import document_of
from coopclaims.errors import UserError
from coopclaims.evaluation.bootstrap import SEED, holm, percentile_interval, randomisation_p, resampled_sums
from coopclaims.evaluation.figures import Counts
from coopclaims.evaluation.languages import rows_by_language
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.scores import FIGURES, count_passages, f1
from coopclaims.schema import Passage

# The figures that decide, the main one first.
COMPARED = ("argument", "soft_claim", "span", "trigger")
SIGNIFICANT = 0.05
# More than an interval needs: p must get small enough to survive the correction of a large family.
SAMPLES = 10_000
OVERALL = "overall"


@dataclass(frozen=True)
class Difference:
    """F1 of two systems by one figure on some passages of some documents; ``interval`` is that of ``second - first``.

    ``p`` is that of this test alone, ``corrected`` that within its family.
    """

    figure: str
    passages: int
    documents: int
    first: float
    second: float
    interval: tuple[float, float]
    p: float
    corrected: float = 1.0

    @property
    def points(self) -> float:
        """How many points of F1 the second is ahead."""
        return 100 * (self.second - self.first)

    @property
    def shown(self) -> bool:
        """Whether this is more than chance, all tests of the family considered."""
        return self.corrected < SIGNIFICANT


# By OVERALL or language, and by figure.
Differences = dict[str, dict[str, Difference]]


@dataclass(frozen=True)
class Comparison:
    """Several systems on the same passages.

    Attributes:
        names: the systems, the base first.
        gold: the passages, by id.
        systems: what each system predicted, passages in the order of ``gold``.
        figure: what decides: argument F1, or span F1 for plain taggers, which have no arguments.
        errors: items of that figure that gold or the system lacks, (systems, passages).
        differences: of each system but the base from the base.
        samples: how many samples intervals and p are from.
    """

    names: list[str]
    gold: list[Passage]
    systems: list[list[Passage]]
    figure: str
    errors: NDArray[np.float64]
    differences: list[Differences]
    samples: int


def compare(
    gold: Sequence[Passage], systems: Mapping[str, Sequence[Passage]], samples: int = SAMPLES, seed: int = SEED
) -> Comparison:
    """Compare named systems with the first of them, the same passages on all sides.

    Raises UserError if there are fewer than two systems, if predictions do not pair with ``gold`` (see
    ``pair_passages``), or if there is no passage.
    """
    if len(systems) < 2:
        raise UserError("give at least two systems to compare, each once")
    if not gold:
        raise UserError("gold: no passage to compare on")
    pairs = [pair_passages(gold, system) for system in systems.values()]
    counts = np.stack([count_passages(side)[:, : len(FIGURES)] for side in pairs], axis=1)
    # Nothing to find and nothing found is no test: taggers have spans only.
    figures = [name for name in COMPARED if counts[:, :, FIGURES.index(name)].any()] or list(COMPARED)
    counts = counts[:, :, [FIGURES.index(name) for name in figures]]
    by_passage = Counts(counts, np.array([document_of(passage) for passage, _ in pairs[0]]))
    rows = _rows([passage for passage, _ in pairs[0]])
    by_side = {side: _differences(by_passage.rows(row), figures, samples, seed) for side, row in rows.items()}
    decisive = counts[:, :, 0]
    return Comparison(
        list(systems),
        [passage for passage, _ in pairs[0]],
        [[predicted for _, predicted in side] for side in pairs],
        figures[0],
        (decisive[..., 1] + decisive[..., 2] - 2 * decisive[..., 0]).T,
        _corrected([{side: found[run] for side, found in by_side.items()} for run in range(len(systems) - 1)]),
        samples,
    )


def _rows(gold: Sequence[Passage]) -> dict[str, list[int]]:
    """Passages of every side: all, and those of each language where there are several."""
    by_language = rows_by_language(gold)
    return {OVERALL: list(range(len(gold))), **(by_language if len(by_language) > 1 else {})}


def _differences(by_passage: Counts, figures: Sequence[str], samples: int, seed: int) -> list[dict[str, Difference]]:
    """Differences of each run from the base by figure, for counts of shape (passages, systems, figures, 3)."""
    counts = by_passage.by_document()
    base, runs = counts[:, :1], counts[:, 1:]
    scores = f1(counts.sum(axis=0))
    drawn = f1(resampled_sums(counts, samples, seed))
    low, high = percentile_interval(drawn[:, 1:] - drawn[:, :1])
    chances = randomisation_p(np.broadcast_to(base, runs.shape), runs, samples, seed)
    return [
        {
            name: Difference(
                name,
                len(by_passage.values),
                len(counts),
                float(scores[0, column]),
                float(scores[run + 1, column]),
                (float(low[run, column]), float(high[run, column])),
                float(chances[run, column]),
            )
            for column, name in enumerate(figures)
        }
        for run in range(runs.shape[1])
    ]


def _corrected(differences: Sequence[Differences]) -> list[Differences]:
    """The same with p corrected within the family of all passages, and within that of the languages."""
    tests = [(run, side, name) for run, sides in enumerate(differences) for side in sides for name in sides[side]]
    corrected: dict[tuple[int, str, str], float] = {}
    for family in ([test for test in tests if (test[1] == OVERALL) == overall] for overall in (True, False)):
        chances = [differences[run][side][name].p for run, side, name in family]
        corrected.update(zip(family, holm(chances), strict=True))
    return [
        {
            side: {name: replace(found, corrected=corrected[run, side, name]) for name, found in figures.items()}
            for side, figures in sides.items()
        }
        for run, sides in enumerate(differences)
    ]
