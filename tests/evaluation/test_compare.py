from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coopclaims.cli import main
from coopclaims.corpus.jsonl import write_passages
from coopclaims.errors import UserError
from coopclaims.evaluation.bootstrap import two_sided_p
from coopclaims.evaluation.compare import compare, format_comparison, predictions_of, verdict
from coopclaims.schema import Passage


def without_claims(passages: list[Passage]) -> list[Passage]:
    return [replace(passage, spans=[], claims=[]) for passage in passages]


def test_the_better_system_is_named_whichever_comes_first(passages: list[Passage]) -> None:
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
    assert list(found) == ["overall", *sorted({p.lang for p in passages if p.lang})]
    assert sum(figures["argument"].passages for name, figures in found.items() if name != "overall") == len(passages)


def test_p_is_that_of_the_rarer_side() -> None:
    assert two_sided_p(np.array([1.0] * 98 + [-1.0])) == pytest.approx(0.04)
    assert two_sided_p(np.zeros(99)) == 1


def test_predictions_are_found_where_commands_leave_them(tmp_path: Path, passages: list[Passage]) -> None:
    write_passages(tmp_path / "run" / "predictions" / "dev.jsonl", passages)
    write_passages(tmp_path / "scores" / "predictions.jsonl", passages)
    for place, split in ((tmp_path / "run", "dev"), (tmp_path / "scores", None), (tmp_path / "scores", "dev")):
        assert predictions_of(place, split) == passages
    assert predictions_of(tmp_path / "scores" / "predictions.jsonl", None) == passages
    with pytest.raises(UserError, match="name a split"):
        predictions_of(tmp_path / "run", None)
    with pytest.raises(UserError, match="evaluate it first"):
        predictions_of(tmp_path, None)


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
    assert main(["compare", *files, "--data", files[1], "--samples", "0"]) == 2
