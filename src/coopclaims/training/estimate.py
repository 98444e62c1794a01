"""What a training will be, before it starts: size, steps, time and memory, from a few batches that change nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
import torch

from coopclaims.errors import UserError
from coopclaims.model.losses import weighted_total
from coopclaims.model.predict import unit_width
from coopclaims.model.units import Unit
from coopclaims.training.frozen_states import compute_frozen_states, size_in_gib
from coopclaims.training.hardware import SHARDED
from coopclaims.training.loop import Trainer
from coopclaims.training.micro_batch import MicroBatch

# Batches that are timed, after one that warms the kernels up.
TIMED = 3
GIB = 2**30
# Bytes a trainable parameter needs beside its weight: gradient and AdamW's two moments, in float32.
TRAINING_BYTES = 12
GRADIENT_BYTES = 4


@dataclass(frozen=True)
class Estimate:
    """Size of a run; ``seconds`` (of the steps that are left) and ``memory_gib`` are None where weights are shared out.

    ``tokens`` are word pieces that are not padding, of one epoch.
    """

    parameters: int
    trainable: int
    passages: int
    tokens: int
    steps: int
    steps_left: int
    processes: int
    seconds: float | None
    memory_gib: float | None

    def __str__(self) -> str:
        share = 100 * self.trainable / self.parameters
        lines = [
            f"{self.parameters / 1e6:.1f} M parameters, {self.trainable / 1e6:.1f} M of them train ({share:.0f} %)",
            f"{self.passages:,} passages, {self.tokens:,} tokens an epoch; {self.steps:,} steps"
            + (f", {self.steps_left:,} of them left" if self.steps_left < self.steps else "")
            + (f", {self.processes} processes" if self.processes > 1 else ""),
        ]
        if self.seconds is not None and self.memory_gib is not None:
            lines.append(f"about {_duration(self.seconds)} for the steps, at least {self.memory_gib:.1f} GiB of memory")
        return "\n".join(lines)


def estimate(trainer: Trainer) -> Estimate:
    """Measure a few batches of a trainer that has not started; weights and random states stay as they are.

    Raises UserError if the largest batch of the first epoch would need more memory than is free.
    """
    steps = trainer.feed.plan(trainer.progress.epoch)
    # Those of all processes, so that each measures something and all the same.
    batches = trainer.feed.batches(trainer.progress.epoch)
    seconds = memory = None
    if trainer.accelerator.distributed_type not in SHARDED:
        devices = [trainer.accelerator.device] if trainer.accelerator.device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            trainer.losses.train()
            memory = _memory_gib(trainer, batches)
            _check_memory(trainer, memory)
            seconds = _seconds_a_piece(trainer, batches) * sum(_padded(trainer.feed.units, batch) for batch in batches)
            seconds /= trainer.accelerator.num_processes
            seconds *= (trainer.total_steps - trainer.history.steps) / len(steps)
    parameters = list(trainer.model.parameters())
    return Estimate(
        sum(parameter.numel() for parameter in parameters),
        sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
        len(trainer.feed.units),
        sum(unit.pieces + 2 * len(unit.windows) for unit in trainer.feed.units),
        trainer.total_steps,
        trainer.total_steps - trainer.history.steps,
        trainer.accelerator.num_processes,
        seconds,
        memory,
    )


def _memory_gib(trainer: Trainer, batches: Sequence[Sequence[int]]) -> float:
    """What is in use, what training adds to the weights, and what the largest batch keeps for its backward pass.

    The latter is extrapolated from one and two copies of the widest passage: their difference leaves out what does not
    grow with a batch, such as weights cast to another number format.
    """
    units = trainer.feed.units
    widest = max((index for batch in batches for index in batch), key=lambda index: unit_width(units[index]))
    once, twice = (_kept_bytes(trainer, [widest] * copies) for copies in (1, 2))
    largest = max(_padded(units, batch) for batch in batches) / _padded(units, [widest])
    activations = once + (twice - once) * max(largest - 1, 0)
    trainable = sum(parameter.numel() for parameter in trainer.model.parameters() if parameter.requires_grad)
    # The moments of a resumed optimiser are in use already.
    added = GRADIENT_BYTES if trainer.history.steps else TRAINING_BYTES
    cache = size_in_gib(units, trainer.model.encoder.config.hidden_size) if trainer.feed.caches_frozen_states() else 0.0
    return (_used_bytes(trainer) + activations + added * trainable) / GIB + cache


def _kept_bytes(trainer: Trainer, indices: Sequence[int]) -> int:
    """What autograd keeps for the backward pass of one batch."""
    kept = 0
    seen = {parameter.untyped_storage().data_ptr() for parameter in trainer.model.parameters()}

    def count(tensor: torch.Tensor) -> torch.Tensor:
        nonlocal kept
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in seen:
            seen.add(storage.data_ptr())
            kept += storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        _forward_backward(trainer, _micro_batch(trainer, indices))
    return kept


def _check_memory(trainer: Trainer, needed_gib: float) -> None:
    on_cpu = trainer.accelerator.device.type == "cpu"
    needed = needed_gib * (int(os.environ.get("LOCAL_WORLD_SIZE", 1)) if on_cpu else 1)
    there = (_free_bytes(trainer) + _used_bytes(trainer)) / GIB
    if needed > there:
        raise UserError(
            f"the largest batch needs about {needed:.1f} GiB of memory, {there:.1f} GiB are there; lower "
            "trainer.batch_pieces (with more trainer.accumulation_steps), or set trainer.activation_checkpointing=true"
        )


def _seconds_a_piece(trainer: Trainer, batches: Sequence[Sequence[int]]) -> float:
    """Forward and backward time for each padded piece, the median over a few batches."""
    chosen = [*batches[:1], *batches[:TIMED]]
    rates = []
    for number, batch in enumerate(chosen):
        trainer.leave_layers_out(number)
        micro = _micro_batch(trainer, batch)
        started = time.perf_counter()
        _forward_backward(trainer, micro)
        rates.append((time.perf_counter() - started) / _padded(trainer.feed.units, batch))
    return sorted(rates[1:])[(len(rates) - 1) // 2]


def _micro_batch(trainer: Trainer, indices: Sequence[int]) -> MicroBatch:
    """Inputs of a batch as the loop will have them, cached states of the frozen layers included."""
    micro = trainer.feed.micro_batch(indices, trainer.progress.epoch)
    if trainer.feed.caches_frozen_states():
        units = [trainer.feed.units[index] for index in indices]
        autocast = trainer.accelerator.autocast()
        trainer.model.eval()
        states = compute_frozen_states(trainer.model, trainer.featuriser, units, autocast, progress=False)
        trainer.losses.train()
        if states is not None:
            micro.batch.frozen_states = states.batch(range(len(units)))
    return micro


def _forward_backward(trainer: Trainer, micro: MicroBatch) -> None:
    accelerator = trainer.accelerator
    inputs = micro.on(accelerator.device)
    with accelerator.no_sync(trainer.losses), accelerator.autocast():
        accelerator.backward(weighted_total(trainer.losses(*inputs), micro.counts))
    trainer.optimiser.zero_grad()
    if accelerator.device.type == "cuda":
        torch.cuda.synchronize()


def _padded(units: Sequence[Unit], batch: Sequence[int]) -> int:
    return max(unit_width(units[index]) for index in batch) * sum(len(units[index].windows) for index in batch)


def _used_bytes(trainer: Trainer) -> int:
    if trainer.accelerator.device.type == "cuda":
        # Blocks that torch keeps for reuse included.
        return torch.cuda.memory_reserved()
    return int(psutil.Process().memory_info().rss)


def _free_bytes(trainer: Trainer) -> int:
    if trainer.accelerator.device.type == "cuda":
        return torch.cuda.mem_get_info()[0]
    return int(psutil.virtual_memory().available)


def _duration(seconds: float) -> str:
    """Whole minutes, hours where there are many."""
    minutes = max(round(seconds / 60), 1)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"
