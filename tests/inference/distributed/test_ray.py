"""Real workers of Ray on this machine, one of them killed in the middle."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from tests.inference.distributed.conftest import write_shard

from coopclaims.inference.distributed.job import Job
from coopclaims.inference.distributed.shards import output_name
from coopclaims.inference.extractor import Extractor
from coopclaims.inference.run import run_extraction

pytest.importorskip("ray")
pytestmark = pytest.mark.slow

GOOD = ("a.jsonl", "b.jsonl", "cut.jsonl.gz", "empty.jsonl", "long.jsonl")
LONGEST_WAIT = 600  # Seconds, for a machine that is busy with other things.


@dataclass
class Done:
    """What a command left: exit code, standard error, and how many workers were killed."""

    code: int
    error: str
    killed: int


def extract(news: Path, job: Job, folder: Path, kill_at: str = "") -> Done:
    """Run the command with two workers; kill the first that writes the shard whose output begins with ``kill_at``."""
    command = [sys.executable, "-m", "coopclaims.cli", "extract", str(news), "--model", job.model, "--engine", "ray"]
    command += ["--workers", "2", "--format", job.format, "--output", job.output]
    killed = 0
    with (folder / "error.txt").open("w+", encoding="utf-8") as error:
        process = subprocess.Popen(command, stderr=error)
        give_up = time.monotonic() + LONGEST_WAIT
        while process.poll() is None and time.monotonic() < give_up:
            if kill_at and not killed and list(Path(job.output).glob(f".{kill_at}*")):
                killed += kill_writer(process.pid, kill_at)
            time.sleep(0.02)
        process.kill()
        error.seek(0)
        return Done(process.wait(), error.read(), killed)


def kill_writer(parent: int, name: str) -> int:
    for child in psutil.Process(parent).children(recursive=True):
        try:
            if any(Path(file.path).name.startswith(f".{name}") for file in child.open_files()):
                child.kill()
                return 1
        except psutil.Error:
            continue
    return 0


def test_two_workers_of_which_one_is_killed_and_runs_after_that(news: Path, job: Job, tmp_path: Path) -> None:
    write_shard(news / "long.jsonl", 1_500)
    outputs = {name: Path(job.output) / output_name(str(news / name), job.format) for name in GOOD}

    first = extract(news, job, tmp_path, kill_at="long-")
    assert (first.code, first.killed) == (0, 1), first.error
    extractor = Extractor.from_pretrained(job.model)
    for name, output in outputs.items():
        run_extraction([str(news / name)], extractor, str(tmp_path / name), job.format)
        assert output.read_bytes() == (tmp_path / name).read_bytes(), name
    assert "skipped: " in first.error
    assert "cut.jsonl.gz:" in first.error
    assert "none.jsonl:1: not JSON" in first.error
    assert "long.jsonl: done at attempt 2" in first.error
    assert "shards: 6 (kept: 0)" in first.error
    assert "Traceback" not in first.error
    assert not list(Path(job.output).rglob(".*"))
    assert not list(Path(job.output).rglob("*.attempts"))

    before = {name: output.stat().st_mtime_ns for name, output in outputs.items()}
    content = outputs["b.jsonl"].read_bytes()
    outputs["b.jsonl"].write_bytes(content[:-7])
    second = extract(news, job, tmp_path)
    assert second.code == 0, second.error
    assert "shards: 6 (kept: 5)" in second.error
    assert outputs["b.jsonl"].read_bytes() == content
    after = {name: output.stat().st_mtime_ns for name, output in outputs.items()}
    assert {name for name in GOOD if before[name] != after[name]} == {"b.jsonl"}
