from pathlib import Path

import pytest

from coopclaims.errors import UserError
from coopclaims.inference.distributed.shards import find_shards, output_name
from coopclaims.inference.inputs import Source


def test_the_name_of_an_output_depends_on_its_input_alone():
    sources = [Source(name, 1) for name in ("n/a.jsonl", "n/b.parquet", "m/a.jsonl")]
    names = {shard.source: shard.output for shard in find_shards(sources, "parquet")}
    assert len(set(names.values())) == 3
    assert {shard.source: shard.output for shard in find_shards(sources[::-1], "parquet")} == names
    assert names["n/a.jsonl"] == "a-73671aae4753.parquet"


@pytest.mark.parametrize("name", [".hidden.jsonl", "__x.jsonl", "x" * 250, "tin tức\n.jsonl", "\udcff.jsonl", "a\\b"])
def test_every_name_gives_a_visible_file(tmp_path: Path, name: str):
    output = output_name(f"news/{name}", "csv")
    (tmp_path / output).touch()
    assert output[0] not in "._"
    assert output.endswith(".csv")
    assert output.isascii()


def test_a_file_named_twice_is_one_shard_and_told():
    problems = []
    assert len(find_shards([Source("a", 1), Source("a", 1)], "records", problems)) == 1
    assert "named twice" in str(problems[0])


@pytest.mark.parametrize("source", [Source("-", None), Source("/dev/stdin", None)])
def test_what_only_one_process_can_read_is_refused(source: Source):
    with pytest.raises(UserError, match="store it in files"):
        find_shards([source], "records")


def test_formats_without_shards_are_refused():
    with pytest.raises(UserError, match="use records, jsonl, csv, parquet"):
        find_shards([], "table")
