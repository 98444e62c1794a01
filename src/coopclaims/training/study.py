"""The trials of a search for settings, read from where it left them; loads no torch and writes nothing.

That is an Optuna study of ``coopclaims sweep`` (study.db, or trials.csv alone), or a folder of run folders, as
``coopclaims train --multirun`` leaves it.
"""

from __future__ import annotations

import csv
import json
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from coopclaims.errors import UserError, first_line
from coopclaims.training.run_folder import FREE_ON_RESUME, flat_settings

log = logging.getLogger(__name__)

DATABASE, TABLE = "study.db", "trials.csv"
COMPLETE, PRUNED = "complete", "pruned"
# Optuna's names of states that read badly; the others are taken in lower case.
STATES = {"FAIL": "failed"}
# Columns of trials.csv that are no settings.
TABLE_COLUMNS = ("trial", "state", "dev_argument_f1", "epochs", "seconds")
# Settings that differ between any two runs, or make no difference to the score.
NO_CHOICE = ("name", "output", *FREE_ON_RESUME)


@dataclass(frozen=True)
class StudyTrial:
    """One training: its settings by full key, its best dev F1 (None: none yet), and the dev F1 of each epoch."""

    name: str
    state: str
    settings: Mapping[str, Any]
    score: float | None
    by_epoch: Sequence[tuple[int, float]] = ()
    seconds: float | None = None


@dataclass(frozen=True)
class StudyResults:
    """All trials of a search, the complete ones first, the best first, and how many runs could not be read."""

    name: str
    trials: list[StudyTrial] = field(default_factory=list)
    unreadable: int = 0

    @property
    def settings(self) -> list[str]:
        """The settings that were searched."""
        return sorted({key for trial in self.trials for key in trial.settings})

    @property
    def complete(self) -> list[StudyTrial]:
        """Trials that came to their end, best first."""
        return [trial for trial in self.trials if trial.state == COMPLETE and trial.score is not None]


def read_study(folder: Path) -> StudyResults:
    """Read a study folder or a folder of runs. Raises UserError where there is no trial in it."""
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; name the folder of a sweep, or one that holds run folders")
    unreadable = 0
    if (folder / DATABASE).is_file():
        trials = _read_database(folder / DATABASE)
    elif (folder / TABLE).is_file():
        trials = _read_table(folder / TABLE)
    else:
        trials, unreadable = _read_runs(folder)
    if not trials:
        raise UserError(f"{folder}: no trial there; it must hold {DATABASE}, {TABLE}, or finished run folders")
    trials.sort(key=lambda trial: (trial.state != COMPLETE, -(trial.score if trial.score is not None else -1)))
    return StudyResults(folder.resolve().name, trials, unreadable)


def _read_database(path: Path) -> list[StudyTrial]:
    try:
        import optuna
    except ImportError as error:
        raise UserError(f"{path}: reading it needs the package optuna: pip install 'coopclaims[sweep]'") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def read_only() -> sqlite3.Connection:
        # Trials may be running.
        return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=60)

    try:
        storage = optuna.storages.RDBStorage("sqlite://", {"creator": read_only}, skip_table_creation=True)
        study = optuna.load_study(study_name=None, storage=storage)
        trials = [_from_optuna(trial) for trial in study.get_trials()]
        storage.engine.dispose()
    except Exception as error:
        raise UserError(f"{path}: not a study that can be read: {first_line(error)}") from error
    return trials


def _from_optuna(trial: Any) -> StudyTrial:
    by_epoch = sorted((int(epoch), float(value)) for epoch, value in trial.intermediate_values.items())
    # A pruned trial has no value, but an epoch that was its best.
    score = trial.value if trial.value is not None else max((value for _, value in by_epoch), default=None)
    state, seconds = STATES.get(trial.state.name, trial.state.name.lower()), trial.user_attrs.get("seconds")
    return StudyTrial(f"trial {trial.number}", state, dict(trial.params), score, by_epoch, seconds)


def _read_table(path: Path) -> list[StudyTrial]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [_from_row(row) for row in csv.DictReader(file)]
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise UserError(f"{path}: not a table of 'coopclaims sweep': {error}") from error


def _from_row(row: dict[str, str]) -> StudyTrial:
    settings = {key: _value(text) for key, text in row.items() if key not in TABLE_COLUMNS and text != ""}
    seconds = float(row["seconds"]) if row["seconds"] else None
    return StudyTrial(f"trial {row['trial']}", row["state"], settings, float(row["dev_argument_f1"]), (), seconds)


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _read_runs(folder: Path) -> tuple[list[StudyTrial], int]:
    """Finished runs below a folder, with the settings that differ between them; and how many could not be read."""
    runs: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    unreadable = 0
    for config in sorted(folder.glob("*/config.yaml")):
        try:
            settings = flat_settings(OmegaConf.load(config))
            metrics = json.loads((config.parent / "metrics.json").read_text(encoding="utf-8"))
            _from_run(config.parent.name, settings, metrics)
        except Exception as error:
            log.warning("%s: left out: %s", config.parent, first_line(error))
            unreadable += 1
        else:
            runs[config.parent.name] = settings, metrics
    kept = _differing([settings for settings, _ in runs.values()])
    trials = [
        _from_run(name, {key: settings.get(key) for key in kept}, metrics) for name, (settings, metrics) in runs.items()
    ]
    return trials, unreadable


def _from_run(name: str, settings: dict[str, Any], metrics: dict[str, Any]) -> StudyTrial:
    training = metrics["facts"]["training"]
    by_epoch = [
        (int(scalars["epoch"]), float(value))
        for scalars in training["epochs"]
        if (value := scalars.get("dev/argument_f1", scalars.get("dev/span_f1"))) is not None
    ]
    score = max((value for _, value in by_epoch), default=None)
    return StudyTrial(name, COMPLETE, settings, score, by_epoch, float(training["seconds"]))


def _differing(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Settings of which runs have different values; one that some lack, being of another version, had its default."""
    keys = {key for settings in runs for key in settings if not key.startswith(NO_CHOICE)}
    return sorted(key for key in keys if len({str(settings[key]) for settings in runs if key in settings}) > 1)
