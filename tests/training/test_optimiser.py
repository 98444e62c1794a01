from __future__ import annotations

import pytest

from coopclaims.errors import UserError
from coopclaims.model.network import ClaimModel
from coopclaims.training.config import OptimiserConfig, ScheduleConfig
from coopclaims.training.optimiser import build_optimiser, build_schedule


def rates(model: ClaimModel, config: OptimiserConfig) -> dict[str, float]:
    optimiser = build_optimiser(model, config)
    rate_of = {id(p): group["lr"] for group in optimiser.param_groups for p in group["params"]}
    return {name: rate_of[id(p)] for name, p in model.named_parameters() if id(p) in rate_of}


def test_every_layer_has_its_rate(model: ClaimModel) -> None:
    config = OptimiserConfig(
        learning_rate=1e-3, layer_decay=0.5, head_learning_rate=1e-2, freeze_embeddings=False, freeze_layers=0
    )
    found = rates(model, config)
    assert len(found) == len(list(model.parameters()))
    assert found["tag_head.weight"] == found["transitions"] == 1e-2
    assert {rate for name, rate in found.items() if "layer.1." in name} == {1e-3}
    assert {rate for name, rate in found.items() if "layer.0." in name} == {0.5e-3}
    assert {rate for name, rate in found.items() if "embeddings." in name} == {0.25e-3}


def test_frozen_parameters_are_left_out(model: ClaimModel) -> None:
    found = rates(model, OptimiserConfig(freeze_embeddings=True, freeze_layers=1))
    assert not any("embeddings." in name or "layer.0." in name for name in found if name.startswith("encoder."))
    assert any("layer.1." in name for name in found)


def test_vectors_do_not_decay(model: ClaimModel) -> None:
    for group in build_optimiser(model, OptimiserConfig(weight_decay=0.3, freeze_layers=0)).param_groups:
        assert all((group["weight_decay"] == 0.3) == (p.ndim > 1) for p in group["params"])


def test_bad_settings_are_named(model: ClaimModel) -> None:
    with pytest.raises(UserError, match="has 2 layers"):
        build_optimiser(model, OptimiserConfig(freeze_layers=3))
    optimiser = build_optimiser(model, OptimiserConfig(freeze_layers=0))
    with pytest.raises(UserError, match=r"schedule\.name=wavy"):
        build_schedule(optimiser, ScheduleConfig(name="wavy"), 10)


def test_warm_up_then_decay(model: ClaimModel) -> None:
    optimiser = build_optimiser(model, OptimiserConfig(head_learning_rate=1.0, freeze_layers=0))
    schedule = build_schedule(optimiser, ScheduleConfig(name="linear", warmup_share=0.2), 10)
    seen = []
    for _ in range(10):
        seen.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    assert seen == pytest.approx([0, 0.5, 1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8])
