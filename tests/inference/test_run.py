import io
import json
import re
import sys
import unicodedata

import pytest

from coopclaims.errors import UserError
from coopclaims.inference.run import run_extraction
from coopclaims.schema import Claim, Passage, Span, passage_from_json

SENTENCE = re.compile(r"(\S{1,20}) (met|traf) (\S{1,20})")


class FakeExtractor:
    name = "fake-1"

    def __init__(self):
        self.texts = []
        self.cut_pieces = 5

    def extract(self, texts):
        return list(self.stream(texts))

    def stream(self, texts):
        for text in texts:
            self.texts.append(text)
            self.cut_pieces += 1
            yield self._passage("", text)

    def _passage(self, name, text):
        passage = Passage(name, text)
        for match in SENTENCE.finditer(text):
            ids = [f"s{len(passage.spans) + offset}" for offset in (1, 2, 3)]
            for group, label in ((1, "PARTY"), (2, "TRIGGER"), (3, "PARTY")):
                passage.spans.append(Span(ids[group - 1], *match.span(group), label, 0.5))
            claim = Claim(f"c{len(passage.claims) + 1}", ids[1], "dialogue", "actual", [ids[0], ids[2]], 0.5)
            passage.claims.append(claim)
        return passage


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_bytes("Bonn met Huế .\r\nHuế traf Bonn .".encode())
    (folder / "b.jsonl").write_text(
        json.dumps({"id": "x", "text": "Nothing.", "lang": "en", "date": "2024-01-02", "page": 7}) + "\n"
        "broken\n" + json.dumps({"text": unicodedata.normalize("NFD", "Huế met Cần")}) + "\n",
        encoding="utf-8",
    )
    (folder / "c.txt").write_bytes(b"\0\1\2")
    (folder / "d.txt").write_bytes(b"")
    return folder


def run(inputs, output, format="records", **options):
    extractor = FakeExtractor()
    return run_extraction([str(name) for name in inputs], extractor, str(output), format, **options), extractor


def read_records(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_usable_document_is_in_the_records_in_order(corpus, tmp_path, capsys):
    summary, _ = run([corpus], tmp_path / "out.jsonl")
    records = read_records(tmp_path / "out.jsonl")
    ids = [record["id"] for record in records]
    assert ids == [f"{corpus}/a.txt", "x", f"{corpus}/b.jsonl:3", f"{corpus}/d.txt"]
    assert [len(record["claims"]) for record in records] == [2, 0, 1, 0]
    assert (summary.documents, summary.claims, summary.skipped.total()) == (4, 3, 2)
    for record in records:
        passage_from_json(record)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["skipped", "skipped", "documents"]
    assert f"{corpus}/b.jsonl:2: not JSON" in lines[0]
    assert f"{corpus}/c.txt:1: binary" in lines[1]
    assert lines[2] == "documents: 4, claims: 3, skipped: 2 (not JSON: 1, binary: 1)"


def test_cut_pieces_are_those_of_this_run(corpus, tmp_path):
    summary, _ = run([corpus], tmp_path / "out.jsonl")
    assert summary.cut_pieces == summary.documents == 4


def test_what_the_input_says_of_a_document_stays_with_it(corpus, tmp_path):
    run([corpus], tmp_path / "out.jsonl")
    record = read_records(tmp_path / "out.jsonl")[1]
    assert record["lang"] == "en"
    assert record["date"] == "2024-01-02"
    assert record["meta"] == {"page": 7}


def test_records_as_input_give_the_same_records(corpus, tmp_path):
    run([corpus], tmp_path / "first.jsonl", format="records")
    first = read_records(tmp_path / "first.jsonl")
    bare = [{key: value for key, value in record.items() if key not in ("spans", "claims")} for record in first]
    (tmp_path / "again.jsonl").write_text("\n".join(map(json.dumps, bare)), encoding="utf-8")
    run([tmp_path / "again.jsonl"], tmp_path / "second.jsonl")
    assert read_records(tmp_path / "second.jsonl") == first


def test_documents_are_read_only_as_they_are_needed(tmp_path):
    class Broken(FakeExtractor):
        def stream(self, texts):
            next(iter(texts))
            raise ZeroDivisionError

    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n' * 16 + "bad\n")
    with pytest.raises(ZeroDivisionError):
        run_extraction([str(tmp_path / "a.jsonl")], Broken(), str(tmp_path / "out"), "jsonl", strict=True)


def test_rows_name_document_and_model(corpus, tmp_path):
    run([corpus], tmp_path / "out.jsonl", format="jsonl")
    rows = read_records(tmp_path / "out.jsonl")
    assert [row["parties"] for row in rows[:2]] == [["Bonn", "Huế"], ["Huế", "Bonn"]]
    assert {row["model"] for row in rows} == {"fake-1"}
    assert rows[1]["start"] == len("Bonn met Huế .\r\n")


def test_the_table_goes_to_standard_output(corpus, capsys):
    run([corpus], "-", format="table")
    captured = capsys.readouterr()
    assert "dialogue" in captured.out
    assert "documents: 4" in captured.err
    assert "documents: 4" not in captured.out


def test_strict_stops_at_the_first_problem_and_leaves_no_output(corpus, tmp_path):
    with pytest.raises(UserError, match=r"b\.jsonl:2: not JSON"):
        run([corpus], tmp_path / "out.jsonl", strict=True)
    assert not list(tmp_path.glob("*out*"))
    assert not list(tmp_path.glob(".*"))


def test_strict_without_problems_is_an_ordinary_run(corpus, tmp_path):
    summary, _ = run([corpus / "a.txt"], tmp_path / "out.jsonl", strict=True)
    assert summary.documents == 1


@pytest.mark.parametrize("format", ["records", "table"])
def test_input_of_which_nothing_is_usable_is_a_user_error(corpus, tmp_path, capsys, format):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no usable input; the first problem of 2") as caught:
        run([corpus / "c.txt", tmp_path / "empty"], tmp_path / "out", format=format)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert capsys.readouterr().err.count("skipped:") == 2


def test_an_id_used_twice_is_told_but_not_counted_as_skipped(corpus, tmp_path, capsys):
    summary, _ = run([corpus / "a.txt", corpus / "a.txt"], tmp_path / "out.jsonl")
    assert summary.documents == 2
    assert not summary.skipped
    assert "notice: " in capsys.readouterr().err


def test_an_unknown_format_is_a_user_error(corpus, tmp_path):
    with pytest.raises(UserError, match="formats are records, jsonl, table"):
        run([corpus], tmp_path / "out", format="xml")


def test_a_missing_input_is_a_user_error_that_leaves_nothing(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        run([tmp_path / "absent"], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_the_output_may_not_be_an_input(corpus):
    with pytest.raises(UserError, match="also read as input"):
        run([corpus / "a.txt"], corpus / "a.txt")
    with pytest.raises(UserError, match="also read as input"):
        run([corpus], corpus / "b.jsonl")
    run([corpus / "a.txt"], corpus / "out.jsonl")


def test_problems_cannot_control_the_terminal(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text('{"id": "\\u001b[2J\\n", "text": 1}\n{"text": ""}\n')
    run([tmp_path / "a.jsonl"], tmp_path / "out")
    error = capsys.readouterr().err
    assert "\x1b" not in error
    assert len(error.splitlines()) == 2


@pytest.mark.parametrize("format", ["records", "jsonl", "table"])
def test_a_megabyte_on_one_line(tmp_path, monkeypatch, format):
    text = "Bonn met Huế , " + "x" * 1_000_000 + " Huế traf Bonn ."
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    summary, _ = run(["-"], tmp_path / "out", format=format)
    assert summary.claims == 2
    if format == "records":
        assert read_records(tmp_path / "out")[0]["text"] == text


FRENCH = "Bonn met Huế. Les deux parties ont signé mardi à Hanoï un accord de coopération sur l'énergie éolienne."
GERMAN = "Bonn traf Huế. Beide Seiten unterzeichneten am Dienstag in Hanoi ein Abkommen über Windkraft."


@pytest.fixture
def languages(tmp_path):
    documents = [
        {"text": FRENCH, "date": "2026-05-01"},
        {"text": GERMAN, "date": "2026-05-02"},
        {"text": FRENCH, "lang": "en"},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    return tmp_path / "in.jsonl"


def test_text_in_another_language_is_passed_through_and_counted(languages, tmp_path, capsys):
    summary, extractor = run([languages], tmp_path / "out.jsonl")
    records = read_records(tmp_path / "out.jsonl")
    assert [(record["lang"], len(record["claims"])) for record in records] == [("fr", 0), ("de", 1), ("en", 1)]
    assert [record.get("meta") for record in records] == [
        {"not_extracted": "language fr; claims are found in vi, de, en"},
        None,
        None,
    ]
    assert [record["text"] for record in records] == [FRENCH, GERMAN, FRENCH]
    assert [record.get("date") for record in records] == ["2026-05-01", "2026-05-02", None]
    assert len(list(filter(None, extractor.texts))) == 2
    assert summary.other_language == 1
    assert capsys.readouterr().err.endswith("documents: 3, claims: 2, skipped: 0, other language: 1\n")


def test_dates_that_are_none_are_kept_and_counted_in_the_last_line(tmp_path, capsys):
    dates = ["06.05.2024", "6 May 2024", "yesterday", "2024-05-06", "2024-05-06T10:00Z", 20240506, None, ""]
    documents = [{"text": "Bonn met Huế .", "date": date} for date in dates]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    run([tmp_path / "in.jsonl"], tmp_path / "out.jsonl")
    assert read_records(tmp_path / "out.jsonl")[0]["date"] == "06.05.2024"
    assert capsys.readouterr().err.endswith("skipped: 0, date is not ISO 8601 (YYYY-MM-DD): 3\n")


def test_a_forced_language_reads_everything_also_on_a_second_run(languages, tmp_path):
    run([languages], tmp_path / "first.jsonl")
    summary, _ = run([tmp_path / "first.jsonl"], tmp_path / "out.jsonl", language="de")
    records = read_records(tmp_path / "out.jsonl")
    assert [(record["lang"], len(record["claims"])) for record in records] == [("de", 1)] * 3
    assert not any("not_extracted" in record["meta"] for record in records)
    assert summary.other_language == 0


def test_documents_in_other_languages_are_counted(languages, tmp_path):
    summary, _ = run([languages], tmp_path / "out.jsonl")
    assert (summary.documents, summary.claims, summary.other_language) == (3, 2, 1)


def test_rows_carry_language_and_date_of_the_document(languages, tmp_path):
    run([languages], tmp_path / "out.jsonl", format="jsonl")
    assert [(row["lang"], row["date"]) for row in read_records(tmp_path / "out.jsonl")] == [
        ("de", "2026-05-02"),
        ("en", None),
    ]
