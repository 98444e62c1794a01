"""A run of extraction over shards: what is not complete is made by workers, and everything is accounted for."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from tqdm import tqdm

from coopclaims.errors import UserError
from coopclaims.inference.distributed.cluster import check_ray, ray_session, shard_outcomes
from coopclaims.inference.distributed.folder import clear_leftovers, complete_shards, output_folder, write_summary
from coopclaims.inference.distributed.job import Job
from coopclaims.inference.distributed.results import Failure, ShardResult, writable
from coopclaims.inference.distributed.shards import Shard, find_shards
from coopclaims.inference.inputs import find_sources
from coopclaims.inference.problems import ProblemLog, tell
from coopclaims.inference.progress_bar import SHOWN_AFTER
from coopclaims.inference.run import NoUsableInputError, Summary
from coopclaims.printable import printable


@dataclass
class ShardedSummary(Summary):
    """What a run did, and those of earlier runs with it; ``failures`` are the shards that are missing."""

    shards: int = 0
    kept: int = 0
    failures: list[Failure] = field(default_factory=list)

    def __str__(self) -> str:
        failed = f", failed: {len(self.failures)}" if self.failures else ""
        return f"{super().__str__()}, shards: {self.shards} (kept: {self.kept}{failed})"


def run_distributed(
    inputs: Sequence[str], job: Job, workers: int | None = None, address: str | None = None
) -> ShardedSummary:
    """Make a shard in the folder ``job.output`` of each file of ``inputs``, by Ray; those that are complete are kept.

    ``workers`` (default: as many as there is room for) are started on the cluster at ``address``, or on this machine.
    The content of a shard is what ``run_extraction`` makes of its file alone. A shard that fails again and again is
    told, is in ``failures``, and does not keep the others from being made.

    Raises UserError as ``run_extraction`` does, for what a worker finds that the user has to mend, and for a folder
    that is not of a run with the same settings. The shards that are complete stay, and the same call goes on.
    """
    _check_numbers(job, workers)
    check_ray()
    log = ProblemLog()
    shards = find_shards(find_sources(inputs, None if job.strict else log), job.format, log)
    with output_folder(job, inputs) as folder:
        results = complete_shards(folder, shards)
        summary = ShardedSummary(shards=len(shards), kept=len(results))
        missing = [shard for shard in shards if shard.output not in results]
        clear_leftovers(folder, missing)
        try:
            # Closed at once if something happens here: then no worker writes any more.
            with closing(_made(missing, job, workers, address)) as outcomes:
                for outcome in outcomes:
                    _take(outcome, results, summary)
        finally:
            clear_leftovers(folder, missing)
        ordered = [results[shard.output] for shard in shards if shard.output in results]
        _add_up(summary, ordered, log.skipped)
        write_summary(folder, ordered, _totals(summary))
    print(summary, file=sys.stderr)
    _check_usable(summary, ordered, log)
    return summary


def _take(outcome: ShardResult | Failure, results: dict[str, ShardResult], summary: ShardedSummary) -> None:
    """Tell what became of a shard, and enter it."""
    if isinstance(outcome, Failure):
        summary.failures.append(outcome)
        tell(f"failed: {printable(outcome.source)}: {printable(outcome.reason)}")
    else:
        results[outcome.output] = outcome
        _tell_problems(outcome)


def _made(shards: list[Shard], job: Job, workers: int | None, address: str | None) -> Generator[ShardResult | Failure]:
    """The outcomes of ``shards``, under a bar. Raises UserError for a failure that the user can mend."""
    if not shards:
        return
    with (
        ray_session(job, workers, address) as count,
        tqdm(desc="extract", total=len(shards), unit=" shards", delay=SHOWN_AFTER, disable=None) as bar,
    ):
        for outcome in shard_outcomes(shards, job, count):
            bar.update()
            if isinstance(outcome, Failure) and outcome.mistake:
                raise UserError(outcome.reason)
            yield outcome


def _check_numbers(job: Job, workers: int | None) -> None:
    for name, value in (("workers", workers), ("worker-cpus", job.cpus)):
        if value is not None and value < 1:
            raise UserError(f"{name} is {value}; it must be at least 1")
    if ":" in job.device:
        raise UserError(f"device {job.device!r}: Ray gives each worker a GPU; use --device cuda")


def _tell_problems(result: ShardResult) -> None:
    for line in result.problems:
        tell(line)
    if (more := sum(result.skipped.values()) - len(result.problems)) > 0:
        tell(f"skipped: {printable(result.source)}: {more} more")
    if result.attempts > 1:
        tell(f"notice: {printable(result.source)}: done at attempt {result.attempts}")


def _add_up(summary: ShardedSummary, results: Sequence[ShardResult], skipped: Counter[str]) -> None:
    summary.skipped = sum((Counter(result.skipped) for result in results), Counter(skipped))
    for result in results:
        summary.documents += result.documents
        summary.claims += result.claims
        summary.other_language += result.other_language
        summary.unusable_dates += result.unusable_dates
        summary.cut_pieces += result.cut_pieces


def _totals(summary: ShardedSummary) -> dict[str, object]:
    return {
        "documents": summary.documents,
        "claims": summary.claims,
        "other_language": summary.other_language,
        "unusable_dates": summary.unusable_dates,
        "skipped": dict(summary.skipped),
        "cut_pieces": summary.cut_pieces,
        "failed": {writable(failure.source): writable(failure.reason) for failure in summary.failures},
    }


def _check_usable(summary: ShardedSummary, results: Sequence[ShardResult], log: ProblemLog) -> None:
    problems = [line for result in results for line in result.problems]
    if summary.documents or summary.failures or not (problems or log.first):
        return
    first = f"{log.first}" if log.first else problems[0].partition(": ")[2]
    raise NoUsableInputError(f"no usable input; the first problem of {summary.skipped.total()}: {first}")
