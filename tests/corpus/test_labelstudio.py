from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.hard_records import as_sets, hard_passage

from coopclaims.corpus.jsonl import Problem
from coopclaims.corpus.labelstudio import read_labelstudio
from coopclaims.inference.formats.labelstudio import annotated_task, labelling_config, predicted_task
from coopclaims.schema import LABELS, Passage, validate


def read(folder: Path, *tasks: Any) -> tuple[list[Passage], list[str]]:
    file = folder / "tasks.json"
    file.write_text(json.dumps(tasks, indent=1), encoding="utf-8")
    problems: list[Problem] = []
    passages = list(read_labelstudio(file, problems))
    for passage in passages:
        validate(passage)
    return passages, [problem.reason for problem in problems]


def recounted(task: Any, widths: dict[str, int]) -> Any:
    """The task with offsets in other units: a character of the text counts what ``widths`` says, otherwise 1."""
    text = task["data"]["text"]
    counts = [
        widths.get(text[i : i + 2], widths.get("astral", 1) if ord(c) > 0xFFFF else 1) for i, c in enumerate(text)
    ]
    for result in task["annotations"][0]["result"]:
        for key in ("start", "end"):
            if "value" in result:
                result["value"][key] = sum(counts[: result["value"][key]])
    return task


@pytest.mark.parametrize("widths", [{}, {"astral": 2}, {"\r\n": 0}])
def test_offsets_in_code_points_utf16_units_and_with_crlf_as_one(tmp_path: Path, widths: dict[str, int]) -> None:
    passages, problems = read(tmp_path, recounted(annotated_task(hard_passage()), widths))
    assert problems == []
    assert as_sets(passages[0]) == as_sets(hard_passage())


def test_offsets_that_fit_no_count_are_told(tmp_path: Path) -> None:
    task = annotated_task(hard_passage())
    task["annotations"][0]["result"][3]["value"]["start"] += 1
    passages, problems = read(tmp_path, task)
    assert len(passages[0].spans) == len(hard_passage().spans) - 1
    assert "reads 'Vertrag', its offsets 'ertrag'" in problems[0]


def test_predictions_are_not_taken_for_annotations(tmp_path: Path) -> None:
    cancelled = {**annotated_task(hard_passage()), "id": 5}
    cancelled["annotations"][0]["was_cancelled"] = True
    passages, problems = read(tmp_path, predicted_task(hard_passage(), "m", 0.5), cancelled)
    assert passages == []
    assert all("no submitted annotation" in problem for problem in problems)


def test_the_annotation_updated_last_counts_and_the_others_are_told(tmp_path: Path) -> None:
    task = annotated_task(hard_passage())
    task["annotations"][0]["updated_at"] = "2024-02-02T00:00:00Z"
    task["annotations"].append({"result": [], "updated_at": "2024-02-01T00:00:00Z"})
    passages, problems = read(tmp_path, task)
    assert len(passages[0].claims) == 2
    assert problems == ["task has 2 annotations; all but the latest skipped"]


def test_relations_hold_in_either_direction_and_only_between_trigger_and_argument(tmp_path: Path) -> None:
    task = annotated_task(hard_passage())
    results = task["annotations"][0]["result"]
    for result in results:
        if result["type"] == "relation":
            result["from_id"], result["to_id"] = result["to_id"], result["from_id"]
    results.append({"type": "relation", "from_id": "s3", "to_id": "s5"})
    results.append({"type": "relation", "from_id": "s6", "to_id": "s5"})
    passages, problems = read(tmp_path, task)
    assert as_sets(passages[0]) == as_sets(hard_passage())
    assert "'s3' to 's5' does not join a trigger and an argument" in problems[0]
    assert "'met'" in problems[1]
    assert "has no type" in problems[1]


@pytest.mark.parametrize("labels", [[], None, "PARTY"])
def test_a_region_without_a_label_is_told(tmp_path: Path, labels: object) -> None:
    task = annotated_task(hard_passage())
    task["annotations"][0]["result"][3]["value"]["labels"] = labels
    passages, problems = read(tmp_path, task)
    assert len(passages[0].spans) == len(hard_passage().spans) - 1
    assert "has no label" in problems[0]


def test_hostile_tasks_cost_only_themselves(tmp_path: Path) -> None:
    good = annotated_task(hard_passage())
    odd = [1, None, {"data": {}}, {"data": {"text": 3}}, {"data": {"text": "x"}, "annotations": 7}]
    results: list[Any] = [
        1,
        {"type": "labels", "id": "a", "value": {"start": "0", "end": 1, "labels": ["PARTY"]}},
        {"type": "labels", "id": "b", "value": {"start": 0.5, "end": 1, "labels": ["PARTY"]}},
        {"type": "labels", "id": "c", "value": {"start": 0, "end": 10**9, "labels": ["PARTY"]}},
        {"type": "labels", "id": "d", "value": {"start": 0, "end": 1, "labels": "PARTY"}},
        {"type": "rectangle", "id": "e", "value": {}},
        {"type": "labels", "id": "f", "value": {"start": 0, "end": 1, "labels": ["PER"]}},
        {"type": "choices", "id": "g", "from_name": "type", "value": {"choices": []}},
    ]
    odd.append({"data": {"text": "x y", "record": 5}, "annotations": [{"result": results}]})
    passages, problems = read(tmp_path, *odd, good)
    assert as_sets(passages[-1]) == as_sets(hard_passage())
    assert len(passages) == 2
    assert len(problems) >= 10


def test_a_file_that_breaks_off_gives_the_tasks_before(tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    whole = json.dumps([annotated_task(hard_passage())] * 3, indent=2)
    file.write_text(whole[:-200], encoding="utf-8")
    problems: list[Problem] = []
    assert len(list(read_labelstudio(file, problems))) == 2
    assert problems[-1].line > 100


def test_the_configuration_names_what_the_tasks_use() -> None:
    view = ElementTree.fromstring(labelling_config())
    names = {element.get("name") for element in view}
    results = annotated_task(hard_passage())["annotations"][0]["result"]
    assert {result["from_name"] for result in results if "from_name" in result} <= names
    assert [element.get("value") for element in view.iter("Label")] == list(LABELS)
