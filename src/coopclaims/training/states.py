"""Resume states: everything that a run needs to go on as if it had never stopped.

``checkpoints/state-000600`` holds what accelerate saves (model, optimiser, schedule, scaler, random states of each
process), ``progress.json`` (ours) and ``manifest.json`` with the SHA-256 of each file. A state appears under its name
only when complete. It is read back only by the run that wrote it; accelerate unpickles nothing in it beyond tensors
and plain values (``weights_only``). What DeepSpeed reads of its own states is up to DeepSpeed.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils.other import load

from coopclaims.errors import first_line
from coopclaims.files import file_hash

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
PROGRESS = "progress.json"
PREFIX = "state-"


def write_state(folder: Path, accelerator: Accelerator, step: int, progress: dict[str, Any], keep: int) -> bool:
    """Write the state of all processes into ``folder`` and remove all but the last ``keep``.

    Every process calls it. Where the disk is full or the like, it logs why and returns False; older states stay.
    """
    target = folder / f"{PREFIX}{step:06d}"
    partial = folder / f".{target.name}.partial"
    if accelerator.is_main_process:
        shutil.rmtree(partial, ignore_errors=True)
    accelerator.wait_for_everyone()
    failure = _attempt(accelerator, partial)
    # The sum over processes is a barrier too: nothing is hashed while another process still writes.
    failed = _any(accelerator, failure)
    if not failed:
        if accelerator.is_main_process:
            failure = _complete(partial, target, progress, accelerator.num_processes)
        failed = _any(accelerator, failure)
    if failed and accelerator.is_main_process:
        shutil.rmtree(partial, ignore_errors=True)
    elif accelerator.is_main_process:
        for old in states(folder)[keep:]:
            shutil.rmtree(old, ignore_errors=True)
    if failure:
        log.warning("no resume state at step %d: %s; training goes on", step, failure)
    accelerator.wait_for_everyone()
    return not failed


def states(folder: Path) -> list[Path]:
    """The resume states in ``folder``, newest first."""
    return sorted(folder.glob(f"{PREFIX}*"), key=lambda path: int(path.name.removeprefix(PREFIX)), reverse=True)


def newest_whole_state(folder: Path) -> Path | None:
    """The newest state whose files are all there and unchanged; the log names each newer one that is not."""
    for state in states(folder):
        damage = find_damage(state)
        if damage is None:
            return state
        log.warning("%s cannot be used: %s; trying the one before it", state, damage)
    return None


def find_damage(state: Path) -> str | None:
    """What is wrong with a state, or None."""
    try:
        manifest = json.loads((state / MANIFEST).read_text(encoding="utf-8"))
        expected = {str(name): str(digest) for name, digest in manifest["files"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return f"{MANIFEST} is missing or damaged"
    for name, digest in expected.items():
        try:
            if file_hash(state / name) != digest:
                return f"{name} is damaged (its checksum differs)"
        except OSError:
            return f"{name} is missing"
    return None


def read_progress(state: Path) -> dict[str, Any]:
    """The JSON object that ``write_state`` was given."""
    return dict(json.loads((state / PROGRESS).read_text(encoding="utf-8")))


def random_state_is_back(state: Path, rank: int) -> bool:
    """Whether a process has the random state that was saved for it; accelerate only logs it where that fails."""
    try:
        saved = load(state / f"random_states_{rank}.pkl")
    except Exception:  # a missing or foreign file: whatever torch raises
        return False
    return torch.equal(saved["torch_manual_seed"], torch.get_rng_state())


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed run left half-written; a checkpoint that was moved aside for a new one goes back."""
    for path in folder.glob(".*-old.*"):
        name = path.name[1:].partition("-old.")[0]
        if (path / "folder").is_dir() and not (folder / name).exists():
            (path / "folder").rename(folder / name)
    for path in folder.glob(".*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def _attempt(accelerator: Accelerator, partial: Path) -> str | None:
    try:
        accelerator.save_state(str(partial))
    except Exception as error:  # safetensors and torch raise errors of their own for a full disk
        return first_line(error)
    return None


def _complete(partial: Path, target: Path, progress: dict[str, Any], processes: int) -> str | None:
    """Add progress and manifest, and give the state its name; returns what went wrong."""
    missing = [rank for rank in range(processes) if not (partial / f"random_states_{rank}.pkl").is_file()]
    if missing:
        return f"no random state of process {missing[0]}"
    try:
        (partial / PROGRESS).write_text(json.dumps(progress, indent=2), encoding="utf-8")
        files = sorted(path for path in partial.rglob("*") if path.is_file())
        digests = {str(path.relative_to(partial)): file_hash(path) for path in files}
        (partial / MANIFEST).write_text(json.dumps({"files": digests}, indent=2), encoding="utf-8")
        for path in [*files, partial / MANIFEST]:
            _to_disk(path)
        aside = target.parent / f".{target.name}-old.x"
        if target.exists():
            # Never a moment without a state: remove_leftovers puts it back.
            aside.mkdir(exist_ok=True)
            target.rename(aside / "folder")
        partial.rename(target)
        _to_disk(target.parent)
        shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        return first_line(error)
    return None


def _to_disk(path: Path) -> None:
    """Wait until the system has written a file or folder: a machine that vanishes loses what it has not."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _any(accelerator: Accelerator, failure: str | None) -> bool:
    """Whether any process has failed."""
    flag = torch.tensor(float(failure is not None), device=accelerator.device)
    return bool(accelerator.reduce(flag, reduction="sum").item())
