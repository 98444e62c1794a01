from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coopclaims.cli import main
from coopclaims.corpus.jsonl import write_passages
from coopclaims.errors import UserError
from coopclaims.evaluation.bootstrap import randomisation_p
from coopclaims.evaluation.compare import compare, format_comparison, read_sides, verdict
from coopclaims.schema import Passage


def without_claims(passages: list[Passage]) -> list[Passage]:
    return [replace(passage, spans=[], claims=[]) for passage in passages]


def test_the_better_system_is_named_whichever_comes_first(passages: list[Passage]) -> None:
    # Enough of them for a difference to be more than chance.
    passages = [replace(p, id=f"{p.id}-{n}") for p in passages for n in range(3)]
    nothing = without_claims(passages)
    ahead = compare(passages, nothing, passages)
    behind = compare(passages, passages, nothing)
    assert ahead["overall"]["argument"].points == 100
    assert behind["overall"]["argument"].points == -100
    assert verdict("a", "b", ahead).startswith("b is better than a: +100.0 points")
    assert verdict("a", "b", behind).startswith("a is better than b: -100.0 points")


def test_equal_systems_differ_by_nothing(passages: list[Passage]) -> None:
    same = compare(passages, passages, passages)
    assert all(found.interval == (0, 0) and found.p == 1 for figures in same.values() for found in figures.values())
    assert verdict("a", "b", same).startswith("no difference between a and b can be shown")


def test_order_of_records_changes_nothing(passages: list[Passage]) -> None:
    system = [*without_claims(passages[::2]), *passages[1::2]]
    assert compare(passages, passages, system) == compare(passages[::-1], passages, system[::-1])


def test_samples_are_paired(passages: list[Passage]) -> None:
    """Two systems that miss the same passages differ by nothing in every sample, however hard these are."""
    one = [*without_claims(passages[::2]), *passages[1::2]]
    other = [replace(passage, doc="x") for passage in one]
    found = compare(passages, one, other)["overall"]["argument"]
    assert found.first < 1
    assert found.interval == (0, 0)


def test_every_language_is_compared(passages: list[Passage]) -> None:
    found = compare(passages, passages, without_claims(passages))
    assert list(found) == ["overall", "vi", "de", "en"]
    assert sum(figures["argument"].passages for name, figures in found.items() if name != "overall") == len(passages)


@pytest.mark.parametrize("count", [1, 4, 12])
def test_p_is_that_of_a_sign_test_where_all_passages_agree(count: int) -> None:
    """With n equal differences only all signs alike reach the observed one: 2 of 2ⁿ ways."""
    better = np.tile([[[2.0, 2.0, 2.0]]], (count, 1, 1))
    worse = np.tile([[[1.0, 2.0, 2.0]]], (count, 1, 1))
    found = randomisation_p(worse, better, samples=4000)
    assert found[0] == pytest.approx(2 / 2**count, abs=0.03)
    assert randomisation_p(better, better)[0] == 1


def test_taggers_are_compared_by_their_spans(passages: list[Passage]) -> None:
    spans_only = [replace(passage, claims=[]) for passage in passages]
    found = compare(spans_only, without_claims(passages), spans_only)
    assert "points of span F1" in verdict("a", "b", found)


def test_predictions_are_found_where_commands_leave_them(tmp_path: Path, passages: list[Passage]) -> None:
    gold = tmp_path / "gold.jsonl"
    write_passages(gold, [replace(passage, extra={}) for passage in passages])
    write_passages(tmp_path / "run" / "predictions" / "dev.jsonl", passages)
    write_passages(tmp_path / "scores" / "predictions.jsonl", passages)
    for place, split in ((tmp_path / "run", "dev"), (tmp_path / "scores", None), (tmp_path / "scores", "dev")):
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


def test_command_prints_table_and_verdict(
    tmp_path: Path, passages: list[Passage], capsys: pytest.CaptureFixture[str]
) -> None:
    write_passages(tmp_path / "gold.jsonl", passages)
    write_passages(tmp_path / "empty.jsonl", without_claims(passages))
    files = [str(tmp_path / name) for name in ("empty.jsonl", "gold.jsonl")]
    assert main(["compare", *files, "--data", files[1], "--samples", "100"]) == 0
    printed = capsys.readouterr().out
    assert printed.strip() == format_comparison(*files, compare(passages, without_claims(passages), passages, 100))
    assert main(["compare", files[0], "--data", files[1]]) == 2
    assert main(["compare", *files, "--data", files[1], "--samples", "99"]) == 2
