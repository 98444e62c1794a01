from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopclaims.corpus.jsonl import write_passages
from coopclaims.errors import UserError
from coopclaims.inference.annotate import prepare_tasks, uncertainty
from coopclaims.schema import Claim, Passage, Span


def scored(name: str, claim: float | None, span: float | None = None) -> Passage:
    spans = [Span("s1", 0, 3, "PARTY", span), Span("s2", 4, 7, "TRIGGER", 0.99)]
    return Passage(name, "Huế met 😀", spans=spans, claims=[Claim("c1", "s2", "dialogue", "actual", ["s1"], claim)])


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    write_passages(tmp_path / "a.jsonl", [scored("sure", 0.9), Passage("silent", "x"), scored("link", 0.4, 0.8)])
    write_passages(tmp_path / "b.jsonl", [scored("span", 0.7, 0.1), scored("tie", 0.4)])
    text = (tmp_path / "b.jsonl").read_text(encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("\ufeff\r\nbroken\r\n\n" + text, encoding="utf-8")
    return [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]


def test_the_least_certain_record_comes_first_and_unscored_ones_last(files: list[str], tmp_path: Path) -> None:
    summary = prepare_tasks(files, "labelstudio", str(tmp_path / "tasks.json"), "m-1")
    tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert [task["data"]["record"]["id"] for task in tasks] == ["span", "link", "tie", "sure", "silent"]
    assert [task["predictions"][0].get("score") for task in tasks] == [0.1, 0.4, 0.4, 0.9, None]
    assert tasks[0]["predictions"][0]["model_version"] == "m-1"
    assert tasks[0]["predictions"][0]["result"][0]["score"] == 0.1
    assert not [task for task in tasks if "annotations" in task]
    assert (tmp_path / "tasks.config.xml").is_file()
    assert [problem.line for problem in summary.skipped] == [2]


def test_doccano_gets_the_same_order_and_a_limit_holds(files: list[str], tmp_path: Path) -> None:
    prepare_tasks(files, "doccano", str(tmp_path / "x.jsonl"), limit=2)
    lines = (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["record"]["id"] for line in lines] == ["span", "link"]


def test_bad_use_is_a_user_error(files: list[str], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="tools are"):
        prepare_tasks(files, "paper", str(tmp_path / "x"))
    with pytest.raises(UserError, match="also the input"):
        prepare_tasks(files, "doccano", files[0])
    with pytest.raises(UserError, match=r"b.jsonl:2: not JSON"):
        prepare_tasks(files, "doccano", str(tmp_path / "x"), strict=True)
    (tmp_path / "none.jsonl").write_text("broken\n")
    with pytest.raises(UserError, match="no usable record in the input; the first problem of 1"):
        prepare_tasks([str(tmp_path / "none.jsonl")], "doccano", str(tmp_path / "x"))


def test_uncertainty_is_the_lowest_score_there_is() -> None:
    assert uncertainty(scored("a", 0.5, 0.2)) == 0.2
    assert uncertainty(scored("a", None, None)) == 0.99
    assert uncertainty(Passage("a", "x")) is None


def test_conll_columns_are_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "x.conll").write_text("Huế\tB-PARTY\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"x\.conll --from conll --output records\.jsonl"):
        prepare_tasks([str(tmp_path / "x.conll")], "doccano", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
