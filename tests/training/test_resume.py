"""A run that stops anywhere and goes on must end where an uninterrupted one ends, bit for bit."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import Accelerator

from coopclaims.errors import Terminated, UserError
from coopclaims.model.network import ClaimModel
from coopclaims.training import loop
from coopclaims.training.config import (
    AugmentationConfig,
    CorpusConfig,
    EncoderConfig,
    OptimiserConfig,
    TrackerConfig,
    TrainConfig,
    TrainerConfig,
)
from coopclaims.training.progress import History, Progress
from coopclaims.training.states import find_damage, newest_whole_state, remove_leftovers, states, write_state
from coopclaims.training.train import train

PASSAGES = str(Path(__file__).parents[1] / "fixtures" / "passages.jsonl")


def config(output: Path, **trainer: object) -> TrainConfig:
    return TrainConfig(
        name="run",
        output=str(output),
        encoder=EncoderConfig(kind="tiny"),
        optimiser=OptimiserConfig(freeze_layers=1),
        corpus=CorpusConfig(train=[PASSAGES], dev=[PASSAGES]),
        trainer=TrainerConfig(**{"epochs": 3, "batch_pieces": 80, "save_steps": 2, "mixed_precision": "no", **trainer}),
        tracker=TrackerConfig(name=None),
    )


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(config(tmp_path_factory.mktemp("whole")))


class Killed(BaseException):
    """Stands for whatever ends the process."""


def stop_at(step: int, monkeypatch: pytest.MonkeyPatch, stop: BaseException | int) -> None:
    """Raise ``stop`` before the given step, or send it as a signal."""
    original = loop.Trainer._update

    def update(trainer: loop.Trainer) -> None:
        if trainer.history.steps == step:
            if isinstance(stop, BaseException):
                raise stop
            os.kill(os.getpid(), stop)
        original(trainer)

    monkeypatch.setattr(loop.Trainer, "_update", update)


def interrupted(settings: TrainConfig, step: int, stop: BaseException | int = Killed()) -> Path:  # noqa: B008
    """Run until ``stop``; returns the checkpoints that are left."""
    ending = {signal.SIGTERM: Terminated, signal.SIGINT: KeyboardInterrupt}.get(stop, Killed)  # type: ignore[call-overload]
    with pytest.MonkeyPatch.context() as patch:
        stop_at(step, patch, stop)
        with pytest.raises(ending):
            train(settings)
    return Path(settings.output) / "run" / "checkpoints"


def assert_same_run(folder: Path, expected: Path) -> None:
    weights = [path / "model" / "model.safetensors" for path in (folder, expected)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    metrics = [json.loads((path / "metrics.json").read_text(encoding="utf-8")) for path in (folder, expected)]
    assert metrics[0]["dev"] == metrics[1]["dev"]
    epochs = [run["facts"]["training"]["epochs"] for run in metrics]
    assert [without_speed(epoch) for epoch in epochs[0]] == [without_speed(epoch) for epoch in epochs[1]]


def without_speed(scalars: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in scalars.items() if name != "pieces_per_second"}


@pytest.mark.parametrize("step", [0, 1, 3, 5, 7, 12])
def test_a_killed_run_goes_on_bit_for_bit(step: int, uninterrupted: Path, tmp_path: Path) -> None:
    interrupted(config(tmp_path), step)
    assert_same_run(train(config(tmp_path, resume="auto")), uninterrupted)


def test_a_killed_run_on_varied_passages_goes_on_bit_for_bit(tmp_path: Path) -> None:
    def varied(name: str, **trainer: object) -> TrainConfig:
        augmentation = AugmentationConfig(replace_mentions=0.5, mask_words=0.2)
        return replace(config(tmp_path / name, **trainer), augmentation=augmentation)

    interrupted(varied("killed"), 7)
    assert_same_run(train(varied("killed", resume="auto")), train(varied("whole")))


def test_a_killed_run_that_leaves_layers_out_goes_on_bit_for_bit(tmp_path: Path) -> None:
    drop: dict[str, Any] = {"layer_drop": 0.5}
    interrupted(config(tmp_path / "killed", **drop), 5)
    assert_same_run(
        train(config(tmp_path / "killed", resume="auto", **drop)), train(config(tmp_path / "whole", **drop))
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_the_step_it_interrupts(number: int, uninterrupted: Path, tmp_path: Path) -> None:
    newest = newest_whole_state(interrupted(config(tmp_path, save_steps=None), 6, number))
    assert newest is not None
    assert newest.name == "state-000007"
    assert_same_run(train(config(tmp_path, resume="auto", save_steps=None)), uninterrupted)


def test_the_second_signal_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = loop.Trainer._step

    def step(trainer: loop.Trainer, micro: list[object]) -> object:
        result = original(trainer, micro)  # type: ignore[arg-type]
        if trainer.stop.received:
            os.kill(os.getpid(), signal.SIGINT)
        return result

    monkeypatch.setattr(loop.Trainer, "_step", step)
    checkpoints = interrupted(config(tmp_path), 3, signal.SIGINT)
    assert [state.name for state in states(checkpoints)] == ["state-000002"]


def test_a_damaged_state_is_named_and_the_one_before_it_used(
    uninterrupted: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    newest, before, oldest = states(interrupted(config(tmp_path, keep_states=3), 9))
    weights = bytearray((newest / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (newest / "model.safetensors").write_bytes(weights)
    (before / "optimizer.bin").unlink()
    damaged = {path.name: find_damage(path) for path in (newest, before, oldest)}
    assert "checksum" in str(damaged[newest.name])
    assert "missing" in str(damaged[before.name])
    assert damaged[oldest.name] is None
    folder = train(config(tmp_path, resume="auto", keep_states=3))
    assert f"{newest} cannot be used" in caplog.text
    assert f"going on from {oldest}" in caplog.text
    assert_same_run(folder, uninterrupted)


def test_a_full_disk_costs_a_state_but_not_the_run(
    uninterrupted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls = iter(range(100))

    def full(accelerator: Accelerator, folder: str) -> None:
        Path(folder).mkdir()
        (Path(folder) / "model.safetensors").write_bytes(b"half")
        if next(calls) >= 0:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Accelerator, "save_state", full)
    folder = train(config(tmp_path))
    assert "No space left" in caplog.text
    assert {path.name for path in (folder / "checkpoints").iterdir()} == {"best"}
    assert_same_run(folder, uninterrupted)


def full_disk_for_best(monkeypatch: pytest.MonkeyPatch, *full: int) -> None:
    """Let the saves of the best checkpoint with these numbers, from 1, fail half-way."""
    calls = iter(range(1, 100))
    save = ClaimModel.save_pretrained

    def save_or_fail(model: ClaimModel, folder: Path) -> None:
        save(model, folder)
        if Path(folder).parent.name == "checkpoints" and next(calls) in full:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ClaimModel, "save_pretrained", save_or_fail)


def dev_scores(monkeypatch: pytest.MonkeyPatch, *scores: float) -> None:
    """Let the epochs have these dev scores."""
    each = iter([score for score in scores for _ in loop.DEV_FIGURES])
    monkeypatch.setattr(loop, "exact_f1", lambda *_: next(each))


@pytest.mark.parametrize(
    ("full", "best", "told"),
    [((1,), 3, "none yet"), ((2,), 3, "stays"), ((3,), 2, "stays"), ((2, 3), 1, "stays"), ((1, 2), 3, "none yet")],
)
def test_a_full_disk_costs_a_best_checkpoint_but_not_the_run(
    full: tuple[int, ...],
    best: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    full_disk_for_best(monkeypatch, *full)
    dev_scores(monkeypatch, 0.1, 0.2, 0.3)
    # Neither does patience mistake a score that was not saved for one that did not rise.
    folder = train(config(tmp_path, patience=1))
    facts = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["facts"]["training"]
    assert (facts["best_epoch"], len(facts["epochs"])) == (best, 3)
    assert f"epoch {full[0]}, the best so far, was not saved: [Errno 28] No space left on device" in caplog.text
    assert told in caplog.text
    assert {path.name for path in (folder / "checkpoints").iterdir()} == {"best"}


def test_a_lower_score_is_saved_when_the_better_one_was_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full_disk_for_best(monkeypatch, 2)
    dev_scores(monkeypatch, 0.1, 0.3, 0.2)
    folder = train(config(tmp_path))
    facts = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["facts"]["training"]
    assert facts["best_epoch"] == 3


def test_a_run_that_could_save_no_checkpoint_says_so_and_goes_on_where_there_is_room(
    uninterrupted: Path, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        full_disk_for_best(patch, *range(1, 10))
        with pytest.raises(UserError, match=r"no checkpoint could be saved.*make room.*trainer\.resume=auto name=run"):
            train(config(tmp_path))
    folder = train(config(tmp_path, resume="auto"))
    epochs = [
        json.loads((run / "metrics.json").read_text(encoding="utf-8"))["facts"]["training"]["epochs"]
        for run in (folder, uninterrupted)
    ]
    assert [without_speed(epoch) for epoch in epochs[0]] == [without_speed(epoch) for epoch in epochs[1]]


class SlowOtherProcess:
    """Two processes, of which the other one is late or fails; stands in for the accelerator of the first one."""

    is_main_process, num_processes, process_index, device = True, 2, 0, "cpu"

    def __init__(self, other: Callable[[Path], bool]) -> None:
        self.other = other

    def save_state(self, folder: str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir()
        (self.folder / "random_states_0.pkl").write_bytes(b"0")

    def reduce(self, flag: torch.Tensor, **_: str) -> torch.Tensor:
        # The sum waits for the other process, which has written its part or failed by then.
        return flag + float(self.other(self.folder))

    def wait_for_everyone(self) -> None:
        pass


def test_a_state_waits_for_all_processes(tmp_path: Path) -> None:
    def late(folder: Path) -> bool:
        if folder.is_dir():
            (folder / "random_states_1.pkl").write_bytes(b"1")
        return False

    assert write_state(tmp_path, SlowOtherProcess(late), 3, {}, keep=1)  # type: ignore[arg-type]
    manifest = json.loads((tmp_path / "state-000003" / "manifest.json").read_text(encoding="utf-8"))
    assert "random_states_1.pkl" in manifest["files"]
    assert not write_state(tmp_path, SlowOtherProcess(lambda _: True), 4, {}, keep=1)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["state-000003"]
    assert not write_state(tmp_path, SlowOtherProcess(lambda _: False), 5, {}, keep=1)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["state-000003"]


def test_a_signal_in_the_last_evaluation_is_not_lost(
    uninterrupted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = loop.Trainer._evaluate

    def evaluate(trainer: loop.Trainer, epoch: int) -> dict[str, float]:
        if epoch == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return original(trainer, epoch)

    with monkeypatch.context() as patch:
        patch.setattr(loop.Trainer, "_evaluate", evaluate)
        with pytest.raises(Terminated):
            train(config(tmp_path))
    assert not (tmp_path / "run" / "model").exists()
    assert_same_run(train(config(tmp_path, resume="auto")), uninterrupted)


def test_one_folder_one_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def second(trainer: loop.Trainer, epoch: int) -> dict[str, float]:
        train(config(tmp_path, resume="auto"))
        raise AssertionError(epoch)

    monkeypatch.setattr(loop.Trainer, "_evaluate", second)
    with pytest.raises(UserError, match="another process is training there"):
        train(config(tmp_path))


def test_states_are_ordered_by_step(tmp_path: Path) -> None:
    for step in ("000900", "1000000", "000010"):
        (tmp_path / f"state-{step}").mkdir()
    assert [path.name for path in states(tmp_path)] == ["state-1000000", "state-000900", "state-000010"]


def test_only_the_newest_states_are_kept(tmp_path: Path) -> None:
    checkpoints = interrupted(config(tmp_path, keep_states=2), 9)
    assert [state.name for state in states(checkpoints)] == ["state-000008", "state-000006"]


def test_other_settings_or_data_are_refused(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(Path(PASSAGES).read_text(encoding="utf-8"), encoding="utf-8")

    def settings(**trainer: object) -> TrainConfig:
        found = config(tmp_path, **trainer)
        found.corpus.train = [str(corpus)]
        return found

    interrupted(settings(), 4)
    with pytest.raises(UserError, match=r"trainer\.resume=auto"):
        train(settings())
    with pytest.raises(UserError, match=r"trainer\.epochs=3"):
        train(settings(resume="auto", epochs=4))
    corpus.write_text(corpus.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(UserError, match="another data_sha256"):
        train(settings(resume="auto"))


def test_a_complete_run_is_left_as_it_is(uninterrupted: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    before = {path: path.stat().st_mtime_ns for path in uninterrupted.rglob("*")}
    assert train(config(uninterrupted.parent, resume="auto")) == uninterrupted
    assert "this run is complete" in caplog.text
    assert {path: path.stat().st_mtime_ns for path in uninterrupted.rglob("*")} == before


def test_a_stop_between_training_and_scoring(
    uninterrupted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("coopclaims.training.train.save_model_folder", killed)
        with pytest.raises(Killed):
            train(config(tmp_path))
    assert_same_run(train(config(tmp_path, resume="auto")), uninterrupted)


def test_leftovers_go_and_a_checkpoint_moved_aside_comes_back(tmp_path: Path) -> None:
    (tmp_path / ".best-old.x1" / "folder").mkdir(parents=True)
    (tmp_path / ".best-old.x1" / "folder" / "config.json").write_text("{}", encoding="utf-8")
    (tmp_path / ".state-000004.partial").mkdir()
    (tmp_path / "state-000002").mkdir()
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best", "state-000002"]
    assert (tmp_path / "best" / "config.json").is_file()


def test_progress_survives_json() -> None:
    history = History([{"epoch": 1, "loss/tags": 0.1 + 0.2}], 1, 1 / 3, 7, 900, 1.5, 0.07)
    progress = Progress(2, 3, {"tags": 1e-17}, 40, 0.25, False, history)
    assert Progress.from_json(json.loads(json.dumps(progress.to_json()))) == progress


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.3])
def test_kill_nine_while_writing_states(seconds: float, uninterrupted: Path, tmp_path: Path) -> None:
    """A state after every step, so that the kill often falls into the writing of one."""
    codes = []
    for _ in range(3):
        process = subprocess.Popen(
            command(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[2]
        )
        if wait_for_a_state(tmp_path / "run" / "checkpoints", process):
            time.sleep(seconds)
        process.kill()
        codes.append(process.wait())
    assert -signal.SIGKILL in codes
    subprocess.run(command(tmp_path), check=True, capture_output=True, cwd=Path(__file__).parents[2])
    weights = [path / "model" / "model.safetensors" for path in (tmp_path / "run", uninterrupted)]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def command(output: Path) -> list[str]:
    settings = config(output, save_steps=1)
    return [
        *(sys.executable, "-m", "coopclaims.cli", "train", "encoder=tiny", "corpus=files", "tracker=none"),
        *(f"corpus.train=[{PASSAGES}]", f"corpus.dev=[{PASSAGES}]", "optimiser.freeze_layers=1"),
        *(f"trainer.epochs={settings.trainer.epochs}", f"trainer.batch_pieces={settings.trainer.batch_pieces}"),
        *(
            "augmentation=none",
            "trainer.save_steps=1",
            "trainer.mixed_precision=no",
            "trainer.resume=auto",
            "name=run",
            f"output={output}",
        ),
    ]


def wait_for_a_state(folder: Path, process: subprocess.Popen[bytes]) -> bool:
    return any(any_state(folder) or process.poll() is not None for _ in pauses(60)) and process.poll() is None


def any_state(folder: Path) -> bool:
    return bool(folder.is_dir() and list(folder.glob("*state*")))


def pauses(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.01)
