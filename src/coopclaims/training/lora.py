"""Low-rank adapters (LoRA, Hu et al. 2021) through peft: the encoder stays as it is, small matrices beside it train."""

from __future__ import annotations

import copy

from coopclaims.errors import UserError
from coopclaims.model.network import ClaimModel
from coopclaims.training.config import LoraConfig


def add_adapters(model: ClaimModel, config: LoraConfig) -> None:
    """Put an adapter beside every linear map of the encoder; only adapters and heads train from then on.

    Raises UserError where peft is not installed.
    """
    if config.rank == 0:
        return
    try:
        from peft import LoraConfig as PeftConfig
        from peft import inject_adapter_in_model
    except ImportError as error:
        raise UserError("lora.rank needs the package peft: pip install 'coopclaims[lora]'") from error
    model.encoder.requires_grad_(False)
    adapters = PeftConfig(
        r=config.rank, lora_alpha=config.alpha, lora_dropout=config.dropout, target_modules="all-linear"
    )
    inject_adapter_in_model(adapters, model.encoder)


def merged_model(model: ClaimModel) -> ClaimModel:
    """The model as it was built, with the adapters added to its weights; without adapters, the model itself."""
    if not any(hasattr(module, "lora_A") for module in model.encoder.modules()):
        return model
    merged = copy.deepcopy(model)
    for name, module in list(merged.encoder.named_modules()):
        if hasattr(module, "lora_A"):
            module.merge()
            parent, _, child = name.rpartition(".")
            setattr(merged.encoder.get_submodule(parent), child, module.get_base_layer())
    return merged
