from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from coopclaims import cli
from coopclaims.inference.formats.registry import FORMATS

PASSAGES = str(Path(__file__).parent / "fixtures" / "passages.jsonl")


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_written_and_counted(format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", PASSAGES, "--to", format, "--output", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "records: 6, claims: 6, skipped: 0"
    assert (tmp_path / "out").exists()


def test_from_records_to_tasks_to_corrected_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tasks, back = tmp_path / "tasks.json", tmp_path / "back.jsonl"
    assert cli.main(["annotate", "prepare", PASSAGES, "--to", "labelstudio", "--output", str(tasks)]) == 0
    done = json.loads(tasks.read_text(encoding="utf-8"))
    for task in done:
        task["annotations"] = task.pop("predictions")
    tasks.write_text(json.dumps(done), encoding="utf-8")
    assert cli.main(["import", str(tasks), "--from", "labelstudio", "--output", str(back)]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "records: 6, spans: 28, claims: 6, left out: 0"
    assert cli.main(["data", "check", str(back)]) == 0


def test_a_bad_line_is_told_and_the_rest_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"id": "a", "text": "b"}\nbroken\n{"id": 3}\n', encoding="utf-8")
    assert cli.main(["export", str(file), "--to", "records", "--output", str(tmp_path / "y")]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines[:2]] == [f"{file}:2", f"{file}:3"]
    assert lines[2] == "records: 1, claims: 0, skipped: 2"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export", "none.jsonl", "--to", "csv"], "none.jsonl: no such file"),
        (["export", PASSAGES, "--to", "xml"], "formats are records"),
        (["export", PASSAGES, "--to", "csv", "--output", PASSAGES], "is also the input"),
        (["export", PASSAGES, "--to", "parquet"], "name a file with --output"),
        (["import", "none", "--from", "brat", "--output", "x"], "none: no *.txt file"),
        (["import", "none", "--from", "doccano", "--output", "x"], "none: cannot be read"),
        (["import", "none", "--from", "word", "--output", "x"], "formats are brat"),
        (["import", PASSAGES, "--from", "conll", "--output", PASSAGES], "is also the input"),
        (["annotate", "prepare", PASSAGES, "--to", "doccano", "--output", "x", "--limit", "0"], "at least 1"),
        (["annotate", "prepare", "--to", "doccano", "--output", "x"], "save the records first"),
    ],
)
def test_mistakes_give_one_line_and_exit_code_2(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_standard_input_goes_to_standard_output() -> None:
    command = [sys.executable, "-m", "coopclaims.cli", "export", "--to", "csv"]
    text = Path(PASSAGES).read_bytes()
    done = subprocess.run(command, input=text, capture_output=True, check=True)
    assert done.stdout.decode("utf-8-sig").startswith("doc,lang,date,claim,")
    assert done.stdout.count(b"\r\n") == 7


HOSTILE = {
    "brat": ("T1\tPARTY 0 " + "9" * 5000 + "\tx\nE1\tdialogue:E1\nA1\tStatus\n\x00\n", "x.ann"),
    "labelstudio": ('[{"data": {"text": "\\ud800"}, "annotations": [{"result": []}]}, ' + "9" * 5000 + "]", "x.json"),
    "doccano": ('{"text": "\\ud800"}\n{"text": "a", "entities": [[{}, [], {}]], "relations": [{"from_id": []}]}', "x"),
    "conll": ("# record = " + "[" * 100_000 + "\na\tO\n\n# record = 5\nb\tO\n\n", "x.conll"),
}


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_imports_end_with_an_answer(source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, name = HOSTILE[source]
    (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "x.txt").write_text("abc", encoding="utf-8")
    (tmp_path / "x.json").write_text(content if name == "x.json" else "[" * 100_000, encoding="utf-8")
    assert cli.main(["import", str(tmp_path / name), "--from", source, "--output", str(tmp_path / "out")]) in (0, 2)
    error = capsys.readouterr().err
    assert "Traceback" not in error
    assert "skipped" in error


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_records_cost_only_themselves(format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spans = [{"id": "s1", "start": 0, "end": 1, "label": "PARTY", "value": {"x": "\ud800"}}]
    empty = {"id": "", "text": "", "date": 5, "lang": "", "meta": {"n": 10**30}}
    odd = {"id": "\x00\n/..", "text": "a\x00\x1b[2J b", "spans": [{**spans[0], "value": [1]}], "claims": []}
    lines = [{"id": "a", "text": "b", "spans": spans}, empty, odd]
    file = tmp_path / "x.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    assert cli.main(["export", str(file), "--to", format, "--output", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "records: 2, claims: 0, skipped: 1"
