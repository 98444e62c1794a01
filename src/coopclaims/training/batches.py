"""Which examples go into which batch: alike in length, under a piece budget, in an order that the seed decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coopclaims.model.predict import cut_batches, unit_width
from coopclaims.model.units import Unit

# Lengths are blurred by this much before sorting, so that batches differ from epoch to epoch.
LENGTH_JITTER = 0.05


def plan_epoch(units: Sequence[Unit], batch_pieces: int, seed: int, epoch: int) -> list[list[int]]:
    """Batches of unit indices for one epoch: every unit with words once; the same for the same arguments."""
    random = np.random.default_rng([seed, epoch])
    indices = [index for index, unit in enumerate(units) if unit.windows]
    jitter = random.uniform(1 - LENGTH_JITTER, 1 + LENGTH_JITTER, len(indices))
    order = np.argsort([unit_width(units[index]) * factor for index, factor in zip(indices, jitter, strict=True)])
    ordered = [indices[position] for position in order]
    batches = list(cut_batches([units[index] for index in ordered], ordered, batch_pieces))
    return [batches[position] for position in random.permutation(len(batches))]


def steps_of_rank(batches: Sequence[list[int]], rank: int, world: int, accumulation: int) -> list[list[list[int]]]:
    """The batches of each optimiser step that one process runs; an empty list is a batch it sits out.

    A step takes ``world × accumulation`` batches; all processes get equally many steps and batches a step.
    """
    per_step = world * accumulation
    padded = [*batches, *[[] for _ in range(-len(batches) % per_step)]]
    return [padded[start + rank : start + per_step : world] for start in range(0, len(padded), per_step)]


def padding_share(units: Sequence[Unit], batches: Sequence[Sequence[int]]) -> float:
    """Share of the pieces that the encoder reads in ``batches`` which are padding."""
    padded = real = 0
    for batch in batches:
        rows = sum(len(units[index].windows) for index in batch)
        padded += rows * max(unit_width(units[index]) for index in batch)
        real += sum(units[index].pieces + 2 * len(units[index].windows) for index in batch)
    return 1 - real / padded if padded else 0.0
