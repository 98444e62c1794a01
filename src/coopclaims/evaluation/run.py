"""Score a model folder, or records that any system predicted, against annotated passages."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from coopclaims.corpus.jsonl import Problem, read_corpus, write_passages
from coopclaims.errors import UserError
from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.evaluation.report import format_table, render_report
from coopclaims.files import atomic_write
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
    bootstrap_samples: int = 1000
    seed: int = 0
    # Stop at the first bad record instead of reporting and skipping it.
    strict: bool = False


def evaluate(config: EvaluateConfig) -> dict[str, Any]:
    """Run one evaluation; prints the table and returns the content of metrics.json."""
    if (config.model is None) == (config.predictions is None):
        raise UserError("give either model=DIR or predictions=FILE")
    if config.output and Path(config.output).exists() and any(Path(config.output).iterdir()):
        raise UserError(f"{config.output}: is not empty; choose another with output=DIR")
    gold = _read(config, config.data)
    if not gold:
        where = f" of split {config.split!r}" if config.split else ""
        raise UserError(f"no annotated passages{where} in {', '.join(config.data)}")
    predicted = _predict(config, gold)
    metrics = evaluate_passages(gold, predicted, config.bootstrap_samples, config.seed)
    metrics["facts"] = {key: value for key, value in vars(config).items() if value is not None}
    print(format_table(metrics))
    if config.output:
        _write(Path(config.output), metrics, gold, predicted)
    return metrics


def _predict(config: EvaluateConfig, gold: Sequence[Passage]) -> list[Passage]:
    if config.predictions is not None:
        return _read(config, [config.predictions])
    # Imported here: scoring records needs no network, and torch is slow to load.
    from coopclaims.model.features import Featuriser
    from coopclaims.model.folder import load_model_folder
    from coopclaims.model.predict import predict_passages

    model, tokenizer = load_model_folder(str(config.model))
    return predict_passages(model, Featuriser(tokenizer, model.config), gold, progress="extracting")


def _read(config: EvaluateConfig, paths: Sequence[str]) -> list[Passage]:
    problems: list[Problem] | None = None if config.strict else []
    passages = read_corpus(paths, problems, config.split if paths is config.data else None)
    for problem in problems or []:
        log.warning("skipped: %s", problem)
    if problems:
        log.warning("%d records skipped, %d used", len(problems), len(passages))
    return passages


def _write(folder: Path, metrics: dict[str, Any], gold: Sequence[Passage], predicted: Sequence[Passage]) -> None:
    write_passages(folder / "predictions.jsonl", predicted)
    with atomic_write(folder / "report.html") as file:
        file.write(render_report(metrics, gold, predicted, metrics["facts"]))
    with atomic_write(folder / "metrics.json") as file:
        json.dump(metrics, file, ensure_ascii=False, indent=2)
        file.write("\n")
    log.info("written: %s", folder)
