from __future__ import annotations

import json
import random
import re
import unicodedata
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from coopclaims.encoders.load import Encoder
from coopclaims.encoders.tokenizer import SPECIAL_TOKENS, isolate_words, unigram_tokenizer, wrap

TEXT = 'Bộ Công Thương (MOIT) và Siemens™ ký 3 thỏa-thuận: 2,4 Mio. € bei 25℃, "Straße" U.S.-Japan… don\'t 5½ m² №7'
ALPHABET = (
    "ab ệßÖz09 _-.,;:…™℃№½²①㈱€$%&/()[]«»„“’'\"`´¨"
    "\t\n\r\u00a0\u00ad\u200b\u200d\ufeff\u2028\x01\x85▁ĠﬁﾊA中一ไก่\u0302😀👍🏽"
)


def words(text: str) -> list[tuple[int, int]]:
    """Bounds of the words that have pieces: controls and symbols such as "™" are blanks to an isolating tokenizer."""
    return [match.span() for match in re.finditer(r"\w+|[^\w\s™℃№㈱▁\x01\x85\u00ad\u200b\u200d\ufeff]", text)]


def straddling(tokenizer: PreTrainedTokenizerFast, text: str) -> list[str]:
    offsets = tokenizer(text, return_offsets_mapping=True, add_special_tokens=False)["offset_mapping"]
    bounds = words(text)
    return [text[a:b] for a, b in offsets if sum(start < b and a < end for start, end in bounds) > 1]


def word_piece() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator([TEXT] * 3, trainers.WordPieceTrainer(special_tokens=["[UNK]"], show_progress=False))
    return wrap(tokenizer, 512, {"unk_token": "[UNK]"})


def byte_level() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(initial_alphabet=alphabet, vocab_size=400, show_progress=False)
    tokenizer.train_from_iterator([TEXT, 'a-b "a', "2.4 a.b"] * 5, trainer)
    return wrap(tokenizer, 512, {})


def metaspace(scheme: str) -> PreTrainedTokenizerFast:
    straddlers = ["▁a.b", "-J", "2,4", "▁(M", "gTM", "°C"]
    characters = sorted(set(TEXT + ALPHABET + "▁TMCNo(株)⁄") - {" "})
    pieces = [(piece, 0.0) for piece in SPECIAL_TOKENS] + [(piece, -1.0) for piece in straddlers]
    tokenizer = Tokenizer(models.Unigram([*pieces, *((piece, -5.0) for piece in characters)], unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme)
    return wrap(tokenizer, 512, {"unk_token": "<unk>"})


TOKENIZERS = {
    "unigram, always": lambda: metaspace("always"),
    "unigram, first": lambda: metaspace("first"),
    "word piece": word_piece,
    "byte level": byte_level,
}


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_no_piece_straddles_a_word_bound(kind: str) -> None:
    tokenizer = isolate_words(TOKENIZERS[kind]())
    generator = random.Random(0)
    texts = [TEXT] + ["".join(generator.choices(ALPHABET, k=30)) for _ in range(300)]
    for text in texts:
        # NFKC takes the ligature apart and joins its second letter with the accent, which is another word.
        composed = unicodedata.normalize("NFC", text.replace("\u0302", "") if "ﬁ" in text else text)
        assert straddling(tokenizer, composed) == []


def test_without_isolation_pieces_do_straddle() -> None:
    assert straddling(metaspace("always"), "x (M 2,4 U.S-J gTM a.b")


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_isolation_keeps_vocabulary_and_the_original(kind: str) -> None:
    tokenizer = TOKENIZERS[kind]()
    before = tokenizer(TEXT)["input_ids"]
    isolated = isolate_words(tokenizer)
    assert isolated.get_vocab() == tokenizer.get_vocab()
    assert tokenizer(TEXT)["input_ids"] == before
    assert isolated("thương ab")["input_ids"] == isolate_words(isolated)("thương ab")["input_ids"]


def test_metaspace_opens_words_after_a_space_only(tiny_encoder: Encoder) -> None:
    tokenizer = tiny_encoder.tokenizer
    text = "  in (in,\tin…"
    encoding = tokenizer(text, return_offsets_mapping=True, add_special_tokens=False)
    assert tokenizer.convert_ids_to_tokens(encoding["input_ids"]) == ["▁in", "▁(", "in", ",", "▁in", ".", ".", "."]
    assert [text[a:b] for a, b in encoding["offset_mapping"]] == ["in", "(", "in", ",", "in", "…", "…", "…"]


def test_sequence_is_enclosed_and_padded_on_the_right(tiny_encoder: Encoder) -> None:
    tokenizer = tiny_encoder.tokenizer
    batch = tokenizer(["in", "in in"], padding=True)["input_ids"]
    assert batch[0][0] == tokenizer.bos_token_id == tokenizer.cls_token_id
    assert batch[0][-2:] == [tokenizer.eos_token_id, tokenizer.pad_token_id]
    assert tokenizer.model_max_length == 512


def test_special_tokens_in_a_text_are_text(tiny_encoder: Encoder) -> None:
    ids = tiny_encoder.tokenizer("a </s> <mask> <pad>", add_special_tokens=False)["input_ids"]
    assert not {tiny_encoder.tokenizer.convert_tokens_to_ids(token) for token in SPECIAL_TOKENS} & set(ids)


def test_characters_out_of_the_vocabulary_are_unknown(tiny_encoder: Encoder) -> None:
    ids = tiny_encoder.tokenizer("😀", add_special_tokens=False)["input_ids"]
    assert tiny_encoder.tokenizer.unk_token_id in ids


@pytest.mark.parametrize("model_type", [None, "bert", "xlm-roberta", "deberta-v2"])
def test_saved_tokenizer_is_loaded_as_it_was(tiny_encoder: Encoder, tmp_path: Path, model_type: str | None) -> None:
    tokenizer = tiny_encoder.tokenizer
    tokenizer.save_pretrained(tmp_path)
    if model_type:
        (tmp_path / "config.json").write_text(json.dumps({"model_type": model_type}))
    loaded = AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)
    hostile = [TEXT, "", "  ", "a </s> <mask>b", ALPHABET, "\ufeffx\r\n\ty"]
    for text in hostile:
        options = {"return_offsets_mapping": True, "return_special_tokens_mask": True}
        assert dict(loaded(text, **options)) == dict(tokenizer(text, **options))
    assert loaded.special_tokens_map == tokenizer.special_tokens_map
    assert (loaded.model_max_length, loaded.padding_side) == (512, "right")
    assert loaded.backend_tokenizer.to_str() == tokenizer.backend_tokenizer.to_str()


def test_best_segmentation_wins() -> None:
    pieces = [(token, 0.0) for token in SPECIAL_TOKENS]
    pieces += [("▁", -3.0), ("a", -3.0), ("b", -3.0), ("▁a", -4.0), ("ab", -2.0)]
    tokenizer = unigram_tokenizer(pieces)
    assert tokenizer.convert_ids_to_tokens(tokenizer("ab", add_special_tokens=False)["input_ids"]) == ["▁", "ab"]
