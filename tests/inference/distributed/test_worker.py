"""A worker by itself, without Ray."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from coopclaims.inference.distributed import worker as worker_module
from coopclaims.inference.distributed.job import Job
from coopclaims.inference.distributed.results import Failure, attempts_path, read_mark
from coopclaims.inference.distributed.shards import Shard, find_shards
from coopclaims.inference.distributed.worker import MOST_ATTEMPTS, ShardWorker
from coopclaims.inference.extractor import Extractor
from coopclaims.inference.inputs import find_sources
from coopclaims.inference.run import run_extraction


@pytest.fixture
def shards(job: Job, news: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Shard]:
    monkeypatch.setattr(worker_module, "PAUSE_SECONDS", 0)
    (Path(job.output) / "_shards").mkdir(parents=True)
    found = find_shards(find_sources([str(news)]), job.format)
    return {Path(shard.source).name: shard for shard in found}


@pytest.mark.parametrize("format_", ["records", "jsonl", "csv", "parquet"])
def test_a_shard_is_what_the_local_engine_makes_of_the_file(job, shards, tmp_path, format_):
    worker = ShardWorker(replace(job, format=format_))
    extractor = Extractor.from_pretrained(job.model)
    for name in ("a.jsonl", "cut.jsonl.gz", "empty.jsonl", "b.jsonl"):
        result = worker.make(shards[name])
        summary = run_extraction([shards[name].source], extractor, str(tmp_path / name), format_)
        written = (Path(job.output) / shards[name].output).read_bytes()
        assert written == (tmp_path / name).read_bytes()
        assert (result.documents, result.claims, result.skipped) == (summary.documents, summary.claims, summary.skipped)
        assert result.output_bytes == len(written)
        assert read_mark(Path(job.output), shards[name]) == result
    assert result.claims
    assert not attempts_path(Path(job.output), shards["a.jsonl"]).exists()


def test_rows_go_in_and_out_as_json(job, shards):
    row = ShardWorker(job)({"shard": json.dumps(asdict(shards["b.jsonl"]))})
    assert row["complete"]
    assert json.loads(row["outcome"])["documents"] == 7


def test_dates_that_are_none_are_counted(job, news, shards):
    (news / "b.jsonl").write_text('{"text": "Bonn.", "date": "yesterday"}\n{"text": "Hue.", "date": "2024-05-06"}\n')
    assert ShardWorker(job).make(shards["b.jsonl"]).unusable_dates == 1


def test_a_shard_without_a_document_is_complete_without_a_file(job, shards):
    result = ShardWorker(job).make(shards["none.jsonl"])
    assert (result.output_bytes, result.skipped) == (None, {"not JSON": 1})
    assert "none.jsonl:1: not JSON" in result.problems[0]
    assert not (Path(job.output) / shards["none.jsonl"].output).exists()
    assert read_mark(Path(job.output), shards["none.jsonl"]) == result


def test_a_mark_counts_only_while_input_and_output_are_as_they_were(job, shards):
    shard, folder = shards["b.jsonl"], Path(job.output)
    ShardWorker(job).make(shard)
    assert read_mark(folder, replace(shard, size=shard.size + 1)) is None
    content = (folder / shard.output).read_bytes()
    (folder / shard.output).write_bytes(content[:-1])
    assert read_mark(folder, shard) is None
    (folder / shard.output).write_bytes(content)
    assert read_mark(folder, shard) is not None
    (folder / "_shards" / f"{shard.output}.json").write_text("{")
    assert read_mark(folder, shard) is None


def test_strict_and_a_missing_model_are_mistakes_that_are_not_tried_again(job, shards):
    found = ShardWorker(replace(job, strict=True)).make(shards["cut.jsonl.gz"])
    assert isinstance(found, Failure)
    assert found.mistake
    assert "cut short" in found.reason
    found = ShardWorker(replace(job, model="/nowhere")).make(shards["a.jsonl"])
    assert found == Failure(shards["a.jsonl"].source, found.reason, mistake=True)
    assert "/nowhere" in found.reason
    assert [path.name for path in (Path(job.output) / "_shards").iterdir()] == []


def test_another_version_on_a_machine_is_told(job, shards):
    found = ShardWorker(replace(job, version="0.0.1")).make(shards["a.jsonl"])
    assert found.mistake
    assert "not 0.0.1; install the same" in found.reason


def test_relative_paths_are_those_of_where_the_run_was_started(job, shards, tmp_path, monkeypatch):
    relative = replace(job, output="out", model="model")
    monkeypatch.chdir("/")
    shard = replace(shards["b.jsonl"], source="news/b.jsonl")
    result = ShardWorker(relative).make(shard)
    record = json.loads((tmp_path / "out" / shard.output).read_text(encoding="utf-8").splitlines()[0])
    assert record["id"] == "news/b.jsonl:1"
    assert result.source == "news/b.jsonl"
    found = ShardWorker(replace(relative, directory=str(tmp_path / "not-here"))).make(shard)
    assert found.mistake
    assert "absolute" in found.reason


def test_an_error_is_raised_to_be_tried_again_and_given_up_at_last(job, shards, monkeypatch):
    worker, shard = ShardWorker(job), shards["a.jsonl"]
    error = OSError(116, "Stale file handle")

    def broken(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(worker_module, "extract_sources", broken)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(OSError, match="Stale"):
            worker.make(shard)
        assert worker.extractor is None
    found = worker.make(shard)
    assert (found.source, found.mistake) == (shard.source, False)
    assert "OSError: [Errno 116] Stale file handle (attempt 3)" in found.reason
    monkeypatch.undo()
    assert worker.make(shard).attempts == 1


def test_a_shard_that_kills_its_workers_is_given_up(job, shards, monkeypatch):
    class KilledError(BaseException):
        """What ends the process here, without a chance to say so."""

    def killed(*arguments: object) -> None:
        raise KilledError

    monkeypatch.setattr(worker_module, "extract_sources", killed)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(KilledError):
            ShardWorker(job).make(shards["a.jsonl"])
    found = ShardWorker(job).make(shards["a.jsonl"])
    assert found.reason == "its worker died, perhaps for want of memory (attempt 3)"
