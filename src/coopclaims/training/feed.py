"""What each optimiser step reads: batches planned by epoch, other names and masks, states of frozen layers."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from accelerate import Accelerator

from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel
from coopclaims.model.units import Example
from coopclaims.training.batches import plan_epoch, steps_of_rank
from coopclaims.training.config import TrainConfig, order_seed
from coopclaims.training.frozen_states import FrozenStates, cached_frozen_states, may_cache
from coopclaims.training.micro_batch import MicroBatch, micro_batch
from coopclaims.training.variants import Variants, changes_anything

log = logging.getLogger(__name__)


class Feed:
    """Plans epochs over the training examples and makes the inputs of their steps; epochs count from 1."""

    def __init__(
        self,
        config: TrainConfig,
        accelerator: Accelerator,
        model: ClaimModel,
        featuriser: Featuriser,
        examples: Sequence[Example],
    ) -> None:
        self.config = config
        self.accelerator = accelerator
        self.model = model
        self.featuriser = featuriser
        self.examples = examples
        self.units = [example.unit for example in examples]
        self.frozen_states: FrozenStates | None = None
        self.variants: Variants | None = None
        if changes_anything(config.augmentation):
            self.variants = Variants(examples, featuriser, config.augmentation, order_seed(config))

    def batches(self, epoch: int) -> list[list[int]]:
        """All batches (indices of examples) of an epoch, those of other processes included."""
        return plan_epoch(self.units, self.config.trainer.batch_pieces, order_seed(self.config), epoch)

    def plan(self, epoch: int) -> list[list[list[int]]]:
        """Batches of each optimiser step of an epoch that this process runs."""
        rank, world = self.accelerator.process_index, self.accelerator.num_processes
        return steps_of_rank(self.batches(epoch), rank, world, self.config.trainer.accumulation_steps)

    def total_steps(self) -> int:
        """Optimiser steps of all epochs, or fewer where the configuration sets a limit."""
        total = sum(len(self.plan(epoch)) for epoch in range(1, self.config.trainer.epochs + 1))
        return min(total, self.config.trainer.max_steps or total)

    def micro_batches(self, step: Sequence[Sequence[int]], epoch: int) -> list[MicroBatch]:
        """The inputs of one optimiser step of this process; one that it sits out counts for nothing."""
        return [self.micro_batch(indices, epoch) if indices else self._stand_in(epoch) for indices in step]

    def micro_batch(self, indices: Sequence[int], epoch: int) -> MicroBatch:
        """Inputs and targets of some examples."""
        pin = self.accelerator.device.type == "cuda"
        examples = [self.examples[index] for index in indices]
        if self.variants is not None:
            examples = self.variants.of(indices, epoch)
        return micro_batch(self.featuriser, examples, indices, self.frozen_states, pin)

    def _stand_in(self, epoch: int) -> MicroBatch:
        first = next(index for index, unit in enumerate(self.units) if unit.windows)
        return self.micro_batch([first], epoch).uncounted()

    def caches_frozen_states(self) -> bool:
        """Whether states of the frozen layers are to be computed once; for a single pass they would save nothing."""
        several = self.total_steps() > len(self.plan(1)) and self.variants is None
        return several and may_cache(self.accelerator, self.model, self.units, self.config.trainer.cache_frozen_gib)

    def cache_frozen_states(self) -> None:
        """Compute the states of the frozen layers where that is worth it; from then on the steps hold them."""
        if self.caches_frozen_states():
            self.frozen_states = cached_frozen_states(self.accelerator, self.model, self.featuriser, self.units)
        elif self.model.frozen:
            log.info("states of the frozen layers not cached: a single pass, variants, or trainer.cache_frozen_gib")
