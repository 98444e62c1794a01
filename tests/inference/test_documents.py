import gzip
import io
import json
import os
import sys
import unicodedata
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from tests.documents import read_documents

from coopclaims.errors import UserError
from coopclaims.inference.json_documents import Document, decode_line, document_from_json
from coopclaims.inference.problems import DocumentError, Notice
from coopclaims.inference.writers import record_line
from coopclaims.schema import Passage

HOSTILE = {
    "nfd": unicodedata.normalize("NFD", "Đại học Cần Thơ ký kết"),
    "crlf": "eins\r\nzwei\rdrei\n\n",
    "tabs": "\ta\t\tb ",
    "emoji": "👩‍🔬🇻🇳 met 🌊",
    "zero-width": "a\u200bb\u200c\ufeffc\u2028d\u0085e",
    "markup": "[bold red]x[/] [[PARTY 1|y]] {z}",
    "ansi": "\x1b[31mred\x1b[0m \x07",
    "blank": " \n",
    "empty": "",
}


def write_lines(path, *values):
    lines = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return str(path)


def read(*inputs):
    problems = []
    return list(read_documents([str(name) for name in inputs], problems)), problems


def give_standard_input(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_text_is_kept_exactly_as_given(tmp_path, monkeypatch, text):
    (tmp_path / "a.txt").write_bytes(text.encode())
    write_lines(tmp_path / "b.jsonl", {"id": "b", "text": text})
    documents, problems = read(tmp_path / "a.txt", tmp_path / "b.jsonl")
    assert [document.text for document in documents] == [text, text]
    assert problems == []
    give_standard_input(monkeypatch, text.encode())
    assert read("-")[0] == [Document("-", text)]


def test_a_closed_standard_input_is_told(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UserError, match="standard input is closed"):
        read("-")


def test_a_byte_order_mark_is_dropped(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfBonn")
    (tmp_path / "b.jsonl").write_bytes(b'\xef\xbb\xbf{"text": "Bonn"}\n')
    documents, problems = read(tmp_path / "a.txt", tmp_path / "b.jsonl")
    assert [document.text for document in documents] == ["Bonn", "Bonn"]
    assert problems == []


def test_any_other_file_is_text_and_its_path_is_its_id(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.md", "b.html", "c"):
        (tmp_path / name).write_text("{}")
    assert read("a.md", "./b.html", "c")[0] == [Document(name, "{}") for name in ("a.md", "./b.html", "c")]


def test_json_lines_give_all_keys(tmp_path):
    value = {"text": "t", "id": "x", "lang": "de", "date": "2024-05-01", "medium": "ABC", "page": 3}
    path = write_lines(tmp_path / "a.jsonl", value, "", {"text": "u", "lang": None})
    [first, second], _ = read(path)
    assert first == Document("x", "t", "de", "2024-05-01", {"medium": "ABC", "page": 3})
    assert second == Document(f"{path}:3", "u")


def test_integers_in_id_and_date_become_text(tmp_path):
    documents, problems = read(write_lines(tmp_path / "a.jsonl", {"id": 0, "text": "t", "date": 20240506, "page": 3}))
    assert documents == [Document("0", "t", date="20240506", meta={"page": 3})]
    assert problems == []


def test_the_text_of_a_marked_line_is_read_without_its_markup(tmp_path):
    value = {"id": "x", "lang": "de", "marked": "[[PARTY 1|Bonn]] [[TRIGGER 1 dialogue actual|traf]] Huế 🌊."}
    documents, problems = read(write_lines(tmp_path / "a.jsonl", value, {**value, "id": "y", "text": "t"}))
    assert documents[0] == Document("x", "Bonn traf Huế 🌊.", "de")
    assert documents[1].text == "t"
    assert problems == []


def test_meta_of_a_record_does_not_nest(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", {"text": "t", "meta": {"medium": "ABC"}, "page": 3})
    assert read(path)[0][0].meta == {"medium": "ABC", "page": 3}


@pytest.mark.parametrize("nesting", [("[", "]"), ('{"a":', "}")])
def test_the_deepest_line_that_is_accepted_can_be_written(nesting):
    accepted, refused = 1, 1_000_000
    while refused - accepted > 1:
        middle = (accepted + refused) // 2
        line = f'{{"text": "t", "deep": {nesting[0] * middle}1{nesting[1] * middle}}}'
        try:
            # As far from the top of the stack as the writer below.
            deepest, accepted = document_from_json(decode_line(line.encode()), "1"), middle
        except DocumentError:
            refused = middle
    record_line(Passage("1", "t", meta=deepest.meta), "")


def test_a_folder_is_read_in_the_order_of_names_without_hidden_files(tmp_path):
    for name in ("b/z.txt", "a.txt", "b/a.jsonl", "c.TXT", ".hidden.txt", ".git/x.txt", "b/notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_lines(tmp_path / name, {"text": name})
    documents, [notice] = read(tmp_path)
    names = [document.id.removeprefix(f"{tmp_path}/") for document in documents]
    assert names == ["a.txt", "b/a.jsonl:1", "b/z.txt", "c.TXT"]
    assert isinstance(notice, Notice)
    assert "1 files" in str(notice)


def test_an_empty_folder_is_a_problem(tmp_path):
    documents, [problem] = read(tmp_path)
    assert documents == []
    assert str(tmp_path) in str(problem)
    with pytest.raises(UserError, match="in this folder"):
        list(read_documents([str(tmp_path)]))


def test_a_missing_file_is_a_user_error_before_anything_is_read(tmp_path):
    with pytest.raises(UserError, match=r"absent\.txt: no such file"):
        read_documents([str(tmp_path), str(tmp_path / "absent.txt")], [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Bonn\nM\xfcnchen", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        ("Hà Nội".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_is_not_text_loses_no_other_file(tmp_path, content, reason):
    (tmp_path / "b.txt").write_bytes(content)
    (tmp_path / "b.jsonl").write_bytes(content)
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "c.txt").write_text("C")
    documents, problems = read(tmp_path)
    assert [document.text for document in documents] == ["A", "C"]
    assert any(f"{tmp_path}/b.txt" in str(problem) and reason in str(problem) for problem in problems)
    assert any(f"{tmp_path}/b.jsonl" in str(problem) for problem in problems)
    with pytest.raises(UserError, match=reason):
        list(read_documents([str(tmp_path / "b.txt")]))


def test_the_line_of_a_byte_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"Bonn\nM\xfcnchen")
    assert "a.txt:2: not UTF-8 (byte 7" in str(read(tmp_path / "a.txt")[1][0])


def test_a_binary_json_lines_file_is_given_up_and_not_reported_line_by_line(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"\0\n" * 1000)
    assert len(read(tmp_path / "a.jsonl")[1]) == 1


def test_unreadable_files_are_problems(tmp_path):
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "z.txt").write_text("Z")
    documents, [problem] = read(tmp_path)
    assert [document.text for document in documents] == ["Z"]
    assert "loop.txt:1: cannot be read" in str(problem)
    assert "cannot be read" in str(read(tmp_path / "loop.txt")[1][0])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "JSON object"),
        ('"text"', "JSON object"),
        ('{"id": "bad"}', "'text' is missing"),
        ('{"id": "bad", "text": 5}', "'text' must be a string"),
        ('{"id": 5.5, "text": ""}', "'id' must be a string"),
        ('{"id": true, "text": ""}', "'id' must be a string"),
        ('{"marked": ["Bonn"]}', "'text' is missing"),
        ('{"marked": "[[PARTY 1|Bonn"}', "'marked': '[[' is never closed"),
        ('{"text": "", "lang": ["de"]}', "'lang' must be a string"),
        ('{"text": "", "date": [2024]}', "'date' must be a string"),
        ('{"text": "ab\\ud800c"}', "lone surrogate at offset 2"),
        ('{"text": "", "id": "\\udfff"}', "lone surrogate"),
        ('{"text": "", "medium": ["\\udfff"]}', "lone surrogate"),
        ('{"text": "", "score": NaN}', "not JSON"),
        ('{"text": "", "score": ' + "9" * 5000 + "}", "not JSON"),
        ('{"text": ' + "[" * 100_000, "not JSON"),
        ("bad \0 line", "not JSON"),
    ],
)
def test_a_bad_line_is_a_problem_and_the_others_stay(tmp_path, line, reason):
    path = write_lines(tmp_path / "a.jsonl", {"text": "before"}, line, {"text": "after"})
    documents, [problem] = read(path)
    assert [document.text for document in documents] == ["before", "after"]
    assert str(problem).startswith(f"{path}:2:")
    assert reason in str(problem)
    with pytest.raises(UserError, match="2:"):
        list(read_documents([path]))


def test_the_id_of_a_bad_record_is_named(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", {"id": "bad", "text": None})
    assert "record 'bad'" in str(read(path)[1][0])


def test_ids_used_twice_are_made_unique_and_told(tmp_path):
    ids = ["x", "x", "x#2", "x", "y"]
    path = write_lines(tmp_path / "a.jsonl", *({"id": name, "text": ""} for name in ids))
    documents, notices = read(path)
    names = [document.id for document in documents]
    assert names == ["x", "x#2", "x#2#2", "x#3", "y"]
    assert [notice.line for notice in notices] == [2, 3, 4]
    assert all(isinstance(notice, Notice) for notice in notices)
    assert "'x#2'" in str(notices[0])
    with pytest.raises(UserError, match="used before"):
        list(read_documents([path]))


def test_standard_input_of_json_objects_is_json_lines(monkeypatch):
    give_standard_input(monkeypatch, b'\n  \n{"text": "a"}\n{"text": 1}\n{"id": "b", "text": "b"}')
    documents, [problem] = read("-")
    assert documents == [Document("-:3", "a"), Document("b", "b")]
    assert str(problem).startswith("-:4:")


def test_other_standard_input_is_one_text(monkeypatch):
    for content in (b"\n\n{x}\r\nBonn\n", b"[1]\n", b"12\n", b"", b"\n\n"):
        give_standard_input(monkeypatch, content)
        assert read("-")[0] == [Document("-", content.decode())]


def test_standard_input_can_be_named_only_once():
    with pytest.raises(UserError, match="only once"):
        read_documents(["-", "-"])


def test_reading_streams(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", {"text": "one"}, "bad")
    [first] = islice(read_documents([path]), 1)
    assert first.text == "one"


def test_a_megabyte_on_one_line(tmp_path):
    text = "Bonn und Huế 🌊 " * 66_000
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    write_lines(tmp_path / "b.jsonl", {"text": text})
    assert [document.text for document in read(tmp_path)[0]] == [text, text]


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names that are not Unicode")
def test_an_id_is_unicode_even_if_the_file_name_is_not(tmp_path):
    path = os.fsencode(tmp_path) + b"/M\xfcnchen.txt"
    with open(path, "wb") as file:  # noqa: PTH123 - pathlib takes no bytes
        file.write(b"text")
    [document], _ = read(tmp_path)
    assert document.id.encode("utf-8").decode() == f"{tmp_path}/M\N{REPLACEMENT CHARACTER}nchen.txt"


def test_compressed_files_and_parquet_in_a_folder_are_read_like_plain_ones(tmp_path):
    line = json.dumps({"id": "x", "text": "Huế"}).encode() + b"\n"
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(line))
    (tmp_path / "b.NDJSON.ZST").write_bytes(zstandard.ZstdCompressor().compress(line))
    (tmp_path / "c.txt.gz").write_bytes(gzip.compress(b"Bonn\r\n"))
    pq.write_table(pa.table({"text": ["Cần"]}), tmp_path / "d.parquet")
    documents, notices = read(tmp_path)
    assert [document.text for document in documents] == ["Huế", "Huế", "Bonn\r\n", "Cần"]
    assert [document.id for document in documents[:3]] == ["x", "x#2", f"{tmp_path}/c.txt.gz"]
    assert [type(notice) for notice in notices] == [Notice]


def test_a_text_cut_short_is_told_and_not_half_used(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"Bonn met Hue. " * 10)[:-6])
    (tmp_path / "b.txt").write_text("b")
    documents, [problem] = read(tmp_path)
    assert [document.text for document in documents] == ["b"]
    assert problem.kind == "cut short"


def test_a_stream_of_everything_that_goes_wrong_keeps_the_good_documents(tmp_path):
    good = b'{"text": "good"}\n'
    content = good + b"\n" * 100_000 + good + b"M\xfcnchen\n" + b"x" * 3_000_000 + b"\n" + good
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(content) + gzip.compress(good * 1000)[:20])
    documents, problems = read(tmp_path / "a.jsonl.gz")
    assert [document.text for document in documents] == ["good"] * 3
    assert [problem.kind for problem in problems] == ["not UTF-8", "not JSON", "cut short"]
    assert [problem.line for problem in problems] == [100_003, 100_004, 100_006]


def test_standard_input_after_many_blank_lines(monkeypatch):
    give_standard_input(monkeypatch, b"\n" * 100_000 + b'{"text": "a"}\nbad\n')
    documents, [problem] = read("-")
    assert documents == [Document("-:100001", "a")]
    assert problem.line == 100_002
