"""Is one system better than another on the same passages? Two paired tests, and a sentence that says so.

Intervals are from the paired bootstrap: each sample draws passages once for both systems, so what makes a passage hard
for both cancels out (Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation"). p is from
approximate randomisation (bootstrap.py), which stays right where few passages differ.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coopclaims.corpus.jsonl import Problem, read_corpus
from coopclaims.errors import UserError
from coopclaims.evaluation.bootstrap import LEVEL, SAMPLES, SEED, percentile_interval, randomisation_p, resampled_sums
from coopclaims.evaluation.languages import rows_by_language
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.scores import FIGURES, count_passages, f1
from coopclaims.schema import Passage

log = logging.getLogger(__name__)

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
    languages = rows_by_language(passage for passage, _ in pairs[0])
    rows = {"overall": list(range(len(pairs[0])))} | languages
    return {name: _differences(counts[0][row], counts[1][row], samples, seed) for name, row in rows.items()}


def verdict(first: str, second: str, differences: dict[str, dict[str, Difference]]) -> str:
    """What the comparison shows by the main figure (spans where there are no claims), in plain words."""
    figure = deciding_figure(differences)
    overall = differences["overall"][figure]
    sentence = f"{_claim(first, second, overall)} on {overall.passages} passages"
    apart = [name for name in differences if name != "overall" and differences[name][figure].p < SIGNIFICANT]
    by_language = [f"{name} {differences[name][figure].points:+.1f}" for name in apart]
    if len(differences) <= 2:
        return f"{sentence}."
    return (
        f"{sentence}; by language {'beyond chance: ' + ', '.join(by_language) if apart else 'beyond chance in none'}."
    )


def deciding_figure(differences: dict[str, dict[str, Difference]]) -> str:
    """Argument F1, but span F1 for plain taggers, which have no arguments (so that both have an argument F1 of 1)."""
    argument = differences["overall"]["argument"]
    return "span" if argument.first == argument.second == 1 else "argument"


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


def read_sides(
    data: Sequence[Path], split: str | None, runs: Sequence[Path]
) -> tuple[list[Passage], list[list[Passage]]]:
    """Gold passages, and those that each run predicted for them.

    Bad records are logged and left out on all sides; predictions for other passages than gold's are not used. Raises
    UserError where nothing is left.
    """
    problems: list[Problem] = []
    gold = read_corpus(data, problems)
    if split and any("split" in passage.extra for passage in gold):
        gold = [passage for passage in gold if passage.extra.get("split") == split]
    sides = [read_corpus([_predictions_file(run, split)], problems) for run in runs]
    for problem in problems:
        log.warning("skipped: %s", problem)
    lost = {problem.record for problem in problems}
    gold = [passage for passage in gold if passage.id not in lost]
    if not gold:
        raise UserError(f"no gold passages{f' of split {split!r}' if split else ''} in {', '.join(map(str, data))}")
    wanted = {passage.id for passage in gold}
    for run, side in zip(runs, sides, strict=True):
        if others := sum(passage.id not in wanted for passage in side):
            log.warning("%s: %d predictions are for other passages and not used", run, others)
    return gold, [[passage for passage in side if passage.id in wanted] for side in sides]


def _predictions_file(run: Path, split: str | None) -> Path:
    """Predictions of a run folder (of one split), of an output folder of ``evaluate``, or a file itself."""
    if run.is_file():
        return run
    candidates = [run / "predictions.jsonl", *([run / "predictions" / f"{split}.jsonl"] if split else [])]
    if found := next((file for file in candidates if file.is_file()), None):
        return found
    advice = "name a split that it scored with --split" if (run / "predictions").is_dir() else "evaluate it first"
    raise UserError(f"{run}: no predictions there ({', '.join(file.name for file in candidates)}); {advice}")


def _differences(
    first: NDArray[np.float64], second: NDArray[np.float64], samples: int, seed: int
) -> dict[str, Difference]:
    scores = f1(first.sum(axis=0)), f1(second.sum(axis=0))
    # The same seed and number of passages draw the same samples on both sides.
    drawn = f1(resampled_sums(second, samples, seed)) - f1(resampled_sums(first, samples, seed))
    low, high = percentile_interval(drawn)
    chances = randomisation_p(first, second, samples, seed)
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
    bounds = f"{LEVEL:.0%} interval {low:+.1f} to {high:+.1f}, p = {found.p:.3f}"
    figures = f"{found.points:+.1f} points of {found.figure} F1 ({bounds})"
    if found.p >= SIGNIFICANT:
        return f"no difference between {first} and {second} can be shown: {figures}"
    better, worse = (second, first) if found.points > 0 else (first, second)
    return f"{better} is better than {worse}: {figures}"
