from __future__ import annotations

import logging
from pathlib import Path

import psutil
import pytest
import torch
from accelerate import PartialState
from tests.tiny_training import PASSAGES, tiny_config

from coopclaims.corpus.jsonl import read_passages
from coopclaims.encoders.config import EncoderConfig
from coopclaims.errors import UserError
from coopclaims.training import estimate as estimate_module
from coopclaims.training.config import CorpusConfig, OptimiserConfig, TrainConfig, TrainerConfig
from coopclaims.training.divergence import DivergenceError
from coopclaims.training.hardware import check_cores
from coopclaims.training.loop import Trainer
from coopclaims.training.train import train


def config(output: Path, **changes: object) -> TrainConfig:
    defaults: dict[str, object] = {
        "optimiser": OptimiserConfig(freeze_layers=1),
    }
    return tiny_config(output, **defaults | changes)


def test_a_dry_run_says_what_would_be_trained_and_writes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "coopclaims"):
        train(config(tmp_path, dry_run=True))
    said = caplog.text
    passages = list(read_passages(PASSAGES))
    assert f"{len(passages)} passages" in said
    for part in ("tokens an epoch", "of them train", "min for the steps"):
        assert part in said
    assert list(tmp_path.iterdir()) == []


def test_the_estimate_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(config(tmp_path, name="with"))
    monkeypatch.setattr("coopclaims.training.train.estimate", lambda _: "none")
    train(config(tmp_path, name="without"))
    first, second = (tmp_path / name / "model" / "model.safetensors" for name in ("with", "without"))
    assert first.read_bytes() == second.read_bytes()


def test_a_batch_that_cannot_fit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate_module, "_free_bytes", lambda _: 0)
    with pytest.raises(UserError, match=r"largest batch needs about .* lower trainer.batch_pieces"):
        train(config(tmp_path))
    assert not (tmp_path / "run").exists()


def test_a_diverged_step_is_named_and_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = Trainer._step

    def poisoned(trainer: Trainer, micro_batches: object) -> object:
        if trainer.history.steps == 1:
            with torch.no_grad():
                trainer.model.tag_head.bias.fill_(float("nan"))
        return step(trainer, micro_batches)

    monkeypatch.setattr(Trainer, "_step", poisoned)
    with pytest.raises(DivergenceError, match=r"became nan at step 2 .*diverged.jsonl") as caught:
        train(config(tmp_path))
    saved = list(read_passages(tmp_path / "run" / "diverged.jsonl"))
    known = {passage.id: passage.text for passage in read_passages(PASSAGES)}
    assert saved
    assert all(known[passage.id] == passage.text for passage in saved)
    assert saved[0].id in str(caught.value)


@pytest.mark.parametrize("split", ["dev", "test"])
def test_an_empty_split_is_named(tmp_path: Path, split: str) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", encoding="utf-8")
    corpus = CorpusConfig(train=[PASSAGES], **{"dev": [PASSAGES], split: [str(empty)]})
    with pytest.raises(UserError, match=rf"no {split} passages in .*empty.jsonl; corpus.{split}=\[\]"):
        train(config(tmp_path / "outputs", corpus=corpus))


def test_a_gpu_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    with pytest.raises(UserError, match="torch finds no GPU here"):
        train(config(tmp_path, trainer=TrainerConfig(device="gpu")))
    with pytest.raises(UserError, match="must be auto, cpu or gpu"):
        train(config(tmp_path, trainer=TrainerConfig(device="cuda:7")))


def test_flash_attention_without_its_package_is_named(tmp_path: Path) -> None:
    encoder = EncoderConfig(kind="tiny", attention="flash_attention_2")
    with pytest.raises(UserError, match=r"encoder\.attention=flash_attention_2 cannot be used here"):
        train(config(tmp_path, encoder=encoder))


def test_more_processes_than_cores_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda: 2)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "3")
    with pytest.raises(UserError, match="3 processes on 2 CPU cores"):
        check_cores(PartialState(cpu=True))
