from __future__ import annotations

import copy

import pytest
import torch

from coopclaims.encoders.shorten import layers_of
from coopclaims.model.features import Featuriser
from coopclaims.model.layer_drop import drawn_layers, without_layers
from coopclaims.model.network import ClaimModel
from coopclaims.model.tensors import TensorBatch, to_tensors


@pytest.fixture
def batch(featuriser: Featuriser) -> TensorBatch:
    return to_tensors(featuriser.batch(featuriser.units(["Hà Nội và Berlin ký biên bản.", "Both sides met."])))


def test_a_draw_depends_on_seed_and_step_alone() -> None:
    draws = [drawn_layers(range(12), 0.3, 5, step) for step in range(50)]
    assert draws == [drawn_layers(range(12), 0.3, 5, step) for step in range(50)]
    assert draws != [drawn_layers(range(12), 0.3, 6, step) for step in range(50)]
    assert len(set(draws)) > 30


def test_each_layer_is_drawn_as_often_as_its_share_says() -> None:
    draws = [drawn_layers(range(2, 12), 0.2, 0, step) for step in range(2000)]
    for layer in range(2, 12):
        assert 0.16 < sum(layer in draw for draw in draws) / len(draws) < 0.24
    assert not any(layer in draw for draw in draws for layer in (0, 1))
    assert drawn_layers(range(12), 0.0, 0, 0) == frozenset()


def test_a_pass_without_a_layer_is_that_of_an_encoder_that_lacks_it(model: ClaimModel, batch: TensorBatch) -> None:
    shorter = copy.deepcopy(model)
    del layers_of(shorter.encoder)[0]
    shorter.encoder.config.num_hidden_layers -= 1
    no_dropout(model.train())
    no_dropout(shorter.train())
    model.left_out = frozenset({0})
    with torch.no_grad():
        assert torch.equal(model.encode(batch).emissions, shorter.encode(batch).emissions)


def test_evaluation_uses_all_layers(model: ClaimModel, batch: TensorBatch) -> None:
    model.eval()
    with torch.no_grad():
        expected = model.encode(batch).emissions
        model.left_out = frozenset({0, 1})
        assert torch.equal(model.encode(batch).emissions, expected)


def test_layers_are_all_there_again_after_an_error(model: ClaimModel) -> None:
    layers = layers_of(model.encoder)
    before, names = list(layers), list(model.state_dict())
    with without_layers(layers, frozenset({0})):
        assert list(layers) == before[1:]
    with pytest.raises(IndexError), without_layers(layers, frozenset({0})):
        layers[len(before) - 1]
    assert list(layers) == before
    assert list(model.state_dict()) == names


def no_dropout(model: ClaimModel) -> None:
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
