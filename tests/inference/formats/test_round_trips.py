"""What is written for an annotation tool comes back as it was, and what the format cannot hold is counted."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from tests.hard_records import all_passages, as_sets, hard_passage

from coopclaims.corpus.importing import READERS, import_records
from coopclaims.corpus.jsonl import Problem, read_passages
from coopclaims.errors import UserError
from coopclaims.inference.formats.registry import FORMATS

TARGETS = {"brat": "out", "labelstudio": "out.json", "conll": "out.conll", "doccano": "out.jsonl"}


@pytest.mark.parametrize("format", READERS)
def test_ids_offsets_types_statuses_links_and_keys_come_back(tmp_path: Path, format: str) -> None:
    target = tmp_path / TARGETS[format]
    FORMATS[format](iter(all_passages()), "m", str(target))
    summary = import_records(format, [target], tmp_path / "back.jsonl", strict=True)
    back = list(read_passages(tmp_path / "back.jsonl"))
    assert [as_sets(passage) for passage in back] == [as_sets(passage) for passage in all_passages()]
    assert (summary.records, summary.skipped) == (len(all_passages()), [])


@pytest.mark.parametrize("format", READERS)
def test_scores_and_other_keys_are_counted_in_one_line(
    tmp_path: Path, format: str, caplog: pytest.LogCaptureFixture
) -> None:
    passage = hard_passage()
    passage.spans[0] = replace(passage.spans[0], score=0.5, extra={"value": {"countries": ["VN"]}})
    passage.claims[0] = replace(passage.claims[0], score=0.25, extra={"event": "loan"})
    with caplog.at_level(logging.INFO, "coopclaims"):
        FORMATS[format]([passage, hard_passage()], "m", str(tmp_path / TARGETS[format]))
    [line] = caplog.messages
    assert line == (
        f"{format} does not hold span scores: 1, claim scores: 1, other keys of spans: 1, other keys of claims: 1"
    )


@pytest.mark.parametrize("format", ["brat", "spacy"])
def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, format: str) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UserError, match="not empty"):
        FORMATS[format]([hard_passage()], "m", str(tmp_path))
    with pytest.raises(UserError, match="folder"):
        FORMATS[format]([hard_passage()], "m", "-")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("format", [name for name in FORMATS if name not in ("records", "jsonl", "table")])
def test_an_error_on_the_way_leaves_nothing_behind(tmp_path: Path, format: str) -> None:
    def passages():  # type: ignore[no-untyped-def]
        yield hard_passage()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        FORMATS[format](passages(), "m", str(tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_documents_of_one_name_get_ids_of_their_own(tmp_path: Path) -> None:
    for folder in ("a", "b", "b/c"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.txt").write_text(folder)
        (tmp_path / folder / "1.ann").write_text("")
    folders = [tmp_path / "a", tmp_path / "b"]
    summary = import_records("brat", folders, tmp_path / "out.jsonl")
    back = list(read_passages(tmp_path / "out.jsonl"))
    assert sorted((passage.id, passage.text) for passage in back) == [("1", "a"), ("1#2", "b"), ("1#3", "b/c")]
    assert [problem.reason for problem in summary.skipped] == [
        "id was used before; written as '1#2'",
        "id was used before; written as '1#3'",
    ]
    with pytest.raises(UserError, match="used before"):
        import_records("brat", folders, tmp_path / "strict.jsonl", strict=True)


def test_conll_of_other_makers_keeps_known_labels_only(tmp_path: Path) -> None:
    file = tmp_path / "x.conll"
    file.write_text("Anna B-PER\nRao I-PER\nOslo B-PLACE\n\nx\n", encoding="utf-8")
    summary = import_records("conll", [tmp_path], tmp_path / "out.jsonl")
    [passage] = read_passages(tmp_path / "out.jsonl")
    assert [(passage.quote(span), span.label) for span in passage.spans] == [("Oslo", "PLACE")]
    assert [(problem.line, problem.reason.split(";")[0]) for problem in summary.skipped] == [
        (1, "unknown label 'PER'"),
        (5, "sentence skipped: a line has one column only"),
    ]


def test_a_changed_conll_word_costs_its_sentence_only(tmp_path: Path) -> None:
    file = tmp_path / "x.conll"
    FORMATS["conll"](all_passages(), "m", str(file))
    file.write_text(file.read_text(encoding="utf-8").replace("\nVietnam\t", "\nLaos\t", 1), encoding="utf-8")
    problems: list[Problem] = []
    back = list(READERS["conll"](file, problems))
    assert len(back) == len(all_passages()) - 1
    assert [problem.reason for problem in problems] == [
        "sentence skipped: the word 'Laos' is not where the text of the record comment has it"
    ]
