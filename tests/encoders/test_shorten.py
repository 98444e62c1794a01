from __future__ import annotations

import pytest
import torch
from transformers import BertConfig, BertModel, ModernBertConfig, ModernBertModel

from coopclaims.encoders.shorten import layers_of, shorten
from coopclaims.errors import UserError


def bert(layers: int) -> BertModel:
    sizes = {"hidden_size": 8, "num_attention_heads": 1, "intermediate_size": 8, "vocab_size": 20}
    return BertModel(BertConfig(num_hidden_layers=layers, **sizes)).eval()


@pytest.mark.parametrize(
    ("layers", "kept", "expected"),
    [(12, 6, [1, 3, 5, 7, 9, 11]), (12, 4, [2, 5, 8, 11]), (12, 12, list(range(12))), (3, 1, [2])],
)
def test_layers_are_evenly_spaced_and_the_topmost_stays(layers: int, kept: int, expected: list[int]) -> None:
    encoder = bert(layers)
    before = list(layers_of(encoder))
    shorten(encoder, kept)
    assert list(layers_of(encoder)) == [before[index] for index in expected]
    assert encoder.config.num_hidden_layers == kept
    assert encoder(input_ids=torch.tensor([[1, 2, 3]])).last_hidden_state.shape == (1, 3, 8)


def test_layers_of_different_kinds_are_not_left_out() -> None:
    sizes = {"hidden_size": 8, "num_attention_heads": 1, "intermediate_size": 8, "vocab_size": 20, "pad_token_id": 0}
    encoder = ModernBertModel(ModernBertConfig(num_hidden_layers=4, **sizes))
    with pytest.raises(UserError, match="differ in kind; keep all 4"):
        shorten(encoder, 2)
    shorten(encoder, 4)
