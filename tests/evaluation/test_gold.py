from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coopclaims.evaluation.gold import TOLD, existing_splits, of_split, read_usable
from coopclaims.schema import Passage


def test_a_file_of_another_kind_is_not_told_line_by_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "metrics.json").write_text('"f1": 0.5,\n' * 4000, encoding="utf-8")
    passages, problems = read_usable([tmp_path / "metrics.json"])
    assert (passages, len(problems)) == ([], 4000)
    assert len(caplog.messages) == TOLD + 1
    assert caplog.messages[-1] == f"skipped: {4000 - TOLD} more"


def test_passages_without_a_split_are_used_whatever_the_split(
    passages: list[Passage], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "coopclaims")
    assert existing_splits(passages, "dev", "test") == ["dev", "test"]
    assert existing_splits([], "dev") == ["dev"]
    assert not caplog.messages
    unsplit = [replace(passage, extra={}) for passage in passages]
    (split, _) = existing_splits(unsplit, "dev", "test")
    assert of_split(unsplit, split) == unsplit
    assert caplog.messages == ["no passage has a split: all 6 are used"]
