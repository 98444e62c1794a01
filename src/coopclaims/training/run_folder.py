"""The folder of one training run: created once, by one process, and never mixed with another run."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from yaml import YAMLError

from coopclaims.errors import UserError
from coopclaims.files import atomic_write, hold
from coopclaims.provenance import data_hash, machine, versions
from coopclaims.training.config import TrainConfig

# Settings that a resumed run may have other values of: they change neither weights nor scores.
FREE_ON_RESUME = (
    *("trainer.resume", "trainer.save_steps", "trainer.keep_states", "trainer.prefetch"),
    *("tracker", "model_card"),
)


def open_run_folder(config: TrainConfig) -> tuple[Path, bool]:
    """Make ``<output>/<name>``, write config.yaml there, and say whether it is an earlier run that goes on.

    Raises UserError for a folder that holds anything, unless the run resumes it with the same settings; so does the
    later one of two runs that make the folder in the same moment.
    """
    name = config.name or datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    folder = Path(config.output) / name
    existed = folder.exists()
    exists = f"{folder}: this run exists; choose another with name=NAME, remove it, or add trainer.resume=auto"
    if existed and (not folder.is_dir() or any(folder.iterdir())):
        if config.trainer.resume != "auto":
            raise UserError(exists)
        _check_same_settings(folder, config)
        return folder, True
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir(exist_ok=existed)
        except FileExistsError as error:
            raise UserError(exists) from error
        with atomic_write(folder / "config.yaml") as file:
            file.write(OmegaConf.to_yaml(OmegaConf.structured(config)))
    except OSError as error:
        raise UserError(f"{folder}: the run folder cannot be written: {error.strerror}") from error
    return folder, False


@contextmanager
def only_user(folder: Path) -> Iterator[None]:
    """Keep other processes from training in the folder at the same time, where the system has file locks.

    Raises UserError if another one does.
    """
    with (folder / "config.yaml").open("rb") as file:
        hold(file, folder, "another process is training there; choose another name=NAME")
        yield


def is_complete(folder: Path) -> bool:
    """Whether a run has ended: its model folder is the last thing that it writes."""
    return (folder / "model").is_dir()


def _check_same_settings(folder: Path, config: TrainConfig) -> None:
    try:
        before = flat_settings(OmegaConf.load(folder / "config.yaml"))
    except (OSError, ValueError, YAMLError) as error:
        raise UserError(f"{folder}/config.yaml: cannot be read, so this run cannot be resumed") from error
    now = flat_settings(OmegaConf.structured(config))
    changed = sorted(
        key
        for key in before.keys() | now.keys()
        if before.get(key) != now.get(key) and not key.startswith(FREE_ON_RESUME)
    )
    if changed:
        was = ", ".join(f"{key}={before.get(key)}" for key in changed)
        raise UserError(f"{folder}: this run was started with other settings ({was}); resume it with the same ones")


def flat_settings(config: Any, prefix: str = "") -> dict[str, Any]:
    """Settings by their full key."""
    values = OmegaConf.to_container(config) if OmegaConf.is_config(config) else config
    if not isinstance(values, dict):
        return {prefix.removesuffix("."): values}
    return {key: value for name in values for key, value in flat_settings(values[name], f"{prefix}{name!s}.").items()}


@contextmanager
def logged_to(folder: Path) -> Iterator[None]:
    """Send the package's log to log.txt of the run folder as well."""
    handler = logging.FileHandler(folder / "log.txt", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("coopclaims")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def write_json(path: Path, value: Any) -> None:
    """Write indented JSON atomically."""
    with atomic_write(path) as file:
        json.dump(value, file, ensure_ascii=False, indent=2)
        file.write("\n")


def run_facts(config: TrainConfig, encoder: dict[str, Any]) -> dict[str, Any]:
    """What is needed to repeat the run: versions, seed, data hash, encoder, machine."""
    return {
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "started": datetime.now().astimezone().isoformat(timespec="seconds"),
        "seed": config.seed,
        "data_sha256": {
            **{name: data_hash(getattr(config.corpus, name)) for name in ("train", "dev", "test")},
            **({"unlabelled": data_hash(config.distillation.unlabelled)} if config.distillation.unlabelled else {}),
        },
        "encoder": encoder,
        "versions": versions(),
        "machine": machine(),
    }
