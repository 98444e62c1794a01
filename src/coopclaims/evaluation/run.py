"""Score a model folder, or records that any system predicted, against annotated passages."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from coopclaims.corpus.jsonl import Problem, read_corpus, write_passages
from coopclaims.errors import UserError
from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.evaluation.gold import log_skipped
from coopclaims.evaluation.report import format_table, render_report
from coopclaims.files import atomic_write
from coopclaims.provenance import data_hash, machine, peak_memory_gib, versions, weights_hash
from coopclaims.schema import Passage

log = logging.getLogger(__name__)


@dataclass
class EvaluateConfig:
    """What to score, against what, and where to write."""

    # Model folder, or a file of predicted records: exactly one of the two.
    model: str | None = None
    predictions: str | None = None
    # Files or folders of annotated passages.
    data: list[str] = MISSING
    # Only passages whose key `split` is this (None: all).
    split: str | None = None
    # Folder for metrics.json, report.html and predictions.jsonl (None: print the table only).
    output: str | None = None
    # Where the model runs: cpu, cuda, cuda:1, …
    device: str = "cpu"
    bootstrap_samples: int = 1000
    seed: int = 0
    # Stop at the first bad record instead of reporting and skipping it.
    strict: bool = False


def evaluate(config: EvaluateConfig) -> dict[str, Any]:
    """Run one evaluation; prints the table and returns the content of metrics.json."""
    if (config.model is None) == (config.predictions is None):
        raise UserError("give either model=DIR or predictions=FILE")
    if config.output:
        _check_output(Path(config.output))
    started = time.perf_counter()
    gold, predicted = _gold_and_predicted(config)
    predicted_at = time.perf_counter()
    metrics = evaluate_passages(gold, predicted, config.bootstrap_samples, config.seed)
    seconds = {"reading_and_extracting": predicted_at - started, "scoring": time.perf_counter() - predicted_at}
    metrics["facts"] = _facts(config, {name: round(value, 2) for name, value in seconds.items()})
    print(format_table(metrics))
    if config.output:
        _write(Path(config.output), metrics, gold, predicted)
    return metrics


def _facts(config: EvaluateConfig, seconds: dict[str, float]) -> dict[str, Any]:
    """What is needed to repeat the evaluation, and what it took."""
    read = {"data": config.data, "predictions": [config.predictions] if config.predictions else []}
    return {
        "settings": {key: value for key, value in vars(config).items() if value is not None},
        "sha256": {
            **{name: data_hash(paths) for name, paths in read.items() if paths},
            **({"weights": weights_hash(config.model)} if config.model else {}),
        },
        "versions": versions(),
        "machine": machine(),
        "seconds": seconds,
        "peak_memory_gib": peak_memory_gib(),
    }


def _gold_and_predicted(config: EvaluateConfig) -> tuple[list[Passage], list[Passage]]:
    """Both sides; where a record of one is unusable, that of the other is left out as well."""
    gold, lost = _read(config, config.data, config.split)
    if not gold:
        where = f" of split {config.split!r}" if config.split else ""
        raise UserError(f"no annotated passages{where} in {', '.join(config.data)}")
    if config.predictions is None:
        return gold, _predict(config, gold)
    predicted, lost_predictions = _read(config, [config.predictions])
    if lost_predictions and not predicted:
        raise UserError(
            f"{config.predictions}: no usable record; the first reason is named above, strict=true stops there"
        )
    return (
        [passage for passage in gold if passage.id not in lost_predictions],
        [passage for passage in predicted if passage.id not in lost],
    )


def _predict(config: EvaluateConfig, gold: Sequence[Passage]) -> list[Passage]:
    # Imported here: scoring records needs no network.
    from coopclaims.inference.load import load_scorer
    from coopclaims.model.predict import predict_passages

    scorer, featuriser = load_scorer(str(config.model), config.device)
    known = set(scorer.settings.span_labels)
    if unknown := sorted({span.label for passage in gold for span in passage.spans} - known):
        log.warning(
            "%s: this model does not know %s, so such spans count as missed; score it on data with its labels (%s)",
            *(config.model, ", ".join(unknown), ", ".join(sorted(known))),
        )
    return predict_passages(scorer, featuriser, gold, progress="extracting")


def _read(config: EvaluateConfig, paths: Sequence[str], split: str | None = None) -> tuple[list[Passage], set[str]]:
    """The usable passages, and the ids of the others as far as they are known."""
    problems: list[Problem] | None = None if config.strict else []
    passages = read_corpus(paths, problems, split)
    if problems:
        log_skipped(problems)
        log.warning("%d records skipped, %d used", len(problems), len(passages))
    return passages, {problem.record for problem in problems or [] if problem.record}


def _check_output(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: is a file; choose a folder with output=DIR")
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder}: is not empty; choose another with output=DIR")
    above = next(parent for parent in folder.absolute().parents if parent.exists())
    if not above.is_dir():
        raise UserError(f"{folder}: {above} is a file; choose another path")


def _write(folder: Path, metrics: dict[str, Any], gold: Sequence[Passage], predicted: Sequence[Passage]) -> None:
    write_passages(folder / "predictions.jsonl", predicted)
    with atomic_write(folder / "report.html") as file:
        file.write(render_report(metrics, gold, predicted, metrics["facts"]))
    with atomic_write(folder / "metrics.json") as file:
        json.dump(metrics, file, ensure_ascii=False, indent=2)
        file.write("\n")
    log.info("written: %s", folder)
