from __future__ import annotations

import pytest
import torch
from torch import nn

from coopclaims.model.features import Featuriser
from coopclaims.model.frozen import bypassed, frozen_output
from coopclaims.model.network import ClaimModel
from coopclaims.model.tensors import to_tensors

TEXTS = ["Hà Nội và Berlin ký biên bản.", "Both sides met."]


def test_the_pass_ends_where_the_frozen_part_does(model: ClaimModel, featuriser: Featuriser) -> None:
    model.freeze(embeddings=True, layers=1)
    batch = to_tensors(featuriser.batch(featuriser.units(TEXTS)))
    called: list[nn.Module] = []
    for layer in model.encoder_layers():
        layer.register_forward_hook(lambda module, *_: called.append(module))
    inputs = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
    states = frozen_output(model.encoder, model.frozen, **inputs)
    assert states is not None
    assert called == model.encoder_layers()[:1]
    expected = model.encoder(**inputs, output_hidden_states=True).hidden_states[1]
    torch.testing.assert_close(states, expected)


def test_known_states_take_the_place_of_the_frozen_part(model: ClaimModel, featuriser: Featuriser) -> None:
    model.freeze(embeddings=True, layers=1)
    batch = to_tensors(featuriser.batch(featuriser.units(TEXTS)))
    inputs = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
    with torch.no_grad():
        expected = model.encode(batch)
        batch.frozen_states = model.encoder(**inputs, output_hidden_states=True).hidden_states[1]
        found = model.encode(batch)
    torch.testing.assert_close(found.emissions, expected.emissions)


def test_modules_are_themselves_again_afterwards(model: ClaimModel) -> None:
    layer = model.encoder_layers()[0]
    with bypassed([layer], torch.zeros(1)):
        assert torch.equal(layer(torch.ones(1)), torch.zeros(1))
    assert "forward" not in layer.__dict__
    with pytest.raises(AttributeError), bypassed([layer], torch.zeros(1)):
        layer.no_such_method()
    assert "forward" not in layer.__dict__


def test_nothing_frozen_has_no_output(model: ClaimModel, featuriser: Featuriser) -> None:
    batch = to_tensors(featuriser.batch(featuriser.units(TEXTS)))
    assert frozen_output(model.encoder, [], input_ids=batch.input_ids) is None


def test_weights_that_train_below_are_noticed(model: ClaimModel, featuriser: Featuriser) -> None:
    """As in DeBERTa, where position embeddings that train serve the frozen layers too."""
    model.freeze(embeddings=True, layers=1)
    next(model.encoder_layers()[0].parameters()).requires_grad_(True)
    batch = to_tensors(featuriser.batch(featuriser.units(TEXTS)))
    assert frozen_output(model.encoder, model.frozen, input_ids=batch.input_ids) is None
