"""What one forward and backward pass takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from coopclaims.model.collation import span_batch, target_batch
from coopclaims.model.features import Featuriser
from coopclaims.model.losses import loss_counts
from coopclaims.model.tensors import TensorBatch, TensorSpans, TensorTargets, pinned, to_device, to_tensors
from coopclaims.model.units import Example
from coopclaims.training.frozen_states import FrozenStates


@dataclass(frozen=True)
class MicroBatch:
    """Inputs and targets of the examples ``indices``; what the losses cover (words, pairs, …) and the pieces read."""

    indices: Sequence[int]
    batch: TensorBatch
    spans: TensorSpans
    targets: TensorTargets
    counts: dict[str, int]

    def uncounted(self) -> MicroBatch:
        """The same for a process that only keeps in step: it counts for nothing."""
        return replace(self, indices=[], counts=dict.fromkeys(self.counts, 0))

    def on(self, device: torch.device) -> tuple[TensorBatch, TensorSpans, TensorTargets]:
        """Inputs and targets on a device."""
        return to_device(self.batch, device), to_device(self.spans, device), to_device(self.targets, device)


def micro_batch(
    featuriser: Featuriser,
    examples: Sequence[Example],
    indices: Sequence[int],
    frozen_states: FrozenStates | None,
    pin: bool,
) -> MicroBatch:
    """Collate the examples that stand for ``indices``, with what is known of their states in the frozen layers.

    ``pin`` for copying to a GPU.
    """
    batch = to_tensors(featuriser.batch([example.unit for example in examples]))
    if frozen_states is not None:
        batch.frozen_states = frozen_states.batch(indices)
    spans = to_tensors(span_batch([example.targets.spans for example in examples]))
    targets = to_tensors(target_batch([example.targets for example in examples]))
    counts = loss_counts(batch, targets) | {"pieces": sum(example.unit.pieces for example in examples)}
    if pin:
        batch, spans, targets = pinned(batch), pinned(spans), pinned(targets)
    return MicroBatch(indices, batch, spans, targets, counts)
