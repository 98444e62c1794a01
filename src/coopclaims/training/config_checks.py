"""Values of the training configuration that no run can use, refused before anything is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from coopclaims.errors import UserError
from coopclaims.schema import LABELS, TRIGGER
from coopclaims.training.config import TrainConfig, order_seed


def check_config(config: TrainConfig) -> None:
    """Raise UserError for a value that no run can use, before anything is loaded."""
    _check_ranges(config)
    _check_start(config)
    _check_choices(config)


def _check_ranges(config: TrainConfig) -> None:
    _check_signs(config)
    _check_shares(config)
    if not all(0 <= beta < 1 for beta in config.optimiser.betas):
        raise UserError(f"optimiser.betas={list(config.optimiser.betas)}: each must be at least 0 and below 1")
    if not 0 <= config.model.window_overlap < config.model.window_pieces:
        raise UserError(
            f"model.window_overlap={config.model.window_overlap}: must be at least 0 and below "
            f"model.window_pieces={config.model.window_pieces}"
        )


def _check_signs(config: TrainConfig) -> None:
    positive = {
        "trainer.epochs": config.trainer.epochs,
        "trainer.batch_pieces": config.trainer.batch_pieces,
        "trainer.accumulation_steps": config.trainer.accumulation_steps,
        "trainer.evaluate_every": config.trainer.evaluate_every,
        "trainer.max_steps": config.trainer.max_steps,
        "trainer.save_steps": config.trainer.save_steps,
        "trainer.keep_states": config.trainer.keep_states,
        "trainer.patience": config.trainer.patience,
        "trainer.gradient_clip": config.trainer.gradient_clip,
        "tracker.every_steps": config.tracker.every_steps,
        "corpus.limit": config.corpus.limit,
        "model.window_pieces": config.model.window_pieces,
        "model.span_size": config.model.span_size,
        "optimiser.learning_rate": config.optimiser.learning_rate,
        "optimiser.head_learning_rate": config.optimiser.head_learning_rate,
        "optimiser.layer_decay": config.optimiser.layer_decay,
        "distillation.layers": config.distillation.layers,
        "distillation.temperature": config.distillation.temperature,
    }
    for name, value in positive.items():
        if value is not None and value <= 0:
            raise UserError(f"{name}={value}: must be above 0")
    not_negative = {
        "seed": config.seed,
        "order_seed": order_seed(config),
        "lora.rank": config.lora.rank,
        "optimiser.weight_decay": config.optimiser.weight_decay,
        "optimiser.epsilon": config.optimiser.epsilon,
        "optimiser.freeze_layers": config.optimiser.freeze_layers,
        "trainer.prefetch": config.trainer.prefetch,
        "trainer.cache_frozen_gib": config.trainer.cache_frozen_gib,
    }
    for name, value in not_negative.items():
        if value < 0:
            raise UserError(f"{name}={value}: must not be below 0")


def _check_shares(config: TrainConfig) -> None:
    dropouts = {
        "augmentation.mask_words": config.augmentation.mask_words,
        "model.head_dropout": config.model.head_dropout,
        "encoder.hidden_dropout": config.encoder.hidden_dropout,
        "encoder.attention_dropout": config.encoder.attention_dropout,
        "lora.dropout": config.lora.dropout,
        "trainer.layer_drop": config.trainer.layer_drop,
    }
    for name, value in dropouts.items():
        if value is not None and not 0 <= value < 1:
            raise UserError(f"{name}={value}: must be at least 0 and below 1")
    shares = {
        "augmentation.replace_mentions": config.augmentation.replace_mentions,
        "schedule.warmup_share": config.schedule.warmup_share,
        "model.link_threshold": config.model.link_threshold,
        "model.fallback_threshold": config.model.fallback_threshold,
    }
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise UserError(f"{name}={value}: must be between 0 and 1")


def _check_start(config: TrainConfig) -> None:
    """What the model begins as, and with which labels."""
    if config.distillation.unlabelled and not config.distillation.teacher:
        raise UserError("distillation.unlabelled needs distillation.teacher, which annotates the texts")
    if config.distillation.teacher == "":
        raise UserError("distillation.teacher: name the model folder of the teacher")
    if config.start_from and config.distillation.teacher:
        raise UserError("start_from and distillation.teacher: a student starts from its teacher; leave start_from out")
    if config.model.labels is not None:
        check_labels(config.model.labels)


def _check_choices(config: TrainConfig) -> None:
    if config.trainer.resume not in ("never", "auto"):
        raise UserError(f"trainer.resume={config.trainer.resume}: must be never or auto")
    if config.trainer.resume == "auto" and not config.name:
        raise UserError("trainer.resume=auto needs the name of the run: name=NAME")
    if config.trainer.device not in ("auto", "cpu", "gpu"):
        raise UserError(f"trainer.device={config.trainer.device}: must be auto, cpu or gpu")
    if config.trainer.mixed_precision not in ("auto", "no", "bf16", "fp16"):
        raise UserError(f"trainer.mixed_precision={config.trainer.mixed_precision}: must be auto, no, bf16 or fp16")


def check_labels(labels: Sequence[str]) -> None:
    """Raise UserError for labels that no model can have."""
    if not labels or len(set(labels)) < len(labels) or not all(label.strip() for label in labels):
        raise UserError(f"model.labels=[{','.join(labels)}]: give each label once")
    if TRIGGER in labels and list(labels) != list(LABELS):
        raise UserError(f"model.labels: with {TRIGGER}, the labels are the guideline's; leave the setting out")
