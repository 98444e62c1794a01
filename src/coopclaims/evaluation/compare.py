"""Is one system better than another on the same passages? Paired bootstrap, and a sentence that says so.

Each sample draws passages once for both systems, so what makes a passage hard for both cancels out. Method: Koehn
(2004), "Statistical Significance Tests for Machine Translation Evaluation".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.errors import UserError
from coopclaims.evaluation.bootstrap import LEVEL, SAMPLES, SEED, percentile_interval, resampled_sums, two_sided_p
from coopclaims.evaluation.evaluate import UNKNOWN_LANGUAGE
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.scores import FIGURES, count_passages, f1
from coopclaims.schema import LANGUAGES, Passage

# The figures that decide, the main one first.
COMPARED = ("argument", "soft_claim", "span", "trigger")
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Difference:
    """F1 of two systems by one figure on some passages; ``interval`` is that of ``second - first``."""

    figure: str
    passages: int
    first: float
    second: float
    interval: tuple[float, float]
    p: float

    @property
    def points(self) -> float:
        """How many points of F1 the second is ahead."""
        return 100 * (self.second - self.first)


def compare(
    gold: Sequence[Passage],
    first: Sequence[Passage],
    second: Sequence[Passage],
    samples: int = SAMPLES,
    seed: int = SEED,
) -> dict[str, dict[str, Difference]]:
    """Differences by language (``overall`` first) and figure, the same passages on all sides.

    Raises UserError if the predictions do not pair with ``gold`` (see ``pair_passages``), or there is no passage.
    """
    if not gold:
        raise UserError("gold: no passage to compare on")
    pairs = pair_passages(gold, first), pair_passages(gold, second)
    counts = [count_passages(side)[:, : len(FIGURES)] for side in pairs]
    languages = np.array([passage.lang or UNKNOWN_LANGUAGE for passage, _ in pairs[0]])
    names = sorted(set(languages.tolist()), key=lambda name: (name not in LANGUAGES, name))
    rows = {"overall": np.ones(len(languages), bool)} | {name: languages == name for name in names}
    return {name: _differences(counts[0][row], counts[1][row], samples, seed) for name, row in rows.items()}


def verdict(first: str, second: str, differences: dict[str, dict[str, Difference]]) -> str:
    """What the comparison shows by the main figure, in plain words."""
    overall = differences["overall"][COMPARED[0]]
    sentence = f"{_claim(first, second, overall)} on {overall.passages} passages"
    apart = [name for name in differences if name != "overall" and differences[name][COMPARED[0]].p < SIGNIFICANT]
    by_language = [f"{name} {differences[name][COMPARED[0]].points:+.1f}" for name in apart]
    if len(differences) <= 2:
        return f"{sentence}."
    return (
        f"{sentence}; by language {'beyond chance: ' + ', '.join(by_language) if apart else 'beyond chance in none'}."
    )


def format_comparison(first: str, second: str, differences: dict[str, dict[str, Difference]]) -> str:
    """All differences as a table of plain text, the verdict under it."""
    lines = [f"{'':10}{'F1 of':12}{'first':>7}{'second':>8}{'points':>8}  95 % interval      p"]
    for language, figures in differences.items():
        for name, found in figures.items():
            low, high = (100 * bound for bound in found.interval)
            lines.append(
                f"{language:10}{name:12}{found.first:7.3f}{found.second:8.3f}{found.points:+8.1f}"
                f"  {low:+5.1f} to {high:+5.1f}  {found.p:5.3f}"
            )
    return "\n".join([f"first: {first}", f"second: {second}", *lines, verdict(first, second, differences)])


def predictions_of(run: Path, split: str | None) -> list[Passage]:
    """Predicted passages of a run folder (of one split), of an output folder of ``evaluate``, or of a file.

    Raises UserError where there are none.
    """
    if run.is_file():
        return read_corpus([run])
    candidates = [run / "predictions.jsonl", *([run / "predictions" / f"{split}.jsonl"] if split else [])]
    for file in candidates:
        if file.is_file():
            return read_corpus([file])
    advice = "name a split that it scored with --split" if (run / "predictions").is_dir() else "evaluate it first"
    raise UserError(f"{run}: no predictions there ({', '.join(file.name for file in candidates)}); {advice}")


def _differences(
    first: NDArray[np.float64], second: NDArray[np.float64], samples: int, seed: int
) -> dict[str, Difference]:
    scores = f1(first.sum(axis=0)), f1(second.sum(axis=0))
    # The same seed and number of passages draw the same samples on both sides.
    drawn = f1(resampled_sums(second, samples, seed)) - f1(resampled_sums(first, samples, seed))
    low, high = percentile_interval(drawn)
    chances = two_sided_p(drawn)
    return {
        name: Difference(
            name,
            len(first),
            float(scores[0][column]),
            float(scores[1][column]),
            (float(low[column]), float(high[column])),
            float(chances[column]),
        )
        for name, column in ((name, FIGURES.index(name)) for name in COMPARED)
    }


def _claim(first: str, second: str, found: Difference) -> str:
    low, high = (100 * bound for bound in found.interval)
    figures = (
        f"{found.points:+.1f} points of argument F1 ({LEVEL:.0%} interval {low:+.1f} to {high:+.1f}, p = {found.p:.3f})"
    )
    if found.p >= SIGNIFICANT:
        return f"no difference between {first} and {second} can be shown: {figures}"
    better, worse = (second, first) if found.points > 0 else (first, second)
    return f"{better} is better than {worse}: {figures}"
