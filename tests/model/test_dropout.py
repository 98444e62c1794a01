from __future__ import annotations

import pytest
import torch
from torch import nn

from coopclaims.model.dropout import ByteDropout, use_byte_dropout


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5])
def test_share_and_mean_are_kept(p: float) -> None:
    torch.manual_seed(0)
    dropped = ByteDropout(p)(torch.ones(1000, 1000))
    assert (dropped == 0).float().mean().item() == pytest.approx(p, abs=1 / 512 + 0.002)
    assert dropped.mean().item() == pytest.approx(1.0, abs=0.005)


def test_nothing_is_dropped_in_evaluation_or_at_zero() -> None:
    values = torch.randn(7, 3)
    assert ByteDropout(0.5).eval()(values) is values
    assert ByteDropout(0.0)(values) is values


def test_the_generator_of_torch_decides_and_gradients_follow_the_mask() -> None:
    layer, values = ByteDropout(0.5), torch.ones(13, requires_grad=True)
    state = torch.get_rng_state()
    first = layer(values)
    torch.set_rng_state(state)
    assert torch.equal(layer(values), first)
    assert not torch.equal(layer(torch.ones(1000)), layer(torch.ones(1000)))
    first.sum().backward()
    assert torch.equal(values.grad == 0, first == 0)


def test_shapes_and_types_survive() -> None:
    for values in (torch.ones(0, 4), torch.ones(3), torch.ones(2, 3, 5, dtype=torch.bfloat16)):
        dropped = ByteDropout(0.5)(values)
        assert (dropped.shape, dropped.dtype) == (values.shape, values.dtype)


def test_only_plain_dropout_is_replaced() -> None:
    module = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Dropout(0.3)), nn.Dropout2d(0.3))
    use_byte_dropout(module)
    assert type(module[1][0]) is ByteDropout
    assert module[1][0].p == 0.3
    assert type(module[2]) is nn.Dropout2d
