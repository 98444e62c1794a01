"""Gradients of one optimiser step from its batches, and sums over all processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from coopclaims.model.losses import weighted_total
from coopclaims.training.micro_batch import MicroBatch


def accumulate_gradients(
    accelerator: Accelerator, losses: nn.Module, step: Sequence[MicroBatch], counts: Mapping[str, float]
) -> dict[str, Tensor]:
    """Forward and backward over the batches of this process; returns its summed losses by head.

    Losses are divided by ``counts``, those of the whole step (all batches, all processes), so that the gradient does
    not depend on how the step was split.
    """
    sums: dict[str, Tensor] = {}
    for number, micro in enumerate(step, 1):
        inputs = micro.on(accelerator.device)
        counted = float(any(micro.counts.values()))
        last = number == len(step)
        with nullcontext() if last else accelerator.no_sync(losses), accelerator.autocast():
            found = losses(*inputs)
            # A process without a batch left runs another one for nothing, to stay in step with the rest.
            accelerator.backward(weighted_total(found, counts) * (accelerator.num_processes * counted))
        for name, loss in found.items():
            sums[name] = sums.get(name, 0.0) + loss.detach().float() * counted
    return sums


def summed_over_processes(accelerator: Accelerator, values: Mapping[str, float]) -> dict[str, float]:
    """Each value, added up over all processes."""
    if accelerator.num_processes == 1:
        return dict(values)
    local = torch.tensor(list(values.values()), dtype=torch.float32, device=accelerator.device)
    total = accelerator.reduce(local, reduction="sum")
    return dict(zip(values, total.tolist(), strict=True))
