"""Vocabulary trimming: keep of a multilingual vocabulary only the pieces that some languages use.

``pieces_vi_de_en.txt`` lists the pieces of the XLM-RoBERTa vocabulary that Vietnamese, German and English text
needs, one a line, in the order of that vocabulary; ``piece_list.py`` says how it was made. The file has no header,
because every line is a piece, "#" too. Special tokens are not in it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from importlib.resources import files
from typing import Any

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from coopclaims.encoders.piece_list import listed_words, numbers, pieces_of_tokenizer
from coopclaims.encoders.tokenizer import wrap
from coopclaims.errors import UserError

log = logging.getLogger(__name__)

PIECE_LIST = "pieces_vi_de_en.txt"
LEAST_SHARE = 0.99


def listed_pieces() -> list[str]:
    """The pieces that Vietnamese, German and English use."""
    text = files("coopclaims.encoders").joinpath(PIECE_LIST).read_text(encoding="utf-8")
    return text.removesuffix("\n").split("\n")


def kept_ids(pieces: Sequence[str], wanted: Collection[str], special_tokens: Collection[str]) -> list[int]:
    """Ids of the pieces to keep: the special tokens first, then the wanted pieces, each in their old order."""
    special = set(special_tokens)
    ordinary = set(wanted) - special
    first = [index for index, piece in enumerate(pieces) if piece in special]
    return first + [index for index, piece in enumerate(pieces) if piece in ordinary]


def wanted_pieces(tokenizer: PreTrainedTokenizerFast) -> list[str] | None:
    """The pieces to keep of a word-isolating Unigram or WordPiece tokenizer; None where it cannot be trimmed.

    Those of XLM-RoBERTa's family are listed; for other vocabularies the words of the package wordfreq are spelled,
    which takes about a minute. Byte-level BPE (ModernBERT) is left whole: its merges need all their parts.
    """
    kind = type(tokenizer.backend_tokenizer.model).__name__
    if kind not in ("Unigram", "WordPiece"):
        return None
    listed = listed_pieces()
    if kind == "Unigram" and shares_pieces(tokenizer, listed):
        return listed
    try:
        words = [*listed_words(), *numbers()]
    except ImportError:
        log.warning("the vocabulary is not trimmed: that needs pip install 'coopclaims[trim]' for this tokenizer")
        return None
    return pieces_of_tokenizer(tokenizer.backend_tokenizer, words)


def shares_pieces(tokenizer: PreTrainedTokenizerFast, wanted: Collection[str]) -> bool:
    """Whether the tokenizer has (nearly) all the wanted pieces, as XLM-RoBERTa's family has.

    Another Unigram vocabulary (mDeBERTa's) has only some of them; trimmed to those, it would break up words.
    """
    present = tokenizer.get_vocab().keys()
    return sum(piece in present for piece in wanted) >= LEAST_SHARE * len(wanted)


def trim_tokenizer(
    tokenizer: PreTrainedTokenizerFast, wanted: Collection[str]
) -> tuple[PreTrainedTokenizerFast, list[int]]:
    """A copy of a Unigram or WordPiece tokenizer that has only the special tokens and the wanted pieces, and their
    old ids.

    Row i of a trimmed embedding is row ``ids[i]`` of the old one. Text whose pieces are all kept is tokenised as
    before.
    """
    state = json.loads(tokenizer.backend_tokenizer.to_str())
    model, added = state["model"], sorted(state["added_tokens"], key=lambda token: token["id"])
    scores = dict(model["vocab"]) if model["type"] == "Unigram" else {}
    pieces = list(scores) or sorted(model["vocab"], key=lambda piece: model["vocab"][piece])
    for token in added:
        if token["id"] > len(pieces):
            raise UserError(f"this vocabulary has a gap before {token['content']!r}: use encoder.trim=false")
        pieces += [token["content"]] if token["id"] == len(pieces) else []
    unknown = pieces[model["unk_id"]] if model["type"] == "Unigram" else model["unk_token"]
    ids = kept_ids(pieces, wanted, {unknown, *(token["content"] for token in added)})
    new_ids = {pieces[old]: new for new, old in enumerate(ids)}
    if model["type"] == "Unigram":
        model["unk_id"] = new_ids[unknown]
        model["vocab"] = [[piece, scores.get(piece, 0.0)] for piece in new_ids]
    else:
        model["vocab"] = new_ids
    for token in added:
        token["id"] = new_ids[token["content"]]
    state["post_processor"] = _renumbered(state["post_processor"], new_ids)
    trimmed = Tokenizer.from_str(json.dumps(state))
    return wrap(trimmed, tokenizer.model_max_length, tokenizer.special_tokens_map), ids


def _renumbered(post_processor: dict[str, Any] | None, new_ids: dict[str, int]) -> dict[str, Any] | None:
    """The post-processor with the new ids of its special tokens."""
    if post_processor is None:
        return None
    if post_processor["type"] == "TemplateProcessing":
        for special in post_processor["special_tokens"].values():
            special["ids"] = [new_ids[token] for token in special["tokens"]]
    for part in post_processor.get("processors", []):
        _renumbered(part, new_ids)
    for role in ("sep", "cls"):
        if role in post_processor:
            token = post_processor[role][0]
            post_processor[role] = [token, new_ids[token]]
    return post_processor
