"""One training run from configuration to run folder: read, train, score, write."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, PartialState
from accelerate.state import AcceleratorState
from accelerate.utils import broadcast_object_list, set_seed
from transformers import PreTrainedTokenizerFast

from coopclaims.corpus.jsonl import Problem, read_corpus, write_passages
from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError, first_line
from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.report import format_table, render_report
from coopclaims.files import atomic_write
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import load_model_folder, save_model_folder, to_named_device
from coopclaims.provenance import peak_memory_gib, weights_hash
from coopclaims.schema import Passage
from coopclaims.training.build import build_model, make_examples
from coopclaims.training.config import TrainConfig, order_seed
from coopclaims.training.config_checks import check_config
from coopclaims.training.distill import annotated_by_teacher, load_teacher
from coopclaims.training.divergence import DIVERGED
from coopclaims.training.estimate import estimate
from coopclaims.training.hardware import check_cores, on_cpu
from coopclaims.training.loop import Trainer, Watch
from coopclaims.training.lora import add_adapters
from coopclaims.training.model_card import corpus_counts, model_card, read_template
from coopclaims.training.precision import resolve_precision
from coopclaims.training.progress import History
from coopclaims.training.run_folder import (
    is_complete,
    logged_to,
    only_user,
    open_run_folder,
    run_facts,
    write_json,
)
from coopclaims.training.sharded import predict_in_shards
from coopclaims.training.states import remove_leftovers, states
from coopclaims.training.tracking import check_tracker, tracked

log = logging.getLogger(__name__)


def train(config: TrainConfig, watch: Watch | None = None) -> Path:
    """Run one training, or go on with it; returns the run folder. Raises UserError for what the user can mend.

    ``watch`` is called after each dev score and may raise to end the run. A dry run ends with the estimate.
    """
    check_config(config)
    check_tracker(config.tracker)
    read_template(config.model_card)
    passages = {split: read_split(config, split) for split in ("train", "dev", "test")}
    if not passages["train"]:
        raise UserError(f"no training passages in {', '.join(config.corpus.train)}; see 'coopclaims data check'")
    for split in ("dev", "test"):
        if getattr(config.corpus, split) and not passages[split]:
            named = ", ".join(getattr(config.corpus, split))
            raise UserError(f"no {split} passages in {named}; corpus.{split}=[] does without any")
        # What cannot be scored should be known before training, not after it.
        pair_passages(passages[split], passages[split])
    accelerator = _accelerator(config)
    set_seed(config.seed)
    if config.dry_run:
        trainer, _ = _trainer(config, accelerator, Path(config.output), passages)
        log.info("%s", estimate(trainer))
        return Path(config.output)
    folder, resumed = _shared_folder(accelerator, config)
    if resumed and is_complete(folder):
        log.info("%s: this run is complete", folder)
        return folder
    if accelerator.is_main_process:
        with only_user(folder), logged_to(folder):
            try:
                _run(config, accelerator, folder, passages, resumed, watch)
            except UserError:
                # What was refused before the first step leaves no folder that would block the mended command.
                begun = resumed or (folder / "checkpoints").exists() or (folder / DIVERGED).exists()
                if not begun:
                    shutil.rmtree(folder, ignore_errors=True)
                raise
    else:
        _run(config, accelerator, folder, passages, resumed, watch)
    return folder


def read_split(config: TrainConfig, split: str) -> list[Passage]:
    """Passages of one split; bad records are logged one by one and skipped, or stop the run where strict."""
    paths = getattr(config.corpus, split)
    problems: list[Problem] | None = None if config.corpus.strict else []
    found = read_corpus(paths, problems, split if config.corpus.by_split else None) if paths else []
    for problem in problems or []:
        log.warning("skipped: %s", problem)
    log.info("%s: %d passages, %d skipped", split, len(found), len(problems or []))
    return draw_passages(found, config.corpus.limit) if split == "train" else found


def draw_passages(passages: Sequence[Passage], limit: int | None) -> list[Passage]:
    """``limit`` passages (None: all) in their order, the same ones every time; fewer are a part of more."""
    drawn = sorted(passages, key=lambda passage: hashlib.sha256(passage.id.encode()).hexdigest())[:limit]
    kept = {id(passage) for passage in drawn}
    return [passage for passage in passages if id(passage) in kept]


def _trainer(
    config: TrainConfig,
    accelerator: Accelerator,
    folder: Path,
    passages: dict[str, list[Passage]],
    watch: Watch | None = None,
) -> tuple[Trainer, Encoder]:
    """Everything that the loop needs, before its first step."""
    model, encoder = build_model(config)
    add_adapters(model, config.lora)
    featuriser = Featuriser(encoder.tokenizer, model.config)
    teacher = load_teacher(config.distillation, accelerator.device)
    annotated = [*passages["train"], *annotated_by_teacher(teacher, encoder.tokenizer, config.distillation)]
    examples = make_examples(featuriser, annotated, config.corpus.strict)
    trainer = Trainer(config, accelerator, model, encoder.tokenizer, examples, passages["dev"], folder, watch, teacher)
    return trainer, encoder


def _run(
    config: TrainConfig,
    accelerator: Accelerator,
    folder: Path,
    passages: dict[str, list[Passage]],
    resumed: bool,
    watch: Watch | None,
) -> None:
    trainer, encoder = _trainer(config, accelerator, folder, passages, watch)
    facts = run_facts(config, encoder.description)
    facts["started_from_sha256"] = weights_hash(config.start_from or config.distillation.teacher)
    identity = {
        "data_sha256": facts["data_sha256"],
        "started_from_sha256": facts["started_from_sha256"],
        "batches_per_step": accelerator.num_processes * config.trainer.accumulation_steps,
        "mixed_precision": accelerator.mixed_precision,
    }
    # From here on, each process drops out units of its own.
    set_seed(order_seed(config), device_specific=True)
    if resumed:
        _resume(trainer, accelerator, folder, identity)
    log.info("%s", estimate(trainer))
    facts["corpus"] = {split: corpus_counts(found) for split, found in passages.items()}
    facts["mixed_precision"] = accelerator.mixed_precision
    facts["processes"] = accelerator.num_processes
    facts["resumed_at_step"] = trainer.history.steps
    with tracked(accelerator, config, folder, trainer.history.steps):
        history = trainer.run(identity)
    facts["training"] = training_facts(history)
    log.info(
        "best dev F1 %.3f in epoch %d; %.0f pieces/s, %.1f %% padding, peak memory %.1f GiB",
        history.best_score,
        history.best_epoch,
        history.pieces / history.seconds,
        100 * history.padding,
        facts["training"]["peak_memory_gib"],
    )
    _finish(config, accelerator, folder, encoder.tokenizer, passages, facts)
    accelerator.end_training()
    log.info(
        "the model is in %s/model; next:\n  coopclaims extract FILE --model %s/model --format table\n"
        "  coopclaims evaluate model=%s/model data=[FILE]",
        *[folder] * 3,
    )


def _resume(trainer: Trainer, accelerator: Accelerator, folder: Path, identity: dict[str, Any]) -> None:
    if accelerator.is_main_process:
        for place in (folder, folder / "checkpoints"):
            remove_leftovers(place)
    accelerator.wait_for_everyone()
    trainer.resume(identity)


def _finish(
    config: TrainConfig,
    accelerator: Accelerator,
    folder: Path,
    tokenizer: PreTrainedTokenizerFast,
    passages: dict[str, list[Passage]],
    facts: dict[str, Any],
) -> None:
    """Score the best checkpoint on dev and test, each process a part, and write what the run folder promises."""
    model, _ = load_model_folder(folder / "checkpoints" / "best")
    to_named_device(model, accelerator.device)
    featuriser = Featuriser(tokenizer, model.config)
    scored = [split for split in ("dev", "test") if passages[split]]
    predicted = {
        split: predict_in_shards(accelerator, model, featuriser, passages[split], progress=f"scoring {split}")
        for split in scored
    }
    if accelerator.is_main_process:
        metrics: dict[str, Any] = {"facts": facts}
        for split in scored:
            metrics[split] = _write_scores(folder, split, passages[split], predicted[split], facts)
        write_json(folder / "metrics.json", metrics)
        card = model_card(config, metrics, model.config.span_labels)
        scores = json.dumps(metrics, ensure_ascii=False, indent=2)
        save_model_folder(folder / "model", model, tokenizer, {"README.md": card, "scores.json": scores})
        for state in states(folder / "checkpoints"):
            shutil.rmtree(state, ignore_errors=True)
    accelerator.wait_for_everyone()


def _write_scores(
    folder: Path, split: str, gold: list[Passage], predicted: list[Passage], facts: dict[str, Any]
) -> dict[str, Any]:
    """Scores of one split, with its predictions; the report shows the last split: test where there is one, else dev."""
    write_passages(folder / "predictions" / f"{split}.jsonl", predicted)
    metrics = evaluate_passages(gold, predicted)
    log.info("%s\n%s", split, format_table(metrics))
    with atomic_write(folder / "report.html") as file:
        file.write(render_report(metrics, gold, predicted, {"split": split, **facts}))
    return metrics


def training_facts(history: History) -> dict[str, Any]:
    """Speed, memory and scores of the loop, for metrics.json."""
    return {
        "steps": history.steps,
        "best_epoch": history.best_epoch,
        "best_dev_f1": round(history.best_score, 4),
        "seconds": round(history.seconds, 1),
        "pieces_per_second": round(history.pieces / history.seconds, 1),
        "non_padding_share": round(1 - history.padding, 4),
        "peak_memory_gib": peak_memory_gib(),
        "threads": torch.get_num_threads(),
        "epochs": history.epochs,
    }


def _accelerator(config: TrainConfig) -> Accelerator:
    tracker = config.tracker.name
    # Without this, several processes on a machine without GPU would not find each other.
    state = PartialState(cpu=on_cpu(config.trainer.device))
    precision = resolve_precision(config.trainer.mixed_precision, state.device)
    check_cores(state)
    if config.trainer.layer_drop and state.num_processes > 1:
        raise UserError(
            "trainer.layer_drop: several processes need the gradients of all layers in each step; set it to 0"
        )
    if precision == "fp16" and state.device.type == "cpu":
        raise UserError("trainer.mixed_precision=fp16 needs a GPU; on a CPU use auto, bf16 or no")
    if state.num_processes == 1:
        # A second run in this process may want another precision.
        AcceleratorState._reset_state()
    try:
        accelerator = Accelerator(
            cpu=state.device.type == "cpu",
            mixed_precision=precision,
            log_with=tracker,
            project_dir=str(Path(config.output) / (config.name or "")) if tracker else None,
            step_scheduler_with_optimizer=False,
        )
    except (ValueError, ImportError) as error:
        raise UserError(f"precision not usable here: {first_line(error)}") from error
    if accelerator.gradient_accumulation_steps != 1:
        raise UserError("set trainer.accumulation_steps, not accelerate's own gradient accumulation")
    return accelerator


def _shared_folder(accelerator: Accelerator, config: TrainConfig) -> tuple[Path, bool]:
    """Let the main process open the run folder, and tell the others its name (or its refusal) and if it goes on."""
    answer: list[Any] = [None]
    if accelerator.is_main_process:
        try:
            answer = [open_run_folder(config)]
        except UserError as error:
            answer = [error]
    broadcast_object_list(answer)
    if isinstance(answer[0], UserError):
        raise answer[0]
    folder, resumed = answer[0]
    return Path(folder), bool(resumed)
