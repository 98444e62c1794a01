"""Dropout that costs little on a CPU, where drawing one random number an element takes longer than the layer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = 256
_LEAST = torch.iinfo(torch.int64).min


class ByteDropout(nn.Dropout):
    """Dropout with the probability rounded to a multiple of 1/256, from random bytes drawn eight at a time.

    The generator is torch's own, so seeding, saving and restoring work as usual. Off the CPU it is ``nn.Dropout``.
    """

    def forward(self, values: Tensor) -> Tensor:
        """Values, some of them zero and the others scaled up, in training; the values as they are otherwise."""
        dropped = min(round(self.p * LEVELS), LEVELS - 1)
        if not self.training or dropped == 0:
            return values
        if values.device.type != "cpu":
            return F.dropout(values, self.p, training=True)
        count = values.numel()
        words = torch.empty(-(-count // 8), dtype=torch.int64).random_(_LEAST, None)
        kept = words.view(torch.uint8)[:count].view(values.shape) >= dropped
        return values * kept.to(values.dtype).mul_(LEVELS / (LEVELS - dropped))


def use_byte_dropout(module: nn.Module) -> None:
    """Replace every ``nn.Dropout`` in ``module``, in place."""
    for name, child in module.named_children():
        if type(child) is nn.Dropout:
            setattr(module, name, ByteDropout(child.p))
        else:
            use_byte_dropout(child)
