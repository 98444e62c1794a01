"""Gradients of one optimiser step from its batches, and sums over all processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from coopclaims.model.losses import weighted_total
from coopclaims.training.micro_batch import MicroBatch
from coopclaims.training.side_by_side import SideBySide


def accumulate_gradients(
    accelerator: Accelerator,
    losses: nn.Module,
    step: Sequence[MicroBatch],
    counts: Mapping[str, float],
    side_by_side: SideBySide | None = None,
) -> dict[str, Tensor]:
    """Forward and backward over the batches of this process; returns its summed losses by head.

    Losses are divided by ``counts``, those of the whole step (all batches, all processes), so that the gradient does
    not depend on how the step was split. With ``side_by_side``, two batches are read at a time.
    """

    def passes(micro: MicroBatch) -> dict[str, Tensor]:
        inputs = micro.on(accelerator.device)
        counted = float(any(micro.counts.values()))
        last = micro is step[-1] or side_by_side is not None
        with nullcontext() if last else accelerator.no_sync(losses), accelerator.autocast():
            found: dict[str, Tensor] = losses(*inputs)
            # A process without a batch left runs another one for nothing, to stay in step with the rest.
            accelerator.backward(weighted_total(found, counts) * (accelerator.num_processes * counted))
        return {name: loss.detach().float() * counted for name, loss in found.items()}

    parts = [passes(micro) for micro in step] if side_by_side is None else side_by_side.map(passes, step)
    return {name: torch.stack([part[name] for part in parts]).sum() for name in parts[0]}


def summed_over_processes(accelerator: Accelerator, values: Mapping[str, float]) -> dict[str, float]:
    """Each value, added up over all processes."""
    if accelerator.num_processes == 1:
        return dict(values)
    local = torch.tensor(list(values.values()), dtype=torch.float32, device=accelerator.device)
    total = accelerator.reduce(local, reduction="sum")
    return dict(zip(values, total.tolist(), strict=True))
