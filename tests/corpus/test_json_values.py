from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coopclaims.corpus import json_values
from coopclaims.corpus.json_values import read_json_values
from coopclaims.corpus.jsonl import Problem
from coopclaims.errors import UserError

VALUES: list[Any] = [{"a": "ü😀]," * 5, "n": [1, [2]]}, {"b": 12345678901}, {"c": None}]


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
@pytest.mark.parametrize("indent", [None, 2])
def test_arrays_and_lines_give_the_same_values(
    tmp_path: Path, chunk: int, indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_values, "_CHUNK", chunk)
    file = tmp_path / "x.json"
    file.write_text("\ufeff \n" + json.dumps(VALUES, indent=indent, ensure_ascii=False), encoding="utf-8")
    found = list(read_json_values(file))
    assert [value for _, value in found] == VALUES
    assert found[0][0] == (2 if indent is None else 3)
    file.write_text("\n\n".join(map(json.dumps, VALUES)), encoding="utf-8")
    assert list(read_json_values(file)) == [(1, VALUES[0]), (3, VALUES[1]), (5, VALUES[2])]


def test_a_bad_line_costs_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"a": 1}\n{"a": \n[[[\n{"b": 2}\n{"c"', encoding="utf-8")
    problems: list[Problem] = []
    assert list(read_json_values(file, problems)) == [(1, {"a": 1}), (4, {"b": 2})]
    assert [problem.line for problem in problems] == [2, 3, 5]
    with pytest.raises(UserError, match=r"x.jsonl:2: not JSON"):
        list(read_json_values(file))


def test_what_is_no_json_is_a_user_error(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"[\xff]")
    with pytest.raises(UserError, match="not UTF-8"):
        list(read_json_values(file))
    with pytest.raises(UserError, match="cannot be read"):
        list(read_json_values(tmp_path / "none"))
    file.write_text("")
    assert list(read_json_values(file)) == []
    file.write_text("[" * 100_000)
    problems: list[Problem] = []
    assert list(read_json_values(file, problems)) == []
    assert len(problems) == 1
