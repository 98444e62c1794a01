from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coopclaims.corpus.jsonl import write_passages
from coopclaims.errors import UserError
from coopclaims.evaluation.sides import read_sides
from coopclaims.schema import Passage


def test_predictions_are_found_where_commands_leave_them(tmp_path: Path, passages: list[Passage]) -> None:
    gold = tmp_path / "gold.jsonl"
    write_passages(gold, [replace(passage, extra={}) for passage in passages])
    write_passages(tmp_path / "run" / "predictions" / "dev.jsonl", passages)
    write_passages(tmp_path / "scores" / "predictions.jsonl", passages)
    for place, split in ((tmp_path / "run", "dev"), (tmp_path / "scores", None)):
        assert read_sides([gold], split, [place])[1] == [passages]
    assert read_sides([gold], None, [tmp_path / "scores" / "predictions.jsonl"])[1] == [passages]
    with pytest.raises(UserError, match="name a split"):
        read_sides([gold], None, [tmp_path / "run"])
    with pytest.raises(UserError, match="evaluate it first"):
        read_sides([gold], None, [tmp_path])


def test_bad_records_and_other_passages_are_left_out_on_all_sides(tmp_path: Path, passages: list[Passage]) -> None:
    gold, run = tmp_path / "gold.jsonl", tmp_path / "run.jsonl"
    write_passages(gold, passages[:3])
    write_passages(run, passages)
    gold.write_text(gold.read_text(encoding="utf-8") + '{"id": "x", "text": 1}\n', encoding="utf-8")
    kept, sides = read_sides([gold], None, [run])
    assert [passage.id for passage in kept] == [passage.id for passage in sides[0]] == [p.id for p in passages[:3]]
    with pytest.raises(UserError, match="no gold passages of split 'none'"):
        read_sides([run], "none", [run])


def test_a_split_that_neither_gold_nor_a_run_knows_is_refused(tmp_path: Path, passages: list[Passage]) -> None:
    gold, run = tmp_path / "gold.jsonl", tmp_path / "run"
    write_passages(gold, [replace(passage, extra={}) for passage in passages])
    write_passages(run / "predictions" / "dev.jsonl", passages)
    assert read_sides([gold], "dev", [gold, run])[1][1] == passages
    with pytest.raises(UserError, match="no gold passages of split 'dev'"):
        read_sides([gold], "dev", [gold, gold])


def test_a_run_without_a_usable_record_is_named(tmp_path: Path, passages: list[Passage]) -> None:
    write_passages(tmp_path / "gold.jsonl", passages)
    (tmp_path / "metrics.json").write_text('{\n"f1": 0.5\n}\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"metrics\.json: no usable record"):
        read_sides([tmp_path / "gold.jsonl"], None, [tmp_path / "metrics.json"])
