"""One worker: a model, loaded once, that makes shard after shard."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coopclaims import __version__
from coopclaims.errors import UserError
from coopclaims.inference.distributed.job import Job
from coopclaims.inference.distributed.results import (
    Failure,
    ShardResult,
    attempts_path,
    file_size,
    shard_result,
    write_mark,
)
from coopclaims.inference.distributed.shards import Shard
from coopclaims.inference.extractor import Extractor
from coopclaims.inference.inputs import Source
from coopclaims.inference.problems import ProblemLog
from coopclaims.inference.run import NoUsableInputError, extract_sources

MOST_ATTEMPTS = 3
MOST_PROBLEMS = 1_000  # Told of one shard; the others are only counted.
LONGEST_REASON = 1_000  # Characters.
PAUSE_SECONDS = 2.0  # Before another attempt, for storage that is away for a moment; doubled each time.


class ShardWorker:
    """Makes the output of one shard after another; what a worker of Ray Data calls, row by row.

    A row has a Shard as JSON, what comes back a ShardResult or a Failure. An error, which may pass (storage, memory of
    a GPU), is raised, so that Ray tries again; after ``MOST_ATTEMPTS`` it is a Failure.
    A worker that dies leaves a line in the file of attempts, so that a shard that kills its workers is given up too.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.extractor: Extractor | None = None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Make the output of one shard."""
        outcome = self.make(Shard(**json.loads(row["shard"])))
        return {"complete": isinstance(outcome, ShardResult), "outcome": json.dumps(asdict(outcome))}

    def make(self, shard: Shard) -> ShardResult | Failure:
        """The result of a shard, complete with its mark. Raises what another attempt might mend."""
        try:
            self._enter_directory(shard)
            return self._attempt(shard)
        except UserError as error:
            return Failure(shard.source, str(error), mistake=True)

    def _attempt(self, shard: Shard) -> ShardResult | Failure:
        attempts = attempts_path(Path(self.job.output), shard)
        earlier = attempts.read_text(encoding="utf-8").splitlines() if attempts.exists() else []
        if len(earlier) >= MOST_ATTEMPTS:
            attempts.unlink()
            return Failure(shard.source, f"{earlier[-1]} (attempt {len(earlier)})")
        # Replaced by the error, if the worker lives to see it.
        _write_lines(attempts, [*earlier, "its worker died, perhaps for want of memory"])
        try:
            result = self._extract(shard, len(earlier) + 1)
        except UserError:
            attempts.unlink()
            raise
        except Exception as error:
            _write_lines(attempts, [*earlier, _one_line(error)])
            # A model that failed may be broken, or fill the memory that the next attempt needs.
            self.extractor = None
            time.sleep(PAUSE_SECONDS * 2 ** len(earlier))
            raise
        attempts.unlink()
        return result

    def _extract(self, shard: Shard, attempt: int) -> ShardResult:
        job, folder = self.job, Path(self.job.output)
        extractor = self._loaded()
        extractor.cut_pieces = 0
        told: list[str] = []
        log = ProblemLog(lambda line: told.append(line) if len(told) < MOST_PROBLEMS else None)
        sources = [Source(shard.source, shard.size)]
        output = folder / shard.output
        try:
            summary = extract_sources(sources, extractor, str(output), job.format, log, job.language, job.strict)
        except NoUsableInputError:
            output.unlink(missing_ok=True)
            result = shard_result(shard, None, log.skipped, problems=told, attempts=attempt)
        else:
            result = shard_result(
                shard,
                file_size(output),
                log.skipped,
                documents=summary.documents,
                claims=summary.claims,
                other_language=summary.other_language,
                unusable_dates=summary.unusable_dates,
                cut_pieces=extractor.cut_pieces,
                problems=told,
                attempts=attempt,
            )
        write_mark(folder, shard, result)
        return result

    def _loaded(self) -> Extractor:
        job = self.job
        if job.version != __version__:
            raise UserError(f"{platform.node()} has coopclaims {__version__}, not {job.version}; install the same")
        self.extractor = self.extractor or Extractor.from_pretrained(
            job.model, job.device, job.batch_pieces, workers=job.cpus, precision=job.precision
        )
        return self.extractor

    def _enter_directory(self, shard: Shard) -> None:
        """Make relative paths mean what they mean where the run was started."""
        paths = (self.job.model, self.job.output, shard.source)
        if all(path is None or Path(path).is_absolute() for path in paths):
            return
        try:
            os.chdir(self.job.directory)
        except OSError as error:
            raise UserError(
                f"{self.job.directory}: is not a folder on {platform.node()}; name model, inputs and output by "
                "absolute paths that lead to the same files on all machines"
            ) from error


def _write_lines(path: Path, lines: list[str]) -> None:
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        # Without this file, attempts would go on for ever.
        raise UserError(f"{path}: cannot be written: {error.strerror}; make room, or check the folder") from error


def _one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:LONGEST_REASON]
