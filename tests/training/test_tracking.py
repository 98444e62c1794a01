from __future__ import annotations

import json
import logging
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from accelerate import Accelerator
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tests.tiny_training import tiny_config

from coopclaims.errors import Terminated, UserError
from coopclaims.model.losses import WEIGHTS
from coopclaims.training import tracking
from coopclaims.training.config import TrackerConfig, TrainConfig, TrainerConfig
from coopclaims.training.tracking import PACKAGES, StepMeans, check_tracker
from coopclaims.training.train import train

HEADS = [name for name in WEIGHTS if not name.startswith("soft") and name != "hidden"]
STEP_SCALARS = {*(f"loss/{name}" for name in HEADS), "learning_rate", "pieces_per_second"}
EPOCH_SCALARS = {*(f"dev/{figure}_f1" for figure in ("span", "trigger", "typed_trigger", "argument")), "padding_share"}


def config(output: Path, tracker: str, **trainer: object) -> TrainConfig:
    loop = {"epochs": 2, "batch_pieces": 80, "mixed_precision": "no", **trainer}
    settings = TrackerConfig(name=tracker, every_steps=2)
    return tiny_config(output, trainer=TrainerConfig(**loop), tracker=settings)


def events(folder: Path) -> dict[str, list[tuple[int, float]]]:
    reader = EventAccumulator(str(folder / "tracker")).Reload()
    return {tag: [(event.step, event.value) for event in reader.Scalars(tag)] for tag in reader.Tags()["scalars"]}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(config(tmp_path_factory.mktemp("outputs"), "tensorboard"))


def test_tensorboard_has_every_scalar_by_optimiser_step(run: Path) -> None:
    found = events(run)
    assert set(found) >= STEP_SCALARS | EPOCH_SCALARS
    training = json.loads((run / "metrics.json").read_text(encoding="utf-8"))["facts"]["training"]
    steps = training["steps"]
    ends = [steps // 2, steps]
    for name in EPOCH_SCALARS:
        assert [step for step, _ in found[name]] == ends
    due = sorted({*range(2, steps + 1, 2), *ends})
    for name in STEP_SCALARS:
        assert [step for step, _ in found[name]] == due
    for (_, value), epoch in zip(found["dev/argument_f1"], training["epochs"], strict=True):
        assert value == pytest.approx(epoch["dev/argument_f1"], abs=1e-5)
    assert all(0 <= value < 1 for _, value in found["padding_share"])
    assert found["learning_rate"][-1][1] == 0


def test_step_means_add_up_to_the_epochs(run: Path) -> None:
    """Weighted by their steps, the means that the tracker gets are the epochs' own means."""
    training = json.loads((run / "metrics.json").read_text(encoding="utf-8"))["facts"]["training"]
    points = events(run)["loss/tags"]
    before = [0, *(step for step, _ in points)]
    total = sum(value * (step - start) for (step, value), start in zip(points, before, strict=False))
    by_epoch = [epoch["loss/tags"] for epoch in training["epochs"]]
    assert total / training["steps"] == pytest.approx(sum(by_epoch) / len(by_epoch), rel=1e-4)


def test_a_resumed_run_goes_on_in_its_curves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config(tmp_path, "tensorboard", resume="auto")

    def interrupt(epoch: int, _: float) -> None:
        if epoch == 1:
            raise Terminated

    with pytest.raises(Terminated):
        train(settings, interrupt)
    found = events(train(settings))
    for name in EPOCH_SCALARS | STEP_SCALARS:
        steps = [step for step, _ in found[name]]
        assert steps == sorted(set(steps))


def test_wandb_stays_offline_in_the_run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wandb")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    folder = train(config(tmp_path / "out", "wandb", epochs=1))
    (run,) = (folder / "tracker" / "wandb").glob("offline-run-*/run-*.wandb")
    content = run.read_bytes()
    assert all(name.encode() in content for name in ("loss/tags", "dev/argument_f1", "padding_share"))
    assert not list(work.iterdir())


@pytest.mark.slow
def test_mlflow_keeps_a_database_in_the_run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mlflow")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    # Two runs in one process, as in a sweep: each has a database of its own.
    for name in ("a", "b"):
        folder = train(replace(config(tmp_path / "out", "mlflow", epochs=1), name=name))
        with sqlite3.connect(folder / "tracker" / "mlflow.db") as database:
            keys = {key for (key,) in database.execute("SELECT DISTINCT key FROM metrics")}
            settings = dict(database.execute("SELECT key, value FROM params"))
            runs = list(database.execute("SELECT name, status FROM runs"))
        database.close()
        assert keys >= STEP_SCALARS | EPOCH_SCALARS
        assert settings["optimiser.head_learning_rate"] == "0.001"
        assert runs == [(name, "FINISHED")]
    assert not list(work.iterdir())


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_a_missing_package_is_refused_before_anything_is_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "find_spec", lambda _: None)
    settings = config(tmp_path, name)
    settings.corpus.train = [str(tmp_path / "not there")]
    with pytest.raises(UserError, match=rf"tracker.name={name} needs the package {PACKAGES[name]}: pip install"):
        train(settings)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (TrackerConfig(name="comet_ml"), "must be tensorboard, mlflow, wandb or null"),
        (TrackerConfig(name="tensorboard", online=True), "TensorBoard has no server"),
        (TrackerConfig(name="mlflow", online=True), "MLFLOW_TRACKING_URI"),
    ],
)
def test_trackers_that_cannot_run_are_refused(
    settings: TrackerConfig, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "find_spec", lambda _: object())
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(UserError, match=message):
        check_tracker(settings)


def test_a_failing_tracker_ends_itself_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls = []

    def fail(self: Accelerator, *_: object, **__: object) -> None:
        calls.append(1)
        if self.trackers:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(Accelerator, "log", fail)
    with caplog.at_level(logging.WARNING, logger="coopclaims"):
        folder = train(config(tmp_path, "tensorboard", epochs=1))
    assert (folder / "model").is_dir()
    assert sum("the tracker failed" in message for message in caplog.messages) == 1
    assert len(calls) > 1


def test_means_over_no_step_are_nothing() -> None:
    assert StepMeans().scalars() == {}
    means = StepMeans()
    means.add({"tags": 1.0}, 10, 1.0)
    means.add({"tags": 3.0}, 30, 1.0)
    assert means.scalars() == {"loss/tags": 2.0, "pieces_per_second": 20.0}
