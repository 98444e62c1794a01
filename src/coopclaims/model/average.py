"""One model out of several: the mean of their weights.

Models that were fine-tuned from the same pretrained weights and the same random heads, and differ in data order, rates
or passages, lie close enough that their mean is better than each, above all on text unlike the training text, and costs
nothing more to run. Method: Wortsman et al. (2022), "Model soups".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerFast

from coopclaims.errors import UserError
from coopclaims.model.folder import load_model_folder
from coopclaims.model.network import ClaimModel


def average_models(folders: Sequence[Path | str]) -> tuple[ClaimModel, PreTrainedTokenizerFast]:
    """The model whose weights are the means of those in ``folders``, and their common tokenizer.

    Raises UserError for fewer than two folders, and for models that differ in anything but the values of weights.
    """
    if len(folders) < 2:
        raise UserError("give at least two model folders to average")
    model, tokenizer = load_model_folder(folders[0])
    sums = {name: tensor.double() for name, tensor in model.state_dict().items()}
    for folder in folders[1:]:
        other, other_tokenizer = load_model_folder(folder)
        shapes = {name: tensor.shape for name, tensor in other.state_dict().items()}
        if shapes != {name: tensor.shape for name, tensor in sums.items()} or other.config.tags != model.config.tags:
            raise UserError(
                f"{folder}: another architecture or other labels than {folders[0]}; they cannot be averaged"
            )
        if other_tokenizer.backend_tokenizer.to_str() != tokenizer.backend_tokenizer.to_str():
            raise UserError(f"{folder}: another tokenizer than {folders[0]}; no mean of these")
        for name, tensor in other.state_dict().items():
            sums[name] += tensor
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.copy_(sums[name] / len(folders))
    return model, tokenizer
