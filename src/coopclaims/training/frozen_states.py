"""Hidden states that leave the frozen part of the encoder, computed once for all windows of the training passages.

The frozen part is in evaluation mode, so its output for a window is the same in every epoch. Kept in memory as
float32, it takes hidden size × 4 bytes a piece: 0.16 GiB for 1,000 passages of 110 pieces with hidden size 384.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor
from tqdm import tqdm

from coopclaims.model.features import Featuriser
from coopclaims.model.frozen import frozen_output
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import BATCH_PIECES, length_batches
from coopclaims.model.tensors import to_device, to_tensors
from coopclaims.model.units import Unit
from coopclaims.training.hardware import SHARDED

log = logging.getLogger(__name__)

BYTES = 4


class FrozenStates:
    """States of each unit's windows; ``batch`` pads them like the collated input."""

    def __init__(self, states: list[list[Tensor]]) -> None:
        self.states = states

    def batch(self, indices: Sequence[int]) -> Tensor:
        """States [rows, pieces, hidden] of the windows of some units, in order; zeros where there is padding."""
        return torch.nn.utils.rnn.pad_sequence(
            [window for index in indices for window in self.states[index]], batch_first=True
        )


def may_cache(accelerator: Accelerator, model: ClaimModel, units: Sequence[Unit], limit_gib: float) -> bool:
    """Whether there are frozen layers whose states fit into ``limit_gib``."""
    # Layers that are shared out over processes cannot run on their own.
    if not model.frozen or not limit_gib or accelerator.distributed_type in SHARDED:
        return False
    return size_in_gib(units, model.encoder.config.hidden_size) <= limit_gib


def cached_frozen_states(
    accelerator: Accelerator, model: ClaimModel, featuriser: Featuriser, units: Sequence[Unit]
) -> FrozenStates | None:
    """States of all units, or None where there are none that stay the same."""
    model.eval()
    shown = accelerator.is_local_main_process
    found = compute_frozen_states(model, featuriser, units, accelerator.autocast(), shown)
    needed = size_in_gib(units, model.encoder.config.hidden_size)
    log.info("frozen layers: %s", f"{needed:.2f} GiB cached" if found else "not cached, trained weights reach in")
    return found


def size_in_gib(units: Sequence[Unit], hidden_size: int) -> float:
    """Memory that the states of ``units`` take."""
    pieces = sum(unit.pieces + 2 * len(unit.windows) for unit in units)
    return pieces * hidden_size * BYTES / 2**30


def compute_frozen_states(
    model: ClaimModel,
    featuriser: Featuriser,
    units: Sequence[Unit],
    autocast: AbstractContextManager[Any],
    progress: bool,
) -> FrozenStates | None:
    """States of all units, or None where there is no frozen part whose output stays the same (frozen.py).

    The batches are always the same ones, so that a resumed run gets the same numbers.
    """
    states: list[list[Tensor]] = [[] for _ in units]
    with autocast, tqdm(total=len(units), desc="frozen layers", unit="passage", delay=1, disable=not progress) as bar:
        for indices in length_batches(units, BATCH_PIECES):
            batch = to_device(to_tensors(featuriser.batch([units[index] for index in indices])), model.device)
            output = frozen_output(
                model.encoder, model.frozen, input_ids=batch.input_ids, attention_mask=batch.attention_mask
            )
            if output is None:
                return None
            rows = iter(output.float().cpu())
            for index in indices:
                states[index] = [next(rows)[: len(window) + 2].clone() for window in units[index].windows]
            bar.update(len(indices))
    return FrozenStates(states)
