"""The output folder of a run of shards: whose it is, what is complete, what killed workers left, and the summary."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from coopclaims.errors import UserError
from coopclaims.files import STANDARD_INPUT, STANDARD_OUTPUT, atomic_write, can_be_written, hold
from coopclaims.inference.distributed.job import Job
from coopclaims.inference.distributed.results import MARKS, ShardResult, attempts_path, read_mark
from coopclaims.inference.distributed.shards import Shard

IDENTITY = "_run.json"
SUMMARY = "_summary.json"


@contextmanager
def output_folder(job: Job, inputs: Sequence[str]) -> Iterator[Path]:
    """The folder of a run, made where it is not there, and held against a second run on this machine.

    Raises UserError for a folder of other things, or of a run with other settings, and where an input is inside or
    around it.
    """
    folder = Path(job.output)
    _check_place(job.output, inputs)
    known = _read_identity(folder)
    if known is not None:
        _check_identity(folder, known, job)
    # A run that has just begun, or was killed then, has made no more than the folder of marks.
    elif folder.is_dir() and any(path.name != MARKS for path in folder.iterdir()):
        raise UserError(f"{job.output}: is a folder that is not empty; name another output")
    with can_be_written(job.output):
        (folder / MARKS).mkdir(parents=True, exist_ok=True)
    with _held(folder):
        # Another run may have begun since.
        known = _read_identity(folder)
        if known is not None:
            _check_identity(folder, known, job)
        else:
            with atomic_write(folder / IDENTITY) as file:
                json.dump(job.identity(), file, indent=1)
        yield folder


def complete_shards(folder: Path, shards: Iterable[Shard]) -> dict[str, ShardResult]:
    """The results of the shards that are complete, by output name."""
    marks = ((shard.output, read_mark(folder, shard)) for shard in shards)
    return {name: mark for name, mark in marks if mark is not None}


def clear_leftovers(folder: Path, shards: Iterable[Shard]) -> None:
    """Remove what killed workers left: half-written files under temporary names, and counts of attempts."""
    for shard in shards:
        attempts_path(folder, shard).unlink(missing_ok=True)
    names = {shard.output for shard in shards}
    for path in (*folder.glob(".*"), *(folder / MARKS).glob(".*")):
        # Temporary names are those of files.py: a dot, the name, a dot, and some characters.
        if path.name[1:].rpartition(".")[0].removesuffix(".json") in names:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def write_summary(folder: Path, results: Sequence[ShardResult], totals: dict[str, object]) -> None:
    """Write the counts of a run and of its shards, in the order of the inputs."""
    shards = [
        {
            "source": result.source,
            "output": result.output if result.output_bytes is not None else None,
            "documents": result.documents,
            "claims": result.claims,
            "skipped": result.skipped,
        }
        for result in results
    ]
    with atomic_write(folder / SUMMARY) as file:
        # Escaped: file names that are not Unicode have no UTF-8.
        json.dump({**totals, "shards": shards}, file, indent=1)
        file.write("\n")


def _check_place(output: str, inputs: Sequence[str]) -> None:
    if output == STANDARD_OUTPUT:
        raise UserError("--engine ray writes a folder of shards; name it with --output")
    path = Path(output).resolve()
    if path.exists() and not path.is_dir():
        raise UserError(f"{output}: is a file; --engine ray writes a folder of shards")
    for name in inputs:
        source = Path(name).resolve()
        # A later run would read the output as input.
        if name != STANDARD_INPUT and (source == path or source in path.parents or path in source.parents):
            raise UserError(f"{output}: the output may not be inside an input or around it ({name}); choose another")


def _read_identity(folder: Path) -> dict[str, object] | None:
    path = folder / IDENTITY
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read as the settings of a run; name another output") from error
    return value if isinstance(value, dict) else {}


def _check_identity(folder: Path, known: dict[str, object], job: Job) -> None:
    for key, value in job.identity().items():
        if known.get(key) != value:
            raise UserError(
                f"{folder}: its shards were made with {key} {known.get(key)!r}, not {value!r}; name another output, "
                "or delete this one"
            )


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the folder of marks, which is there before anything is written and is never replaced."""
    descriptor = os.open(folder / MARKS, os.O_RDONLY)
    try:
        hold(descriptor, folder, "another run is writing it; wait for it, or stop it")
        yield
    finally:
        os.close(descriptor)
