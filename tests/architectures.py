"""Tiny random encoders of each architecture that we promise to train, as folders that the hub could have given."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertModel,
    DebertaV2Config,
    DebertaV2Model,
    ModernBertConfig,
    ModernBertModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from coopclaims.corpus.jsonl import read_passages
from coopclaims.encoders.config import EncoderConfig
from coopclaims.encoders.load import load_encoder

ARCHITECTURES = ("bert", "xlm-roberta", "deberta-v3", "modernbert")
PASSAGES = Path(__file__).parent / "fixtures" / "passages.jsonl"
SIZES = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 48}


def save_encoder(architecture: str, folder: Path) -> Path:
    """A folder with random weights and a tokenizer of the architecture's own kind."""
    tokenizer = {"bert": word_piece, "modernbert": byte_level}.get(architecture, unigram)()
    torch.manual_seed(0)
    build(architecture, tokenizer).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def build(architecture: str, tokenizer: PreTrainedTokenizerFast) -> PreTrainedModel:
    sizes = {**SIZES, "vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id}
    if architecture == "bert":
        return BertModel(BertConfig(**sizes))
    if architecture == "xlm-roberta":
        return XLMRobertaModel(XLMRobertaConfig(**sizes, max_position_embeddings=514))
    if architecture == "deberta-v3":
        relative = {"relative_attention": True, "position_buckets": 16, "norm_rel_ebd": "layer_norm"}
        attention = {"pos_att_type": ["p2c", "c2p"], "share_att_key": True, "type_vocab_size": 0}
        config = DebertaV2Config(**sizes, **relative, **attention, position_biased_input=False)
        return DebertaV2Model(config)
    every = {"global_attn_every_n_layers": 3, "local_attention": 16}
    ids = {"cls_token_id": tokenizer.cls_token_id, "sep_token_id": tokenizer.sep_token_id}
    return ModernBertModel(ModernBertConfig(**sizes, **every, **ids, bos_token_id=None, eos_token_id=None))


def words() -> list[str]:
    text = " ".join(passage.text for passage in read_passages(PASSAGES))
    return sorted(set(text.split()))


def unigram() -> PreTrainedTokenizerFast:
    return load_encoder(EncoderConfig(kind="tiny")).tokenizer


def word_piece() -> PreTrainedTokenizerFast:
    characters = sorted(set("".join(words())))
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words(), *characters, *(f"##{c}" for c in characters)]
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return wrapped(tokenizer, "[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]")


def byte_level() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(words(), trainer)
    return wrapped(tokenizer, *special)


def wrapped(tokenizer: Tokenizer, cls: str, sep: str, pad: str, unk: str, mask: str) -> PreTrainedTokenizerFast:
    ids = [(token, tokenizer.token_to_id(token)) for token in (sep, cls)]
    tokenizer.post_processor = processors.BertProcessing(*ids)
    roles = {"cls_token": cls, "sep_token": sep, "pad_token": pad, "unk_token": unk, "mask_token": mask}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=512, **roles)
