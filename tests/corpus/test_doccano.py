from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.hard_records import as_sets, hard_passage

from coopclaims.corpus.doccano import read_doccano
from coopclaims.corpus.jsonl import Problem
from coopclaims.inference.formats.doccano import example
from coopclaims.schema import Passage, validate

TEXT = "😀 Laos trifft Kuba"


def read(folder: Path, *examples: Any) -> tuple[list[Passage], list[str]]:
    file = folder / "all.jsonl"
    file.write_text("".join(f"{json.dumps(item)}\n" for item in examples), encoding="utf-8")
    problems: list[Problem] = []
    passages = list(read_doccano(file, problems))
    for passage in passages:
        validate(passage)
    return passages, [problem.reason for problem in problems]


def entity(number: int, start: int, end: int, label: str) -> dict[str, Any]:
    return {"id": number, "start_offset": start, "end_offset": end, "label": label}


def test_ids_of_the_data_base_do_not_matter_and_keys_may_be_under_meta(tmp_path: Path) -> None:
    value = json.loads(json.dumps(example(hard_passage())))
    for item in value["entities"]:
        item["id"] += 4000
    for item in value["relations"]:
        item["from_id"], item["to_id"] = item["to_id"] + 4000, item["from_id"] + 4000
    value["meta"] = {"record": value.pop("record")}
    passages, problems = read(tmp_path, {"id": 77, **value})
    assert problems == []
    assert as_sets(passages[0]) == as_sets(hard_passage())


def test_a_corrected_span_gets_a_new_id_and_the_others_keep_theirs(tmp_path: Path) -> None:
    value = example(hard_passage())
    value["entities"][3]["end_offset"] -= 1
    value["entities"].append(entity(99, 0, 2, "PARTY"))
    value["entities"][0]["start_offset"] += 3
    passages, _ = read(tmp_path, value)
    old = {span.id for span in hard_passage().spans}
    new = {span.id for span in passages[0].spans}
    assert old - new == {"party/ä:1", "s3"}
    assert len(new) == len(old) + 1
    assert {claim.id for claim in passages[0].claims} == {"c9", "first"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"entities": [entity(1, 2, 6, "PER")]}, "unknown label 'PER'"),
        ({"entities": [entity(1, 2, 6, "PARTY"), entity(2, 3, 7, "PLACE")]}, "overlaps PARTY 'Laos'"),
        ({"entities": [entity(1, 2, 99, "PARTY")]}, "leave the text"),
        ({"entities": [{"id": 1}]}, "no whole offsets"),
        ({"entities": [entity(1, 7, 13, "TRIGGER|war|actual")]}, "unknown type 'war'"),
        ({"entities": [entity(1, 7, 13, "TRIGGER|actual")]}, "unknown label 'TRIGGER|actual'"),
        ({"entities": {}, "relations": [{"from_id": 1, "to_id": 2}]}, "does not join"),
        ({"entities": [], "relations": [None]}, "does not join"),
        ({"label": ["sport"]}, "no whole offsets"),
    ],
)
def test_what_cannot_be_kept_is_told(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    passages, problems = read(
        tmp_path, {"text": TEXT, **changes}, {"text": 5}, {"text": TEXT, "label": [[2, 6, "PARTY"]]}
    )
    assert reason in problems[0]
    assert problems[1] == "not an example with a text; skipped"
    assert [passages[1].quote(span) for span in passages[1].spans] == ["Laos"]
