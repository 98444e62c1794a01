import json
from pathlib import Path
from typing import Any

import pytest

from coopclaims.corpus.jsonl import (
    Problem,
    corpus_files,
    marked_line,
    read_corpus,
    read_numbered_passages,
    read_passages,
    write_passages,
)
from coopclaims.errors import UserError
from coopclaims.schema import passage_from_json

RECORD: dict[str, Any] = {
    "id": "a",
    "lang": "de",
    "doc": "d",
    "text": "Köln und Huế kooperieren.",
    "spans": [
        {"id": "s1", "start": 0, "end": 4, "label": "PARTY", "value": "Q365"},
        {"id": "s2", "start": 9, "end": 12, "label": "PARTY", "score": 0.5},
        {"id": "s3", "start": 13, "end": 24, "label": "TRIGGER"},
    ],
    "claims": [{"id": "c1", "trigger": "s3", "type": "relation", "status": "actual", "args": ["s1", "s2"], "n": [1]}],
    "meta": {"date": "2024-01-01"},
    "split": "train",
}
MARKED: dict[str, Any] = {
    "id": "b",
    "lang": "en",
    "doc": "e",
    "split": "dev",
    "marked": "[[PARTY 1|Ann]] and [[PARTY 1|Bob]] [[TRIGGER 1 dialogue planned|meet]].",
}


def write_lines(path: Path, *values: Any, end: str = "\n") -> Path:
    text = "".join((v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)) + end for v in values)
    path.write_bytes(text.encode())
    return path


def read_all(path: Path) -> tuple[list[str], list[Problem]]:
    problems: list[Problem] = []
    return [passage.id for passage in read_passages(path, problems)], problems


def test_record_round_trip_keeps_unknown_keys_at_all_levels(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", RECORD)
    assert write_passages(tmp_path / "b.jsonl", read_passages(source)) == 1
    written = json.loads((tmp_path / "b.jsonl").read_text(encoding="utf-8"))
    assert written == RECORD
    assert "Köln" in (tmp_path / "b.jsonl").read_text(encoding="utf-8")


def test_marked_round_trip(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", MARKED)
    write_passages(tmp_path / "b.jsonl", read_passages(source), markup=True)
    assert (tmp_path / "b.jsonl").read_bytes() == source.read_bytes()


def test_marked_lines_and_records_hold_the_same(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", MARKED)
    (marked,) = read_passages(source)
    write_passages(tmp_path / "b.jsonl", [marked])
    (record,) = read_passages(tmp_path / "b.jsonl")
    assert record == marked
    assert marked_line(record) == MARKED


def test_marked_and_record_lines_mix_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", RECORD, "", MARKED, "   ")
    assert [(line, passage.id) for line, passage in read_numbered_passages(path)] == [(1, "a"), (3, "b")]


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", RECORD, MARKED, end="\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_all(path) == (["a", "b"], [])


def test_text_keeps_its_own_line_ends_and_unicode_form(tmp_path: Path) -> None:
    text = "e\u0302\r\n\u2028\tx\u200b"
    write_passages(tmp_path / "a.jsonl", [passage_from_json({"id": "a", "text": text})])
    (passage,) = read_passages(tmp_path / "a.jsonl")
    assert passage.text == text


def changed(**changes: Any) -> dict[str, Any]:
    return {**RECORD, **changes}


BAD_LINES: list[tuple[Any, str | None, str]] = [
    ("{not json", None, "not JSON"),
    ("[" * 100_000, None, "not JSON"),
    ([], None, "a record must be a JSON object"),
    ({"id": "x"}, "x", "'text' is missing"),
    ({"text": "x"}, None, "'id' is missing"),
    (changed(spans=[{"id": "s1", "start": 0, "end": 999, "label": "PARTY"}], claims=[]), "a", "leave the text"),
    (changed(spans=[{"id": "s1", "start": 0, "end": 4, "label": "ORG"}], claims=[]), "a", "unknown label 'ORG'"),
    ({"id": "x", "marked": "[[PARTY 1|Ann]]"}, "x", "claim 1 has arguments but no TRIGGER"),
    ({"id": "x", "marked": 3}, "x", "'marked' must be a string"),
    ({"marked": "Ann"}, None, "'id' must be a string"),
    ({"id": "x", "marked": "Ann", "text": "Ann"}, "x", "has both 'marked' and 'text'"),
]


@pytest.mark.parametrize(("line", "record", "reason"), BAD_LINES, ids=[reason for *_, reason in BAD_LINES])
def test_a_bad_line_is_reported_and_the_others_kept(tmp_path: Path, line: Any, record: str | None, reason: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", RECORD, line, MARKED)
    ids, problems = read_all(path)
    assert ids == ["a", "b"]
    (problem,) = problems
    assert (problem.path, problem.line, problem.record) == (str(path), 2, record)
    assert reason in problem.reason
    assert "\n" not in str(problem)


def test_strict_reading_stops_at_the_first_bad_line(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", RECORD, {"id": "x"}, MARKED)
    with pytest.raises(UserError, match=r"a\.jsonl:2: record 'x': .*'text' is missing"):
        list(read_passages(path))


def test_wrong_encoding_names_line_and_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(json.dumps(RECORD).encode() + b"\n" + '{"id": "Köln"}'.encode("latin-1") + b"\n")
    ids, problems = read_all(path)
    assert ids == ["a"]
    assert [(p.line, p.reason) for p in problems] == [(2, "not UTF-8 (byte 10 of the line); convert the file to UTF-8")]


@pytest.mark.parametrize("content", [b"\0\1\2", json.dumps(MARKED).encode("utf-16")])
def test_binary_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(UserError, match="binary file"):
        read_all(tmp_path / "a.jsonl")


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: No such file"):
        read_all(tmp_path / "none.jsonl")


def test_an_empty_file_holds_no_passages(tmp_path: Path) -> None:
    assert read_all(write_lines(tmp_path / "a.jsonl")) == ([], [])


def test_read_corpus_of_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "data" / "en").mkdir(parents=True)
    write_lines(tmp_path / "data" / "en" / "b.jsonl", MARKED)
    write_lines(tmp_path / "data" / "a.jsonl", RECORD)
    write_lines(tmp_path / "data" / "notes.txt", "not a record")
    assert [passage.id for passage in read_corpus([tmp_path / "data"])] == ["a", "b"]
    assert [passage.id for passage in read_corpus([tmp_path / "data"], split="dev")] == ["b"]


def test_paths_without_records_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no \*\.jsonl file"):
        corpus_files([tmp_path])
    with pytest.raises(UserError, match="no such file or folder"):
        corpus_files([tmp_path / "none"])


def test_a_passage_that_markup_cannot_hold_leaves_no_file(tmp_path: Path) -> None:
    passages = [passage_from_json(RECORD), passage_from_json({"id": "b", "text": "see [[1]]"})]
    with pytest.raises(ValueError, match="markup cannot express"):
        write_passages(tmp_path / "a.jsonl", passages, markup=True)
    assert list(tmp_path.iterdir()) == []


def test_events_of_claims_survive_both_forms(tmp_path: Path) -> None:
    line = {
        "id": "a",
        "story": "port",
        "events": {"2": "loan"},
        "marked": "[[TRIGGER 1 relation actual|act]] [[TRIGGER 2 investment planned|lend]]",
    }
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(line), encoding="utf-8")
    (passage,) = read_passages(path)
    assert [claim.extra for claim in passage.claims] == [{}, {"event": "loan"}]
    for markup in (True, False):
        write_passages(tmp_path / "b.jsonl", [passage], markup=markup)
        assert list(read_passages(tmp_path / "b.jsonl")) == [passage]


@pytest.mark.parametrize("events", [["x"], {"1": 2}, {"3": "x"}])
def test_events_that_fit_no_claim_are_refused(tmp_path: Path, events: object) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "a", "events": events, "marked": "[[TRIGGER 1 relation actual|act]]"}))
    problems: list[Problem] = []
    assert list(read_passages(path, problems)) == []
    assert "'events'" in problems[0].reason
