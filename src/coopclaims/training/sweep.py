"""Search for settings with Optuna: one SQLite file a study, any number of workers, killed trials taken up again."""

from __future__ import annotations

import csv
import json
import logging
import os
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml

from coopclaims.errors import Terminated, UserError
from coopclaims.files import atomic_write, can_be_written
from coopclaims.hydra_app import compose_config
from coopclaims.training.config import TrainConfig
from coopclaims.training.divergence import DivergenceError
from coopclaims.training.study import DATABASE, TABLE, TABLE_COLUMNS
from coopclaims.training.sweep_config import Dimension, SweepConfig, check_sweep
from coopclaims.training.train import train

try:
    import optuna
    from optuna.trial import FrozenTrial, Trial, TrialState
    from sqlalchemy.exc import SQLAlchemyError
except ImportError as error:
    raise UserError("coopclaims sweep needs the package optuna: pip install 'coopclaims[sweep]'") from error

log = logging.getLogger(__name__)

# A worker that has not shown a sign of life for so many seconds is taken for dead, and its trial is run again.
HEARTBEAT, GRACE = 20, 60
WAIT = 5
RETRIES = 3
# Key of a trial's attribute: the name of its run folder, which a trial that is taken up again inherits.
RUN = "run"


def sweep(config: SweepConfig, arguments: Sequence[str] = ()) -> Path:
    """Run trials until the study has ``config.trials``; returns its folder.

    With several workers, ``arguments`` are those of this command, which each worker is started with.
    """
    check_sweep(config)
    folder = Path(config.output) / config.study
    with can_be_written(folder):
        folder.mkdir(parents=True, exist_ok=True)
    # A mistyped key or value shall not cost a trial.
    compose_config("train", config.fixed, TrainConfig)
    for key, dimension in config.space.items():
        for value in _examples(dimension):
            compose_config("train", [*config.fixed, _override(key, value)], TrainConfig)
    study = open_study(config, folder)
    if config.workers > 1:
        _run_workers(config, arguments)
    else:
        _Worker(config, folder, study).run()
    _write_results(study, folder)
    return folder


def open_study(config: SweepConfig, folder: Path) -> optuna.Study:
    """The study in a folder, made if it is not there. Raises UserError where its database cannot be used."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    # Heartbeats have been called experimental since 2021.
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    storage = _open_storage(folder / DATABASE)
    median = optuna.pruners.MedianPruner(config.startup_trials, config.warmup_epochs + 1)
    study = optuna.create_study(
        study_name=config.study,
        storage=storage,
        pruner=median if config.prune else optuna.pruners.NopPruner(),
        direction="maximize",
        load_if_exists=True,
    )
    # A study that is taken up again has to draw other values than were drawn before; so has each worker, and of
    # two that start at the same moment only their process numbers differ.
    drawn = len(study.get_trials(deepcopy=False))
    process = os.getpid() if config.shared else 0
    study.sampler = optuna.samplers.TPESampler(
        seed=np.random.default_rng([config.seed, drawn, process]).integers(2**31)
    )
    return study


def _open_storage(database: Path) -> optuna.storages.RDBStorage:
    try:
        return optuna.storages.RDBStorage(
            f"sqlite:///{database}",
            engine_kwargs={"connect_args": {"timeout": 60}},
            heartbeat_interval=HEARTBEAT,
            grace_period=GRACE,
            heartbeat_stale_trial_callback=optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=RETRIES),
        )
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        reason = str(error.__cause__ or error).partition("\n")[0]
        raise UserError(f"{database}: cannot be used as the database of a study: {reason}; choose another") from error


class _Worker:
    """Runs trials of a study one after the other in this process."""

    def __init__(self, config: SweepConfig, folder: Path, study: optuna.Study) -> None:
        self.config = config
        self.folder = folder
        self.study = study
        self.interruption: BaseException | None = None

    def run(self) -> None:
        """Run trials until there are enough. Raises what interrupted a trial."""
        while self._finished() < self.config.trials:
            # Trials of workers that died are put back into the queue.
            optuna.storages.fail_stale_trials(self.study)
            if self._begun() < self.config.trials:
                self._optimise()
            else:
                # Other workers hold the last trials: wait until they end, or go stale.
                time.sleep(WAIT)
        log.info("the study has its %d trials; ask for more with trials=N", self.config.trials)

    def _optimise(self) -> None:
        try:
            self.study.optimize(self._objective, callbacks=[self._after_trial])
        except KeyboardInterrupt:
            # The one ending that Optuna lets through after noting the trial as failed; it may stand for another.
            raise self.interruption or KeyboardInterrupt from None

    def _objective(self, trial: Trial) -> float:
        run = trial.user_attrs.get(RUN) or f"trial-{trial.number:04d}"
        trial.set_user_attr(RUN, run)
        values = {key: _suggest(trial, key, dimension) for key, dimension in self.config.space.items()}
        log.info("trial %d: %s", trial.number, " ".join(_override(*item) for item in values.items()))
        try:
            return self._train(trial, run, values)
        except optuna.TrialPruned:
            log.info("trial %d: pruned", trial.number)
            self._remove_checkpoints(run)
            raise
        except (DivergenceError, torch.OutOfMemoryError, MemoryError) as error:
            log.warning("trial %d: counts as 0: %s", trial.number, error)
            self._remove_checkpoints(run)
            return 0.0
        except (KeyboardInterrupt, Terminated) as error:
            # Whoever takes the study up again goes on with this trial where it stopped.
            self.study.enqueue_trial(trial.params, user_attrs={RUN: run})
            self.interruption = error
            raise KeyboardInterrupt from error
        except Exception as error:
            self.interruption = error
            raise KeyboardInterrupt from error

    def _train(self, trial: Trial, run: str, values: dict[str, Any]) -> float:
        def watch(epoch: int, score: float) -> None:
            trial.report(score, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

        overrides = [*self.config.fixed, *(_override(key, value) for key, value in values.items())]
        overrides += [f"output={self.folder}", f"name={run}", "trainer.resume=auto"]
        folder = train(compose_config("train", overrides, TrainConfig), watch)
        facts = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["facts"]["training"]
        trial.set_user_attr("best_epoch", facts["best_epoch"])
        trial.set_user_attr("seconds", facts["seconds"])
        self._remove_checkpoints(run)
        return float(facts["best_dev_f1"])

    def _remove_checkpoints(self, run: str) -> None:
        shutil.rmtree(self.folder / run / "checkpoints", ignore_errors=True)

    def _after_trial(self, study: optuna.Study, trial: FrozenTrial) -> None:
        if trial.state == TrialState.COMPLETE:
            log.info("trial %d: %.4f (best so far %.4f)", trial.number, trial.value, study.best_value)
        _keep_one_model(study, self.folder)
        _write_results(study, self.folder)
        if self._begun() >= self.config.trials:
            study.stop()

    def _finished(self) -> int:
        return self._count(TrialState.COMPLETE, TrialState.PRUNED)

    def _begun(self) -> int:
        return self._count(TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)

    def _count(self, *states: TrialState) -> int:
        return len(self.study.get_trials(deepcopy=False, states=states))


def _suggest(trial: Trial, key: str, dimension: Dimension) -> Any:
    if dimension.choices is not None:
        return trial.suggest_categorical(key, dimension.choices)
    low, high = float(dimension.low or 0.0), float(dimension.high or 0.0)
    if dimension.integer:
        return trial.suggest_int(key, round(low), round(high), step=round(dimension.step or 1), log=dimension.log)
    return trial.suggest_float(key, low, high, step=dimension.step, log=dimension.log)


def _override(key: str, value: Any) -> str:
    """A setting as Hydra's command line takes it."""
    return f"{key}={'null' if value is None else value}"


def _examples(dimension: Dimension) -> list[Any]:
    """All choices, or both bounds."""
    if dimension.choices is not None:
        return list(dimension.choices)
    bounds = [float(dimension.low or 0.0), float(dimension.high or 0.0)]
    return [round(bound) for bound in bounds] if dimension.integer else bounds


def _run_workers(config: SweepConfig, arguments: Sequence[str]) -> None:
    """Start worker processes of this command and wait for them. Raises UserError if one fails."""
    threads = max(torch.get_num_threads() // config.workers, 1)
    command = [sys.executable, "-m", "coopclaims.cli", "sweep", *arguments, "workers=1", "shared=true"]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    workers: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(config.workers):
            # In sessions of their own: a Ctrl-C reaches them once, as our SIGTERM, and they save their states.
            worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
            workers.append(worker)
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
    with atomic_write(folder / TABLE) as file:
        # Quoted where needed: a choice may be a list.
        table = csv.writer(file, lineterminator="\n")
        table.writerow([*TABLE_COLUMNS, *keys])
        for trial in trials:
            scored = list(trial.intermediate_values.values())
            value = f"{trial.value if trial.value is not None else max(scored, default=0.0):.4f}"
            seconds = trial.user_attrs.get("seconds", "")
            row = [trial.number, trial.state.name.lower(), value, len(scored), seconds]
            table.writerow([*row, *(trial.params.get(key, "") for key in keys)])
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    if complete:
        with atomic_write(folder / "best.yaml") as file:
            overrides = (_override(key, value) for key, value in complete[0].params.items())
            file.write(f"# coopclaims train {' '.join(overrides)}\n{yaml.safe_dump(complete[0].params)}")
