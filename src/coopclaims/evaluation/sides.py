"""Gold passages, and what systems predicted for them, from where commands leave their predictions."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from coopclaims.errors import UserError
from coopclaims.evaluation.gold import has_splits, of_split, read_usable
from coopclaims.schema import Passage

log = logging.getLogger(__name__)


def read_sides(
    data: Sequence[Path], split: str | None, runs: Sequence[Path]
) -> tuple[list[Passage], list[list[Passage]]]:
    """Gold passages, and those that each run predicted for them.

    Bad records are logged and left out on all sides; predictions for other passages than gold's are not used. Raises
    UserError where nothing is left of a side.
    """
    gold, problems = read_usable(data)
    files = [_predictions_file(run, split) for run in runs]
    # Gold without splits may be just the passages of the split that a run folder has predictions for.
    if has_splits(gold) or not any(file == _split_file(run, split) for run, file in zip(runs, files, strict=True)):
        gold = of_split(gold, split)
    sides = []
    for file in files:
        side, more = read_usable([file])
        if not side:
            raise UserError(f"{file}: no usable record; expected predicted records (JSON Lines)")
        sides.append(side)
        problems += more
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
    candidates = [run / "predictions.jsonl", *([_split_file(run, split)] if split else [])]
    if found := next((file for file in candidates if file.is_file()), None):
        return found
    advice = "name a split that it scored with --split" if (run / "predictions").is_dir() else "evaluate it first"
    raise UserError(f"{run}: no predictions there ({', '.join(file.name for file in candidates)}); {advice}")


def _split_file(run: Path, split: str | None) -> Path:
    return run / "predictions" / f"{split}.jsonl"
