"""Training steps that leave some encoder layers out: less to compute, and layers that rely less on one another."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from torch import nn


def drawn_layers(layers: Sequence[int], share: float, seed: int, step: int) -> frozenset[int]:
    """Those of ``layers`` to leave out of a step, each with the probability ``share``.

    LayerDrop (Fan et al. 2019, arXiv:1909.11556). The draw depends on seed and step alone, so that a resumed run leaves
    out what it would have left out.
    """
    draw = random.Random(f"{seed} {step}")
    return frozenset(layer for layer in layers if draw.random() < share)


@contextmanager
def without_layers(layers: nn.ModuleList, left_out: frozenset[int]) -> Iterator[None]:
    """Let ``layers`` list only what is not ``left_out`` (indices), for the time of a forward pass."""
    all_layers = layers._modules
    layers._modules = {name: layer for name, layer in all_layers.items() if int(name) not in left_out}
    try:
        yield
    finally:
        layers._modules = all_layers
