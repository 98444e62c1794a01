"""Unigram tokenizers in the manner of XLM-RoBERTa, and word isolation for any fast tokenizer.

A word is a match of ``\\w+|[^\\w\\s]`` in Python. Spans begin and end at word bounds, so no piece may straddle
one: *isolating* words means that the pre-tokeniser splits at every word bound before pieces are looked up.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import PreTrainedTokenizerFast

SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
MAX_LENGTH = 512

# Python's \\w is a letter, a number or "_"; for the regex engine of tokenizers, \\w has combining marks as well.
# A "▁" or a space that opens a word stays with it.
WORD = r"[▁ ]?(?:[\p{L}\p{N}_]+|[^▁\s])"
# SentencePiece reads most of these as a space, but deletes control characters, which would glue words together.
BLANK = r"\s\p{Cc}\p{Cf}▁\uFFFD"


def unigram_tokenizer(pieces: Sequence[tuple[str, float]]) -> PreTrainedTokenizerFast:
    """A word-isolating tokenizer from Unigram pieces with their scores (log probabilities), in order of their ids.

    The pieces must contain ``SPECIAL_TOKENS``. Text is normalised as for XLM-RoBERTa (NFKC; white space and
    control characters count as one space), "▁" opens what follows a space, and ``<s>`` … ``</s>`` enclose all.
    """
    ids = {piece: index for index, (piece, _) in enumerate(pieces)}
    tokenizer = Tokenizer(Unigram(list(pieces), unk_id=ids["<unk>"]))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", ids["<s>"]), ("</s>", ids["</s>"])],
    )
    names = {
        "bos": "<s>",
        "eos": "</s>",
        "cls": "<s>",
        "sep": "</s>",
        "pad": "<pad>",
        "unk": "<unk>",
        "mask": "<mask>",
    }
    special_tokens = {f"{role}_token": token for role, token in names.items()}
    _isolate(tokenizer)
    return wrap(tokenizer, MAX_LENGTH, special_tokens)


def wrap(tokenizer: Tokenizer, max_length: int, special_tokens: dict[str, Any]) -> PreTrainedTokenizerFast:
    """Wrap a backend tokenizer in the generic class: loading its saved form rebuilds no part of it.

    Special tokens that occur in a text ("</s>") are read as text. ``special_tokens`` maps roles (``bos_token``).
    """
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=max_length,
        padding_side="right",
        split_special_tokens=True,
        clean_up_tokenization_spaces=False,
        **special_tokens,
    )


def isolate_words(tokenizer: PreTrainedTokenizerFast) -> PreTrainedTokenizerFast:
    """A copy of any fast tokenizer, no piece of which straddles a word bound; its pieces and ids are the same.

    Give it text in NFC: it cannot keep a letter and its accent apart, which are two words in NFD. Words of which a
    normaliser leaves nothing (control characters, some marks, symbols such as "™") have no piece. Offsets leave out
    the space that "▁" stands for; byte-level ones may include it. An isolating tokenizer stays as it is.
    """
    backend = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    if json.dumps(WORD) not in json.dumps(_state(backend.pre_tokenizer)):
        _isolate(backend)
    return wrap(backend, tokenizer.model_max_length, tokenizer.special_tokens_map)


def _isolate(tokenizer: Tokenizer) -> None:
    blanks: normalizers.Normalizer = normalizers.Replace(Regex(f"[{BLANK}{_letter_symbols()}]+"), " ")
    original = tokenizer.normalizer
    tokenizer.normalizer = blanks if original is None else normalizers.Sequence([blanks, original])
    tokenizer.pre_tokenizer = _isolating(tokenizer.pre_tokenizer)


def _isolating(original: pre_tokenizers.PreTokenizer | None) -> pre_tokenizers.PreTokenizer:
    split = pre_tokenizers.Split(Regex(WORD), behavior="isolated")
    state = _state(original)
    if original is None:
        return split
    if state["type"] == "ByteLevel":
        # Its prefix space would go before commas too.
        original.add_prefix_space = False  # type: ignore[attr-defined]
    if "ByteLevel" in json.dumps(state):
        # It replaces characters by bytes, so it comes last.
        return pre_tokenizers.Sequence([split, original])
    if state["type"] == "Metaspace":
        original.prepend_scheme = "always"  # type: ignore[attr-defined]
        return pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), original, split])
    return pre_tokenizers.Sequence([original, split])


def _state(part: pre_tokenizers.PreTokenizer | None) -> dict[str, Any]:
    """What a pre-tokeniser is made of, as in tokenizer.json."""
    return dict(json.loads(part.__getstate__())) if part is not None else {}


@cache
def _letter_symbols() -> str:
    """Symbols that NFKC turns into letters ("™", "℃"), which would join the word beside them."""
    return "".join(
        character
        for character in map(chr, range(0x2000, 0x20000))
        if not character.isalnum() and any(part.isalnum() for part in unicodedata.normalize("NFKC", character))
    )
