from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from coopclaims.errors import Terminated, UserError
from coopclaims.hydra_app import compose_config
from coopclaims.training.config import TrainConfig
from coopclaims.training.divergence import DivergenceError
from coopclaims.training.loop import Watch
from coopclaims.training.sweep_config import Dimension, SweepConfig

optuna = pytest.importorskip("optuna", reason="the extra sweep is not installed")
from coopclaims.training import sweep as module  # noqa: E402
from coopclaims.training.sweep import open_study, sweep  # noqa: E402

PASSAGES = Path(__file__).parents[1] / "fixtures" / "passages.jsonl"
FIXED = ["encoder=tiny", "corpus=files", f"corpus.train=[{PASSAGES}]", f"corpus.dev=[{PASSAGES}]", "tracker=none"]
SPACE = {
    "optimiser.head_learning_rate": Dimension(low=1e-3, high=1e-2, log=True),
    "optimiser.freeze_layers": Dimension(choices=[0, 1]),
}
Fake = Callable[[TrainConfig, Watch], Path]


def config(output: Path, **settings: object) -> SweepConfig:
    return SweepConfig(**{"study": "s", "output": str(output), "trials": 3, "fixed": FIXED, "space": SPACE, **settings})


def fake_train(score: Callable[[TrainConfig, int], float], epochs: int = 3) -> Fake:
    """A training whose dev score after each epoch is known."""

    def train(settings: TrainConfig, watch: Watch) -> Path:
        folder = Path(settings.output) / str(settings.name)
        (folder / "model").mkdir(parents=True, exist_ok=True)
        scores = [score(settings, epoch) for epoch in range(1, epochs + 1)]
        for epoch, value in enumerate(scores, 1):
            watch(epoch, value)
        facts = {"best_epoch": epochs, "seconds": 1.0, "best_dev_f1": max(scores)}
        (folder / "metrics.json").write_text(json.dumps({"facts": {"training": facts}}), encoding="utf-8")
        return folder

    return train


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "trials.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_real_trials_leave_a_table_and_one_model(tmp_path: Path) -> None:
    fixed = [*FIXED, "trainer.epochs=1", "trainer.mixed_precision=no"]
    folder = sweep(config(tmp_path, trials=2, fixed=fixed))
    assert [row["state"] for row in rows(folder)] == ["complete", "complete"]
    assert len(list(folder.glob("*/model"))) == 1
    assert not list(folder.glob("*/checkpoints"))


def test_a_study_goes_on_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "train", fake_train(lambda settings, _: settings.optimiser.head_learning_rate * 50))
    folder = sweep(config(tmp_path, prune=False))
    first = rows(folder)
    assert len(first) == 3
    assert sweep(config(tmp_path, prune=False)) == folder
    assert rows(folder) == first
    sweep(config(tmp_path, trials=5, prune=False))
    found = rows(folder)
    assert len({row["optimiser.head_learning_rate"] for row in found}) == 5
    scores = [float(row["dev_argument_f1"]) for row in found]
    assert scores == sorted(scores, reverse=True)
    best = yaml.safe_load((folder / "best.yaml").read_text(encoding="utf-8"))
    assert str(best["optimiser.head_learning_rate"]) == found[0]["optimiser.head_learning_rate"]


def test_the_best_settings_can_be_given_to_a_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "train", fake_train(lambda *_: 0.5))
    space = {"trainer.gradient_clip": Dimension(choices=[None]), "corpus.test": Dimension(choices=["[]"])}
    folder = sweep(config(tmp_path, trials=1, prune=False, space=space))
    text = (folder / "best.yaml").read_text(encoding="utf-8")
    command = text.splitlines()[0].removeprefix("# coopclaims train ").split()
    assert compose_config("train", command, TrainConfig).trainer.gradient_clip is None
    assert yaml.safe_load(text)["trainer.gradient_clip"] is None


def test_a_folder_that_cannot_be_made_is_a_user_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for output in (tmp_path, tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match=r"cannot be written: .*; choose another output"):
            sweep(config(output, study="file" if output == tmp_path else "s"))
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("database", [None, b"no database at all, whatever its name says" * 100])
def test_a_database_that_is_none_is_a_user_error(tmp_path: Path, database: bytes | None) -> None:
    path = tmp_path / "s" / "study.db"
    path.parent.mkdir()
    path.mkdir() if database is None else path.write_bytes(database)
    with pytest.raises(UserError, match=r"study\.db: cannot be used as the database of a study") as caught:
        sweep(config(tmp_path))
    assert "\n" not in str(caught.value)


def test_hopeless_trials_are_pruned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: dict[str, int] = {}

    def score(settings: TrainConfig, epoch: int) -> float:
        number = calls.setdefault(str(settings.name), len(calls))
        return 0.5 + 0.1 * epoch if number < 3 else 0.01

    monkeypatch.setattr(module, "train", fake_train(score))
    folder = sweep(config(tmp_path, trials=4, startup_trials=2))
    assert [row["state"] for row in rows(folder)] == ["complete"] * 3 + ["pruned"]
    assert rows(folder)[-1]["epochs"] == "2"


@pytest.mark.parametrize("ending", [KeyboardInterrupt, Terminated])
def test_an_interrupted_trial_is_taken_up_again(
    ending: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, float]] = []

    def score(settings: TrainConfig, epoch: int) -> float:
        if epoch == 1:
            started.append((str(settings.name), settings.optimiser.head_learning_rate))
        if len(started) == 2 and epoch == 2:
            raise ending
        return 0.1

    monkeypatch.setattr(module, "train", fake_train(score))
    with pytest.raises(ending):
        sweep(config(tmp_path))
    sweep(config(tmp_path))
    assert len(started) == 4
    assert started[2] == started[1]


def test_a_trial_of_a_dead_worker_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "train", fake_train(lambda *_: 0.1))
    settings = config(tmp_path, trials=2)
    (tmp_path / "s").mkdir()
    study = open_study(settings, tmp_path / "s")
    dead = study.ask()
    dead.set_user_attr(module.RUN, "trial-0000")
    study._storage.record_heartbeat(dead._trial_id)
    with sqlite3.connect(tmp_path / "s" / module.DATABASE) as database:
        database.execute("UPDATE trial_heartbeats SET heartbeat = datetime('now', '-1 hour')")
    database.close()
    folder = sweep(settings)
    assert len(rows(folder)) == 2
    runs = [trial.user_attrs[module.RUN] for trial in open_study(settings, folder).get_trials()]
    assert runs.count("trial-0000") == 2


def test_an_error_ends_the_sweep_without_queueing_the_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def score(settings: TrainConfig, epoch: int) -> float:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(module, "train", fake_train(score))
    with pytest.raises(RuntimeError, match="a bug of ours"):
        sweep(config(tmp_path))
    states = [trial.state.name for trial in open_study(config(tmp_path), tmp_path / "s").get_trials()]
    assert states == ["FAIL"]


def test_no_value_is_a_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[float | None] = set()
    monkeypatch.setattr(
        module, "train", fake_train(lambda settings, _: seen.add(settings.trainer.gradient_clip) or 0.1, epochs=1)
    )
    sweep(config(tmp_path, trials=8, space={"trainer.gradient_clip": Dimension(choices=[1.0, None])}))
    assert seen == {1.0, None}


def test_a_choice_with_commas_stays_one_cell_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "train", fake_train(lambda settings, _: settings.optimiser.betas[1], epochs=1))
    folder = sweep(config(tmp_path, trials=1, space={"optimiser.betas": Dimension(choices=["[0.9,0.98]"])}))
    assert [(row["optimiser.betas"], row["dev_argument_f1"]) for row in rows(folder)] == [("[0.9,0.98]", "0.9800")]


def test_whole_numbers_stay_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[int] = set()
    monkeypatch.setattr(
        module, "train", fake_train(lambda settings, _: seen.add(settings.trainer.epochs) or 0.1, epochs=1)
    )
    sweep(config(tmp_path, trials=5, space={"trainer.epochs": Dimension(low=2, high=6, step=2, integer=True)}))
    assert seen <= {2, 4, 6}
    assert all(isinstance(value, int) for value in seen)


def test_a_diverging_trial_counts_as_nothing_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def score(settings: TrainConfig, epoch: int) -> float:
        raise DivergenceError("the loss of tags became nan at step 3")

    monkeypatch.setattr(module, "train", fake_train(score))
    assert {row["dev_argument_f1"] for row in rows(sweep(config(tmp_path)))} == {"0.0000"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"space": {"optimiser.rate": Dimension(low=0.1, high=0.2)}}, "optimiser.rate"),
        ({"space": {"optimiser.freeze_layers": Dimension(choices=[0, "all"])}}, "freeze_layers"),
        ({"fixed": ["trainer.epoch=1"]}, "did you mean trainer.epochs"),
        ({"space": {}}, "space is empty"),
        ({"space": {"seed": Dimension(low=1.0)}}, "either choices, or low and high"),
        ({"space": {"seed": Dimension(low=2.0, high=1.0)}}, "low must be below high"),
        ({"space": {"seed": Dimension(low=0.0, high=1.0, log=True)}}, "log scale"),
        ({"trials": 0}, "trials=0"),
    ],
)
def test_what_cannot_run_is_refused_before_a_trial(settings: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        sweep(config(tmp_path, **settings))


@pytest.mark.slow
def test_two_workers_share_one_file(tmp_path: Path) -> None:
    fixed = ",".join(f'"{item}"' for item in [*FIXED, "trainer.epochs=2", "trainer.mixed_precision=no"])
    command = [sys.executable, "-m", "coopclaims.cli", "sweep", "study=s", f"output={tmp_path}", f"fixed=[{fixed}]"]
    command += [
        "sweep=own",
        "+space={optimiser.head_learning_rate:{low:1e-3,high:1e-2},optimiser.freeze_layers:{choices:[0]}}",
    ]
    run = subprocess.run([*command, "trials=6", "workers=2"], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    study = open_study(config(tmp_path), tmp_path / "s")
    numbers = [trial.number for trial in study.get_trials() if trial.state.is_finished()]
    assert sorted(numbers) == list(range(len(numbers)))
    # Both may start the last one at the same moment.
    assert 6 <= len(numbers) <= 7
    assert len({json.dumps(trial.params, sort_keys=True) for trial in study.get_trials()}) == len(numbers)
