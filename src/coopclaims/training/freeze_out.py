"""FreezeOut: encoder layers leave training one by one, the lowest first, as the lower ones have least left to learn."""

from __future__ import annotations

from torch import nn

from coopclaims.model.network import ClaimModel
from coopclaims.training.config import OptimiserConfig


def trained_shares(layers: int, config: OptimiserConfig) -> list[float]:
    """The share of the steps in which each of ``layers`` encoder layers trains, the lowest first.

    The lowest one that trains at all does so until ``config.freeze_out`` (None: to the end), the others end at even
    distances after it, as in FreezeOut's linear schedule (Brock et al. 2017, arXiv:1706.04983).
    """
    first = 1.0 if config.freeze_out is None else config.freeze_out
    trained = max(layers - config.freeze_layers, 1)
    return [first + (1 - first) * max(layer - config.freeze_layers, 0) / trained for layer in range(layers)]


class FreezeOut:
    """Switches the gradients of encoder layers off and on; what was frozen before it was made stays so."""

    def __init__(self, model: ClaimModel, config: OptimiserConfig) -> None:
        layers = model.encoder_layers()
        self.shares = trained_shares(len(layers), config)
        self.parameters = [_trainable(layer) for layer in layers]
        if config.freeze_out is not None:
            # They lie below the lowest layer: where they train, they stop with it.
            self.parameters[0] += _trainable(model.encoder.embeddings)

    def at(self, step: int, steps: int) -> None:
        """Let those layers have gradients that train in step ``step`` (from 0) of ``steps``."""
        for share, parameters in zip(self.shares, self.parameters, strict=True):
            for parameter in parameters:
                parameter.requires_grad_(step < share * steps)


def _trainable(module: nn.Module) -> list[nn.Parameter]:
    return [parameter for parameter in module.parameters() if parameter.requires_grad]
