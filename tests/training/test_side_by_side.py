from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from tests.tiny_training import tiny_config

from coopclaims.model.features import Featuriser
from coopclaims.schema import Passage
from coopclaims.training.build import build_model
from coopclaims.training.config import OptimiserConfig, TrainConfig
from coopclaims.training.loop import Trainer
from coopclaims.training.side_by_side import halves
from coopclaims.training.train import train


@pytest.fixture(autouse=True)
def _two_threads() -> object:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def config(output: Path, name: str = "run", **trainer: object) -> TrainConfig:
    settings = tiny_config(output, name)
    return replace(settings, trainer=replace(settings.trainer, **trainer))


def trainer_of(settings: TrainConfig, passages: list[Passage]) -> Trainer:
    torch.manual_seed(0)
    model, encoder = build_model(settings)
    examples = Featuriser(encoder.tokenizer, model.config).examples(passages)
    return Trainer(settings, Accelerator(cpu=True), model, encoder.tokenizer, examples, [], Path("unused"))


def gradients(settings: TrainConfig, passages: list[Passage]) -> tuple[dict[str, float], list[torch.Tensor]]:
    """Mean losses and gradients of one step."""
    trainer = trainer_of(settings, passages)
    trainer.losses.train()
    trainer._update = lambda: None  # type: ignore[method-assign]
    means, _, _ = trainer._step(trainer._inputs([[0, 1, 2, 3, 4]]))
    return means, [p.grad for p in trainer.model.parameters() if p.grad is not None]


def test_halves_hold_each_passage_once() -> None:
    assert halves([4, 1, 7, 2, 9]) == [[4, 7, 9], [1, 2]]
    assert halves([3]) == [[3]]


def test_two_halves_have_the_gradients_of_the_whole(passages: list[Passage], tmp_path: Path) -> None:
    found = []
    for side_by_side in (False, True):
        settings = config(tmp_path, side_by_side=side_by_side)
        settings.encoder.hidden_dropout = settings.model.head_dropout = 0.0
        found.append(gradients(settings, passages))
    assert found[1][0] == pytest.approx(found[0][0], rel=1e-5)
    for one, other in zip(found[0][1], found[1][1], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_dropout_and_sums_are_the_same_each_time(passages: list[Passage], tmp_path: Path) -> None:
    first, *others = [gradients(config(tmp_path), passages) for _ in range(5)]
    for other in others:
        assert other[0] == first[0]
        assert all(torch.equal(*pair) for pair in zip(first[1], other[1], strict=True))


def test_a_run_repeats_bit_for_bit(tmp_path: Path) -> None:
    weights = [train(config(tmp_path, name)) / "model" / "model.safetensors" for name in ("one", "two")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


@pytest.mark.parametrize(
    "changes",
    [{"side_by_side": False}, {"activation_checkpointing": True}, {"accumulation_steps": 2}],
)
def test_it_is_left_where_threads_would_meet(
    changes: dict[str, object], passages: list[Passage], tmp_path: Path
) -> None:
    assert trainer_of(config(tmp_path), passages).side_by_side is not None
    assert trainer_of(config(tmp_path, **changes), passages).side_by_side is None
    frozen = replace(config(tmp_path), optimiser=OptimiserConfig(freeze_layers=1))
    assert trainer_of(frozen, passages).side_by_side is None


def test_an_error_in_one_half_ends_the_step(
    passages: list[Passage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = trainer_of(config(tmp_path), passages)

    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(trainer.losses, "forward", fail)
    with pytest.raises(RuntimeError, match="out of memory"):
        trainer._step(trainer._inputs([[0, 1, 2]]))
