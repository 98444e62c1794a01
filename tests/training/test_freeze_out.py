"""Layers leave training from the lowest on, and what has left does not change any more."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator

from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError
from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel
from coopclaims.schema import Passage
from coopclaims.training.config import OptimiserConfig, ScheduleConfig, TrainConfig, TrainerConfig
from coopclaims.training.config_checks import check_config
from coopclaims.training.freeze_out import FreezeOut, trained_shares
from coopclaims.training.loop import Trainer
from coopclaims.training.optimiser import build_optimiser, build_schedule


def trained(model: ClaimModel) -> list[bool]:
    """Whether the embeddings and each layer, lowest first, have gradients."""
    modules = [model.encoder.embeddings, *model.encoder_layers()]
    return [any(parameter.requires_grad for parameter in module.parameters()) for module in modules]


@pytest.mark.parametrize(
    ("config", "shares"),
    [
        (OptimiserConfig(), [1, 1, 1, 1]),
        (OptimiserConfig(freeze_out=0.2), [0.2, 0.4, 0.6, 0.8]),
        (OptimiserConfig(freeze_out=0.2, freeze_layers=2), [0.2, 0.2, 0.2, 0.6]),
        (OptimiserConfig(freeze_out=0.2, freeze_layers=4), [0.2, 0.2, 0.2, 0.2]),
    ],
)
def test_layers_end_at_even_distances(config: OptimiserConfig, shares: list[float]) -> None:
    assert trained_shares(4, config) == pytest.approx(shares)


def test_the_lowest_layers_lose_their_gradients_first(model: ClaimModel) -> None:
    config = OptimiserConfig(freeze_out=0.5, freeze_embeddings=False)
    build_optimiser(model, config)
    freeze_out = FreezeOut(model, config)
    found = []
    for step in (0, 4, 5, 7, 8, 9):
        freeze_out.at(step, 10)
        found.append(trained(model))
    # Of two layers the lower one (and the embeddings) trains in half of the steps, the upper one in three quarters.
    assert found == [[True] * 3] * 2 + [[False, False, True]] * 2 + [[False] * 3] * 2
    freeze_out.at(0, 10)
    assert trained(model) == [True] * 3


def test_what_never_trains_stays_out(model: ClaimModel) -> None:
    config = OptimiserConfig(freeze_out=0.5, freeze_layers=1)
    build_optimiser(model, config)
    FreezeOut(model, config).at(0, 10)
    assert trained(model) == [False, False, True]


def test_rates_are_as_much_higher_as_their_time_is_shorter(model: ClaimModel) -> None:
    """The rates of all steps add up to the same, whenever a layer leaves."""
    sums = []
    for freeze_out in (None, 0.5):
        config = OptimiserConfig(freeze_out=freeze_out, learning_rate=1e-3, layer_decay=1.0)
        optimiser = build_optimiser(model, config)
        schedule = build_schedule(optimiser, ScheduleConfig(warmup_share=0.1), 400)
        rates = torch.zeros(len(optimiser.param_groups))
        for _ in range(400):
            rates += torch.tensor(schedule.get_last_lr())
            optimiser.step()
            schedule.step()
        sums.append(rates)
    torch.testing.assert_close(sums[0], sums[1], rtol=0.02, atol=0)


@pytest.mark.parametrize("name", ["linear", "cosine", "constant", "cosine_with_restarts"])
def test_a_rate_is_zero_once_its_layer_has_left(model: ClaimModel, name: str) -> None:
    optimiser = build_optimiser(model, OptimiserConfig(freeze_out=0.5))
    schedule = build_schedule(optimiser, ScheduleConfig(name=name, warmup_share=0.0), 100)
    shares = [group["trained_share"] for group in optimiser.param_groups]
    assert {0.5, 0.75, 1.0} == set(shares)
    for step in range(100):
        for share, rate in zip(shares, schedule.get_last_lr(), strict=True):
            assert (rate > 0) == (step < share * 100), (step, share)
        optimiser.step()
        schedule.step()


def test_a_layer_that_has_left_stays_as_it_is(
    tmp_path: Path, tiny_encoder: Encoder, model: ClaimModel, featuriser: Featuriser, passages: list[Passage]
) -> None:
    config = TrainConfig(
        optimiser=OptimiserConfig(freeze_out=0.4, weight_decay=0.5),
        trainer=TrainerConfig(mixed_precision="no", batch_pieces=80, max_steps=10, epochs=9),
    )
    examples = featuriser.examples(passages)
    trainer = Trainer(config, Accelerator(cpu=True), model, tiny_encoder.tokenizer, examples, [], tmp_path)
    trainer.losses.train()
    seen = []
    for number, step in enumerate([step for epoch in range(1, 10) for step in trainer.feed.plan(epoch)][:10]):
        trainer.history.steps = number
        trainer._step(trainer._inputs(step))
        seen.append([flat_weights(layer) for layer in model.encoder_layers()])
    changed = [[not torch.equal(*layer) for layer in zip(*pair, strict=True)] for pair in pairwise(seen)]
    # The lower layer trains in steps 0 to 3, the upper one in 0 to 6; the first pair is before and after step 1.
    assert changed == [[True, True]] * 3 + [[False, True]] * 3 + [[False, False]] * 3


@pytest.mark.parametrize("share", [0.0, -0.1, 1.5])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(UserError, match=r"optimiser\.freeze_out"):
        check_config(TrainConfig(optimiser=OptimiserConfig(freeze_out=share)))


def flat_weights(layer: torch.nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in layer.parameters()])
