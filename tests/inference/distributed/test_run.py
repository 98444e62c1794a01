"""The account of a run, with a worker in this process in the place of Ray's."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from coopclaims import cli
from coopclaims.errors import UserError
from coopclaims.inference.distributed import run as run_module
from coopclaims.inference.distributed import worker as worker_module
from coopclaims.inference.distributed.job import Job
from coopclaims.inference.distributed.results import Failure, ShardResult
from coopclaims.inference.distributed.run import run_distributed
from coopclaims.inference.distributed.worker import ShardWorker


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the inputs that are handed to workers, of which those with "fails" fail."""
    names: list[str] = []

    def outcomes(shards: list, job: Job, workers: int) -> Iterator[ShardResult | Failure]:
        worker = ShardWorker(job)
        for shard in reversed(shards):
            names.append(Path(shard.source).name)
            yield Failure(shard.source, "broken\x1b") if "fails" in shard.source else worker.make(shard)

    monkeypatch.setattr(run_module, "ray_session", lambda *_: nullcontext(2))
    monkeypatch.setattr(run_module, "shard_outcomes", outcomes)
    return names


def test_what_is_complete_is_kept_and_counted(job: Job, news: Path, made: list[str], capsys) -> None:
    first = run_distributed([str(news)], job)
    assert (first.shards, first.kept, len(made)) == (5, 0, 5)
    error = capsys.readouterr().err
    assert "none.jsonl:1: not JSON" in error
    assert "shards: 5 (kept: 0)" in error
    made.clear()
    again = run_distributed([str(news)], job)
    assert made == []
    assert (again.kept, again.documents, again.claims) == (5, first.documents, first.claims)
    assert again.skipped == first.skipped
    (news / "new.jsonl").write_text('{"text": "Bonn."}')
    more = run_distributed([str(news)], job)
    assert made == ["new.jsonl"]
    assert more.documents == first.documents + 1


def test_the_summary_names_each_shard_in_the_order_of_the_inputs(job: Job, news: Path) -> None:
    summary = run_distributed([str(news)], job)
    written = json.loads((Path(job.output) / "_summary.json").read_text(encoding="utf-8"))
    assert [Path(shard["source"]).name for shard in written["shards"]] == sorted(path.name for path in news.iterdir())
    assert written["documents"] == summary.documents == sum(shard["documents"] for shard in written["shards"])
    assert written["skipped"] == {"cut short": 1, "not JSON": 1}
    assert [shard["output"] is None for shard in written["shards"]] == [False, False, False, False, True]


def test_a_failed_shard_is_told_and_does_not_lose_the_rest(job: Job, news: Path, capsys) -> None:
    (news / "fails.jsonl").write_text('{"text": "Bonn."}')
    (news / os.fsdecode(b"fails-\xff.jsonl")).write_text('{"text": "Bonn."}')
    command = ["extract", str(news), "--model", job.model, "--engine", "ray", "--format", "records"]
    assert cli.main([*command, "--output", job.output]) == 1
    error = capsys.readouterr().err
    assert f"failed: {news}/fails.jsonl: broken\N{REPLACEMENT CHARACTER}" in error
    assert "shards: 7 (kept: 0, failed: 2)" in error
    assert error.splitlines()[-1] == "coopclaims: 2 shards failed; repeat the command to try them again"
    assert len(list(Path(job.output).glob("*.jsonl"))) == 4


def test_a_mistake_ends_the_run_in_one_line_and_what_is_done_stays(job: Job, news: Path, made: list[str]) -> None:
    with pytest.raises(UserError, match=r"none\.jsonl:1: not JSON"):
        run_distributed([str(news)], replace(job, strict=True))
    (news / "none.jsonl").unlink()
    with pytest.raises(UserError, match="cut short"):
        run_distributed([str(news)], replace(job, strict=True))
    (news / "cut.jsonl.gz").unlink()
    made.clear()
    summary = run_distributed([str(news)], replace(job, strict=True))
    assert summary.kept + len(made) == 3
    assert summary.kept == 1


def test_input_of_which_nothing_is_usable_is_a_user_error(job: Job, news: Path) -> None:
    with pytest.raises(UserError, match=r"no usable input; the first problem of 1: .*none\.jsonl:1: not JSON"):
        run_distributed([str(news / "none.jsonl")], job)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--format", "table"], "format table has no shards"),
        (["--workers", "0"], "workers is 0"),
        (["--worker-cpus", "-1"], "worker-cpus is -1"),
        (["--device", "cuda:1"], "use --device cuda"),
        (["--output", "-"], "name it with --output"),
        (["--precision", "fp16"], "precision fp16 needs a GPU"),
        (["--precision", "int4"], "must be one of auto"),
        (["--batch-pieces", "0"], "batch-pieces is 0"),
    ],
)
def test_bad_use_is_told_in_one_line(job: Job, news: Path, options: list[str], message: str, capsys) -> None:
    command = ["extract", str(news / "a.jsonl"), "--model", job.model, "--engine", "ray", "--output", job.output]
    assert cli.main([*command, "--format", "records", *options]) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_without_ray_the_extra_is_named(job: Job, news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UserError, match=r"pip install 'coopclaims\[cluster\]'"):
        run_distributed([str(news)], job)
    assert not Path(job.output).exists()


def test_problems_of_one_shard_are_told_up_to_a_number(job: Job, news: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(worker_module, "MOST_PROBLEMS", 2)
    (news / "none.jsonl").write_text("broken\n" * 5 + '{"text": "Bonn."}')
    summary = run_distributed([str(news / "none.jsonl")], job)
    assert summary.skipped == {"not JSON": 5}
    assert capsys.readouterr().err.count("not JSON: Expecting") == 2
