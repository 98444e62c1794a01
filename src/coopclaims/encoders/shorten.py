"""Fewer layers: an encoder that keeps some of its layers, evenly spaced and the topmost among them."""

from __future__ import annotations

from torch import nn
from transformers import PreTrainedModel

from coopclaims.errors import UserError


def layers_of(encoder: PreTrainedModel) -> nn.ModuleList:
    """The encoder's transformer layers, lowest first. Raises ValueError for an encoder without such a list."""
    count = encoder.config.num_hidden_layers
    for module in encoder.modules():
        if isinstance(module, nn.ModuleList) and len(module) == count:
            return module
    raise ValueError(f"{type(encoder).__name__} has no list of {count} layers")


def shorten(encoder: PreTrainedModel, layers: int) -> None:
    """Keep ``layers`` of the encoder's layers, in place.

    Of twelve layers, six keep the second, fourth, …, twelfth (Sanh et al. 2019, "DistilBERT", keep every other one).
    Raises UserError where there are fewer, or where layers differ in kind.
    """
    all_layers = layers_of(encoder)
    if not 0 < layers <= len(all_layers):
        raise UserError(f"distillation.layers={layers}: the encoder has {len(all_layers)}")
    if layers == len(all_layers):
        return
    if getattr(encoder.config, "layer_types", None) and len(set(encoder.config.layer_types)) > 1:
        name, count = type(encoder).__name__, len(all_layers)
        raise UserError(f"distillation.layers={layers}: the layers of {name} differ in kind; keep all {count}")
    kept = [round((index + 1) * len(all_layers) / layers) - 1 for index in range(layers)]
    chosen = [all_layers[index] for index in kept]
    del all_layers[:]
    all_layers.extend(chosen)
    encoder.config.num_hidden_layers = layers
