"""AdamW with layer-wise learning rates, and the learning-rate schedule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler
from transformers import get_scheduler

from coopclaims.errors import UserError
from coopclaims.model.network import ClaimModel
from coopclaims.training.config import OptimiserConfig, ScheduleConfig

# Those of transformers.get_scheduler that need nothing but a number of warm-up steps and of all steps.
SCHEDULES = ("linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup")


def build_optimiser(model: ClaimModel, config: OptimiserConfig) -> torch.optim.AdamW:
    """AdamW over the trainable parameters; biases and norms do not decay. Freezes what the configuration says."""
    layers = model.encoder_layers()
    if config.freeze_layers > len(layers):
        raise UserError(f"optimiser.freeze_layers={config.freeze_layers}: the encoder has {len(layers)} layers")
    model.freeze(config.freeze_embeddings, config.freeze_layers)
    groups = _groups(model.head_parameters(), config.head_learning_rate, config)
    seen = {id(parameter) for group in groups for parameter in group["params"]}
    for depth, layer in enumerate(reversed(layers)):
        groups += _groups(layer.parameters(), config.learning_rate * config.layer_decay**depth, config)
        seen.update(map(id, layer.parameters()))
    # What remains of the encoder: embeddings (learning slowest) and, in some encoders, a last norm.
    rest = [parameter for parameter in model.parameters() if id(parameter) not in seen]
    groups += _groups(rest, config.learning_rate * config.layer_decay ** len(layers), config)
    return torch.optim.AdamW(groups, betas=config.betas, eps=config.epsilon, fused=True)


def build_schedule(optimiser: torch.optim.Optimizer, config: ScheduleConfig, steps: int) -> LRScheduler:
    """Learning-rate schedule over ``steps`` optimiser steps."""
    if config.name not in SCHEDULES:
        raise UserError(f"schedule.name={config.name}: must be one of {', '.join(SCHEDULES)}")
    warmup = round(steps * config.warmup_share)
    schedule: LRScheduler = get_scheduler(config.name, optimiser, num_warmup_steps=warmup, num_training_steps=steps)
    return schedule


def _groups(parameters: Iterable[nn.Parameter], learning_rate: float, config: OptimiserConfig) -> list[dict[str, Any]]:
    trainable = [parameter for parameter in parameters if parameter.requires_grad]
    split = (
        ([p for p in trainable if p.ndim > 1], config.weight_decay),
        ([p for p in trainable if p.ndim <= 1], 0.0),
    )
    return [{"params": part, "lr": learning_rate, "weight_decay": decay} for part, decay in split if part]
