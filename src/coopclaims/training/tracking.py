"""Trackers: where the scalars of a run go while it trains. Nothing leaves the run folder without ``tracker.online``."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from accelerate import Accelerator
from omegaconf import OmegaConf

from coopclaims.errors import UserError
from coopclaims.training.config import TrackerConfig, TrainConfig
from coopclaims.training.run_folder import flat_settings

log = logging.getLogger(__name__)

# Trackers that can stay offline, with the distribution that brings the module of the same name.
PACKAGES = {"tensorboard": "tensorboard", "mlflow": "mlflow-skinny", "wandb": "wandb"}
# Folder of a tracker's files within the run folder.
FOLDER = "tracker"


def check_tracker(config: TrackerConfig) -> None:
    """Raise UserError for a tracker that cannot run here, before anything is loaded."""
    if config.name is None:
        return
    if config.name not in PACKAGES:
        raise UserError(f"tracker.name={config.name}: must be {', '.join(PACKAGES)} or null")
    if find_spec(config.name) is None:
        raise UserError(
            f"tracker.name={config.name} needs the package {PACKAGES[config.name]}: pip install "
            "'coopclaims[trackers]', or do without (tracker=none)"
        )
    if config.online and config.name == "tensorboard":
        raise UserError("tracker.online=true: TensorBoard has no server; choose tracker=mlflow or tracker=wandb")
    if config.online and config.name == "mlflow" and not os.environ.get("MLFLOW_TRACKING_URI"):
        raise UserError("tracker.online=true: set MLFLOW_TRACKING_URI to the address of the MLflow server")


@contextmanager
def tracked(accelerator: Accelerator, config: TrainConfig, folder: Path, steps: int) -> Iterator[None]:
    """Keep the configured tracker open, which is closed however the run ends.

    ``steps`` are those done before: a resumed run goes on in its TensorBoard curves, and begins a new MLflow or
    Weights & Biases run of the same name. Raises UserError if the tracker does not start.
    """
    name = config.tracker.name
    if name is None:
        yield
        return
    accelerator.project_configuration.set_directories(str(folder))
    settings = {key: _setting(value) for key, value in flat_settings(OmegaConf.structured(config)).items()}
    try:
        options = _options(config.tracker, folder, steps) if accelerator.is_main_process else {}
        project = FOLDER if name == "tensorboard" else config.tracker.project
        accelerator.init_trackers(project, settings, {name: options})
    except Exception as error:
        _close(accelerator)
        first_line = str(error).strip().partition("\n")[0]
        raise UserError(f"tracker.name={name} does not start: {first_line}; tracker=none does without") from error
    try:
        yield
    finally:
        _close(accelerator)


def log_scalars(accelerator: Accelerator, scalars: Mapping[str, float], step: int) -> None:
    """Hand scalars to the tracker, if there is one; a tracker that fails ends itself, not the run."""
    try:
        accelerator.log(dict(scalars), step=step)
    except Exception as error:
        log.warning("the tracker failed and is closed, the run goes on: %s", str(error).strip().partition("\n")[0])
        _close(accelerator)


@dataclass
class StepMeans:
    """Losses and speed over some optimiser steps."""

    steps: int = 0
    pieces: int = 0
    seconds: float = 0.0
    losses: dict[str, float] = field(default_factory=dict)

    def add(self, losses: Mapping[str, float], pieces: int, seconds: float) -> None:
        """Count one optimiser step: its mean losses by head, word pieces read, and the time it took."""
        self.steps += 1
        self.pieces += pieces
        self.seconds += seconds
        for name, value in losses.items():
            self.losses[name] = self.losses.get(name, 0.0) + value

    def scalars(self) -> dict[str, float]:
        """The means by name; nothing where there was no step."""
        if not self.steps:
            return {}
        means = {f"loss/{name}": value / self.steps for name, value in self.losses.items()}
        return means | {"pieces_per_second": self.pieces / max(self.seconds, 1e-9)}


def _options(config: TrackerConfig, folder: Path, steps: int) -> dict[str, Any]:
    """What the tracker's constructor in accelerate takes besides the name of the project."""
    files = folder / FOLDER
    if config.name == "tensorboard":
        # Steps after the state that the run went on from were done twice.
        return {"purge_step": steps + 1} if steps else {}
    files.mkdir(exist_ok=True)
    return _mlflow_options(config, files) if config.name == "mlflow" else _wandb_options(config, files)


def _mlflow_options(config: TrackerConfig, files: Path) -> dict[str, Any]:
    if config.online:
        return {"run_name": files.parent.name}
    # MLflow would send statistics about its use.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    # MLflow 3 has given up its store of plain files.
    mlflow.set_tracking_uri(f"sqlite:///{(files / 'mlflow.db').resolve()}")
    return {"run_name": files.parent.name, "logging_dir": str((files / "artifacts").resolve())}


def _wandb_options(config: TrackerConfig, files: Path) -> dict[str, Any]:
    if not config.online:
        os.environ["WANDB_ERROR_REPORTING"] = "false"
    import wandb

    # Scalars and settings only: neither source code nor what the terminal shows.
    settings = wandb.Settings(silent=True, console="off", disable_code=True, disable_git=True)
    mode = "online" if config.online else "offline"
    return {"name": files.parent.name, "mode": mode, "dir": str(files), "settings": settings}


def _close(accelerator: Accelerator) -> None:
    trackers, accelerator.trackers = accelerator.trackers, []
    for tracker in trackers:
        try:
            tracker.finish()
        except Exception as error:
            log.warning("the tracker could not be closed: %s", str(error).strip().partition("\n")[0])


def _setting(value: Any) -> str | int | float | bool:
    """A setting as every tracker takes it."""
    return value if isinstance(value, (str, int, float, bool)) else str(value)
