"""Start from an earlier model folder of ours: its encoder and tokenizer, and its heads as far as names agree."""

from __future__ import annotations

import logging
from pathlib import Path

import torch

from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError
from coopclaims.model.config import ClaimConfig
from coopclaims.model.folder import load_model_folder
from coopclaims.model.network import ClaimModel

log = logging.getLogger(__name__)


def earlier_model(folder: str) -> tuple[ClaimModel, Encoder]:
    """The model of a folder and, as a pretrained encoder for a new one, its encoder and tokenizer."""
    model, tokenizer = load_model_folder(folder)
    return model, Encoder(
        model.encoder, tokenizer, {"kind": "model folder", "name": Path(folder).resolve().parent.name}
    )


@torch.no_grad()
def copy_heads(model: ClaimModel, earlier: ClaimModel) -> None:
    """Copy what the heads of ``earlier`` learned: rows of tags, labels, types and statuses of the same names.

    What only the new model has keeps its random values. Raises UserError where the heads are of another size.
    """
    if model.config.span_size != earlier.config.span_size:
        raise UserError(
            f"model.span_size={model.config.span_size}: the earlier model has {earlier.config.span_size}; use the same"
        )
    known = dict(earlier.named_parameters())
    for name, parameter in model.named_parameters():
        if name.startswith("encoder."):
            continue
        axes = list(zip(_names(name, model.config), _names(name, earlier.config), strict=True))
        rows = [[new.index(shared) for shared in new if shared in old] for new, old in axes]
        sources = [[old.index(shared) for shared in new if shared in old] for new, old in axes]
        if rows:
            parameter[_grid(rows)] = known[name][_grid(sources)]
        else:
            parameter.copy_(known[name])
    shared = sorted(set(model.config.span_labels) & set(earlier.config.span_labels))
    log.info("heads taken over for %d of %d labels", len(shared), len(model.config.span_labels))


def _grid(rows: list[list[int]]) -> tuple[torch.Tensor, ...]:
    """Indices of all combinations of rows along the first axes; there may be none."""
    return torch.meshgrid(*(torch.tensor(row, dtype=torch.long) for row in rows), indexing="ij")


def _names(parameter: str, config: ClaimConfig) -> list[list[str]]:
    """What the entries along the first axes of a head's parameter stand for; none for layers without names."""
    by_module = {
        "tag_head": [config.tags],
        "transitions": [config.tags, config.tags],
        "first_tag": [config.tags],
        "label_embedding": [config.span_labels],
        "type_head.3": [config.claim_types],
        "status_head.3": [config.claim_statuses],
    }
    module = parameter if parameter in by_module else parameter.rpartition(".")[0]
    return by_module.get(module, [])
