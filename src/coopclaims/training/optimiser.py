"""AdamW with layer-wise learning rates, and the learning-rate schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from transformers import get_scheduler

from coopclaims.errors import UserError
from coopclaims.model.network import ClaimModel
from coopclaims.training.config import OptimiserConfig, ScheduleConfig
from coopclaims.training.freeze_out import trained_shares

# Those of transformers.get_scheduler that need nothing but a number of warm-up steps and of all steps.
SCHEDULES = ("linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup")


def build_optimiser(model: ClaimModel, config: OptimiserConfig) -> torch.optim.AdamW:
    """AdamW over the trainable parameters; biases and norms do not decay. Freezes what the configuration says."""
    layers = model.encoder_layers()
    if config.freeze_layers > len(layers):
        raise UserError(f"optimiser.freeze_layers={config.freeze_layers}: the encoder has {len(layers)} layers")
    model.freeze(config.freeze_embeddings, config.freeze_layers)
    shares = trained_shares(len(layers), config)
    groups = _groups(model.head_parameters(), config.head_learning_rate, config)
    for depth, (layer, share) in enumerate(zip(reversed(layers), reversed(shares), strict=True)):
        groups += _groups(layer.parameters(), config.learning_rate * config.layer_decay**depth, config, share)
    slowest = config.learning_rate * config.layer_decay ** len(layers)
    groups += _groups(model.encoder.embeddings.parameters(), slowest, config, shares[0])
    # What remains of some encoders: a last norm, position embeddings that all layers share.
    seen = {id(parameter) for group in groups for parameter in group["params"]}
    groups += _groups((parameter for parameter in model.parameters() if id(parameter) not in seen), slowest, config)
    return torch.optim.AdamW(groups, betas=config.betas, eps=config.epsilon, fused=True)


def build_schedule(optimiser: torch.optim.Optimizer, config: ScheduleConfig, steps: int) -> LambdaLR:
    """Learning rates over ``steps`` optimiser steps; a group that trains in a part of them goes through all in that."""
    if config.name not in SCHEDULES:
        raise UserError(f"schedule.name={config.name}: must be one of {', '.join(SCHEDULES)}")
    warmup = round(steps * config.warmup_share)
    one_rate = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    factor = get_scheduler(config.name, one_rate, num_warmup_steps=warmup, num_training_steps=steps).lr_lambdas[0]
    shares = [group["trained_share"] for group in optimiser.param_groups]
    return LambdaLR(optimiser, [_compressed(factor, share, steps) for share in shares])


def _compressed(factor: Callable[[float], float], share: float, steps: int) -> Callable[[int], float]:
    """The whole schedule within the first ``share`` of the steps, as much higher, and zero after it."""
    return lambda step: factor(step / share) / share if step < share * steps or share == 1 else 0.0


def _groups(
    parameters: Iterable[nn.Parameter], learning_rate: float, config: OptimiserConfig, trained_share: float = 1.0
) -> list[dict[str, Any]]:
    trainable = [parameter for parameter in parameters if parameter.requires_grad]
    split = (
        ([p for p in trainable if p.ndim > 1], config.weight_decay),
        ([p for p in trainable if p.ndim <= 1], 0.0),
    )
    shared = {"lr": learning_rate, "trained_share": trained_share}
    return [{"params": part, "weight_decay": decay, **shared} for part, decay in split if part]
