"""On a CPU, the two halves of a batch at the same time, each on half of the cores.

Most operations on a small batch are too small for all cores, which then wait for one another. Gradients of two halves
add up to the same bits in either order, so a run can still be repeated; of three parts they would not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch
from accelerate import Accelerator

from coopclaims.encoders.load import ATTENTION_DROPOUTS
from coopclaims.model.dropout import drawing_from
from coopclaims.model.network import ClaimModel
from coopclaims.training.config import TrainConfig

HALVES = 2
# Beyond the seeds that two draws are likely to share.
SEEDS = 2**62

Item = TypeVar("Item")
Result = TypeVar("Result")


def reads_side_by_side(config: TrainConfig, accelerator: Accelerator, model: ClaimModel) -> bool:
    """Whether halves of batches can be read at the same time, and are to be.

    Not where something that all threads share would differ between them: cached states of frozen layers, random
    numbers other than those of ``ByteDropout``, what is recomputed or compiled.
    """
    trainer = config.trainer
    on_attention = any(getattr(model.encoder.config, name, 0.0) for name in ATTENTION_DROPOUTS)
    others_draw = on_attention or (config.lora.rank and config.lora.dropout)
    return bool(
        trainer.side_by_side
        and accelerator.device.type == "cpu"
        and accelerator.num_processes == 1
        and torch.get_num_threads() >= HALVES
        and trainer.accumulation_steps == 1
        and not config.optimiser.freeze_layers
        and not (trainer.activation_checkpointing or trainer.compile or others_draw)
    )


def halves(batch: Sequence[int]) -> list[list[int]]:
    """Two halves of a batch of like lengths, neighbours in different ones; one where there is a single passage."""
    return [part for part in (list(batch[::HALVES]), list(batch[1::HALVES])) if part]


class SideBySide:
    """Two threads, each with half of the cores."""

    def __init__(self) -> None:
        threads = torch.get_num_threads() // HALVES
        self.pool = ThreadPoolExecutor(HALVES, initializer=torch.set_num_threads, initargs=(threads,))

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """``function`` of each item, in order; each draws its dropout from a seed of torch's generator."""
        seeds = torch.randint(SEEDS, (len(items),)).tolist()

        def run(item: Item, seed: int) -> Result:
            with drawing_from(seed):
                return function(item)

        return list(self.pool.map(run, items, seeds))
