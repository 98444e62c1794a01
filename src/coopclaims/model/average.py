"""One model out of several: the mean of their weights.

Models that were fine-tuned from the same pretrained weights and the same random heads, and differ in data order, rates
or passages, lie close enough that their mean is better than each, above all on text unlike the training text, and costs
nothing more to run. Method: Wortsman et al. (2022), "Model soups".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerFast

from coopclaims.errors import UserError
from coopclaims.model.config import ClaimConfig
from coopclaims.model.folder import load_model_folder
from coopclaims.model.network import ClaimModel


def average_models(folders: Sequence[Path | str]) -> tuple[ClaimModel, PreTrainedTokenizerFast]:
    """The model whose weights are the means of those in ``folders``, and their common tokenizer.

    Its temperatures are 1: those of the models do not fit their mean. Raises UserError for fewer than two folders, and
    for models that differ in anything but the values of weights and temperatures.
    """
    if len(folders) < 2:
        raise UserError("give at least two model folders to average")
    model, tokenizer = load_model_folder(folders[0])
    model.config.temperatures = ClaimConfig().temperatures
    sums = {name: tensor.double() for name, tensor in model.state_dict().items()}
    for folder in folders[1:]:
        other, other_tokenizer = load_model_folder(folder)
        if differing := sorted(_differing(model.config, other.config)):
            raise UserError(f"{folder}: not like {folders[0]} in {', '.join(differing)}; they cannot be averaged")
        if other_tokenizer.backend_tokenizer.to_str() != tokenizer.backend_tokenizer.to_str():
            raise UserError(f"{folder}: another tokenizer than {folders[0]}; no mean of these")
        for name, tensor in other.state_dict().items():
            sums[name] += tensor
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.copy_(sums[name] / len(folders))
    return model, tokenizer


def _differing(one: ClaimConfig, other: ClaimConfig) -> set[str]:
    """Settings that two models do not share; they decide the shapes of all weights too."""
    settings, others = _settings(one.to_dict()), _settings(other.to_dict())
    return {key for key in settings.keys() | others.keys() if settings.get(key) != others.get(key)}


def _settings(config: dict[str, Any]) -> dict[str, Any]:
    """What a model is, without where it came from and what is fitted afterwards."""
    without = ("temperatures", "transformers_version")
    kept = {key: value for key, value in config.items() if key not in without and not key.startswith("_")}
    return {key: _settings(value) if key == "encoder" else value for key, value in kept.items()}
