"""Search for settings with Optuna: one SQLite file a study, any number of workers, killed trials taken up again."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from coopclaims.errors import UserError
from coopclaims.files import atomic_write
from coopclaims.hydra_app import compose_config
from coopclaims.training.config import TrainConfig
from coopclaims.training.loop import DivergenceError
from coopclaims.training.sweep_config import Dimension, SweepConfig, check_sweep
from coopclaims.training.train import train

try:
    import optuna
    from optuna.trial import FrozenTrial, Trial, TrialState
except ImportError as error:
    raise UserError("coopclaims sweep needs the package optuna: pip install 'coopclaims[sweep]'") from error

log = logging.getLogger(__name__)

DATABASE = "study.db"
# A worker that has not shown a sign of life for so many seconds is taken for dead, and its trial is run again.
HEARTBEAT, GRACE = 20, 60
RETRIES = 3
# Key of a trial's attribute: the name of its run folder, which a trial that is taken up again inherits.
RUN = "run"


def sweep(config: SweepConfig, arguments: Sequence[str] = ()) -> Path:
    """Run trials until the study has ``config.trials``; returns its folder.

    With several workers, ``arguments`` are those of this command, which each worker is started with.
    """
    check_sweep(config)
    folder = Path(config.output) / config.study
    folder.mkdir(parents=True, exist_ok=True)
    # A mistyped key shall not cost a trial.
    compose_config("train", [*config.fixed, *(f"{key}={_example(d)}" for key, d in config.space.items())], TrainConfig)
    study = open_study(config, folder)
    if config.workers > 1:
        _run_workers(config, arguments)
    else:
        _Worker(config, folder, study).run()
    _write_results(study, folder)
    return folder


def open_study(config: SweepConfig, folder: Path) -> optuna.Study:
    """The study in a folder, made if it is not there."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    # Heartbeats have been called experimental since 2021.
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    storage = optuna.storages.RDBStorage(
        f"sqlite:///{folder / DATABASE}",
        engine_kwargs={"connect_args": {"timeout": 60}},
        heartbeat_interval=HEARTBEAT,
        grace_period=GRACE,
        heartbeat_stale_trial_callback=optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=RETRIES),
    )
    median = optuna.pruners.MedianPruner(config.startup_trials, config.warmup_epochs + 1)
    study = optuna.create_study(
        study_name=config.study,
        storage=storage,
        pruner=median if config.prune else optuna.pruners.NopPruner(),
        direction="maximize",
        load_if_exists=True,
    )
    # A study that is taken up again, and each worker, has to draw other values than were drawn before.
    study.sampler = optuna.samplers.TPESampler(seed=1000 * config.seed + len(study.get_trials(deepcopy=False)))
    return study


class _Worker:
    """Runs trials of a study one after the other in this process."""

    def __init__(self, config: SweepConfig, folder: Path, study: optuna.Study) -> None:
        self.config = config
        self.folder = folder
        self.study = study
        self.interruption: BaseException | None = None

    def run(self) -> None:
        """Run trials until there are enough. Raises what interrupted a trial."""
        if self._enough():
            log.info("the study has its %d trials; ask for more with trials=N", self.config.trials)
            return
        try:
            self.study.optimize(self._objective, callbacks=[self._after_trial])
        except KeyboardInterrupt:
            # The one ending that Optuna lets through after noting the trial as failed; it may stand for another.
            raise self.interruption or KeyboardInterrupt from None

    def _objective(self, trial: Trial) -> float:
        run = trial.user_attrs.get(RUN) or f"trial-{trial.number:04d}"
        trial.set_user_attr(RUN, run)
        values = {key: _suggest(trial, key, dimension) for key, dimension in self.config.space.items()}
        log.info("trial %d: %s", trial.number, " ".join(f"{key}={value}" for key, value in values.items()))
        try:
            return self._train(trial, run, values)
        except optuna.TrialPruned:
            log.info("trial %d: pruned", trial.number)
            shutil.rmtree(self.folder / run / "checkpoints", ignore_errors=True)
            raise
        except DivergenceError as error:
            log.warning("trial %d: %s", trial.number, error)
            return 0.0
        except BaseException as error:
            if not isinstance(error, UserError):
                # Whoever takes the study up again goes on with this trial where it stopped.
                self.study.enqueue_trial(trial.params, user_attrs={RUN: run})
            self.interruption = error
            raise KeyboardInterrupt from error

    def _train(self, trial: Trial, run: str, values: dict[str, Any]) -> float:
        def watch(epoch: int, score: float) -> None:
            trial.report(score, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

        overrides = [*self.config.fixed, *(f"{key}={value}" for key, value in values.items())]
        overrides += [f"output={self.folder}", f"name={run}", "trainer.resume=auto"]
        folder = train(compose_config("train", overrides, TrainConfig), watch)
        facts = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["facts"]["training"]
        trial.set_user_attr("best_epoch", facts["best_epoch"])
        trial.set_user_attr("seconds", facts["seconds"])
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
        return float(facts["best_dev_argument_f1"])

    def _after_trial(self, study: optuna.Study, trial: FrozenTrial) -> None:
        if trial.state == TrialState.COMPLETE:
            log.info("trial %d: %.4f (best so far %.4f)", trial.number, trial.value, study.best_value)
        _keep_one_model(study, self.folder)
        _write_results(study, self.folder)
        if self._enough():
            study.stop()

    def _enough(self) -> bool:
        counted = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)
        return len(self.study.get_trials(deepcopy=False, states=counted)) >= self.config.trials


def _suggest(trial: Trial, key: str, dimension: Dimension) -> Any:
    if dimension.choices is not None:
        return trial.suggest_categorical(key, dimension.choices)
    low, high = float(dimension.low or 0.0), float(dimension.high or 0.0)
    if dimension.integer:
        return trial.suggest_int(key, round(low), round(high), step=round(dimension.step or 1), log=dimension.log)
    return trial.suggest_float(key, low, high, step=dimension.step, log=dimension.log)


def _example(dimension: Dimension) -> Any:
    value = dimension.choices[0] if dimension.choices else dimension.low
    return round(value) if dimension.integer and value is not None else value


def _run_workers(config: SweepConfig, arguments: Sequence[str]) -> None:
    """Start worker processes of this command and wait for them. Raises UserError if one fails."""
    threads = max(torch.get_num_threads() // config.workers, 1)
    command = [sys.executable, "-m", "coopclaims.cli", "sweep", *arguments, "workers=1"]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    workers = [
        subprocess.Popen([*command, f"seed={config.seed + number}"], env=environment, stdout=subprocess.DEVNULL)
        for number in range(config.workers)
    ]
    try:
        codes = [worker.wait() for worker in workers]
    except BaseException:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()
        raise
    if any(codes):
        raise UserError(f"{sum(map(bool, codes))} of {len(codes)} workers failed (see above); the study can go on")


def _keep_one_model(study: optuna.Study, folder: Path) -> None:
    """Only the best trial keeps its model folder."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if not complete:
        return
    best = study.best_trial.number
    for trial in complete:
        if trial.number != best and RUN in trial.user_attrs:
            shutil.rmtree(folder / trial.user_attrs[RUN] / "model", ignore_errors=True)


def _write_results(study: optuna.Study, folder: Path) -> None:
    """trials.csv, best value first, and best.yaml, the overrides of the best trial."""
    trials = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
    trials.sort(key=lambda trial: (trial.state != TrialState.COMPLETE, -(trial.value or 0.0)))
    keys = sorted({key for trial in trials for key in trial.params})
    with atomic_write(folder / "trials.csv") as file:
        file.write(",".join(["trial", "state", "dev_argument_f1", "epochs", "seconds", *keys]) + "\n")
        for trial in trials:
            scored = list(trial.intermediate_values.values())
            value = f"{trial.value if trial.value is not None else max(scored, default=0.0):.4f}"
            seconds = trial.user_attrs.get("seconds", "")
            row = [trial.number, trial.state.name.lower(), value, len(scored), seconds]
            file.write(",".join(map(str, [*row, *(trial.params.get(key, "") for key in keys)])) + "\n")
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    if complete:
        with atomic_write(folder / "best.yaml") as file:
            file.write(f"# coopclaims train {' '.join(f'{k}={v}' for k, v in complete[0].params.items())}\n")
            file.write("".join(f"{key}: {value}\n" for key, value in complete[0].params.items()))
