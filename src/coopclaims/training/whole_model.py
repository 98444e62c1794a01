"""The model as it would be used, out of whatever way it is being trained in."""

from __future__ import annotations

from pathlib import Path

from accelerate import Accelerator
from transformers import PreTrainedTokenizerFast

from coopclaims.model.folder import load_model_folder, save_model_folder
from coopclaims.model.losses import LossModule
from coopclaims.model.network import ClaimModel
from coopclaims.training.config import LoraConfig
from coopclaims.training.hardware import SHARDED
from coopclaims.training.lora import add_adapters, merged_model


def whole_model(
    accelerator: Accelerator,
    losses: LossModule,
    model: ClaimModel,
    tokenizer: PreTrainedTokenizerFast,
    lora: LoraConfig,
    folder: Path,
) -> ClaimModel:
    """The model with all its weights, adapters merged, in evaluation mode, in this process.

    Where no process has all weights, the first one gathers them from ``losses`` and writes them to ``folder``, and
    each reads them back. Every process calls it.
    """
    if accelerator.distributed_type not in SHARDED:
        return merged_model(model).eval()
    gathered = accelerator.get_state_dict(losses)
    if accelerator.is_main_process:
        whole = ClaimModel(model.config)
        add_adapters(whole, lora)
        whole.load_state_dict({name.removeprefix("model."): value for name, value in gathered.items()})
        save_model_folder(folder, merged_model(whole), tokenizer)
    accelerator.wait_for_everyone()
    found, _ = load_model_folder(folder)
    return found.to(accelerator.device)
