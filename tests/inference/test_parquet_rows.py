import datetime
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.documents import read_documents


def read(path):
    problems = []
    return list(read_documents([str(path)], problems)), problems


def write(path, columns, **options):
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_rows_are_documents_and_other_columns_their_meta(tmp_path):
    columns = {
        "text": ["Bonn", "Huế 🌊", ""],
        "id": [7, 8, None],
        "lang": ["de", None, None],
        "date": [datetime.date(2026, 5, 1), None, None],
        "seen": [datetime.datetime(2026, 5, 2, 10), None, None],
        "tags": [["a", "b"], None, []],
        "weight": [float("nan"), 0.5, None],
        "raw": [b"\xff", None, None],
    }
    [first, second, third], problems = read(write(tmp_path / "a.parquet", columns))
    assert problems == []
    assert (first.id, first.text, first.lang, first.date) == ("7", "Bonn", "de", "2026-05-01")
    assert first.meta == {"seen": "2026-05-02T10:00:00", "tags": ["a", "b"], "raw": "b'\\xff'"}
    assert (second.id, second.meta) == ("8", {"weight": 0.5})
    assert (third.id, third.text) == (f"{tmp_path}/a.parquet:3", "")
    json.dumps(first.meta, allow_nan=False)


def test_all_row_groups_are_read_in_order(tmp_path):
    texts = [f"Text {number}" for number in range(1000)]
    documents, _ = read(write(tmp_path / "a.parquet", {"text": texts}, row_group_size=150))
    assert [document.text for document in documents] == texts


def test_a_row_without_text_is_told_with_its_number(tmp_path):
    documents, [problem] = read(write(tmp_path / "a.parquet", {"text": ["a", None, "c"], "id": ["x", "y", "z"]}))
    assert [document.id for document in documents] == ["x", "z"]
    assert "a.parquet:2: record 'y': the key 'text' is missing" in str(problem)


def test_text_that_is_not_utf8_loses_only_its_row(tmp_path):
    texts = pa.array([b"a", b"M\xfc", b"c"]).cast(pa.binary()).view(pa.string())
    documents, [problem] = read(write(tmp_path / "a.parquet", {"text": texts}))
    assert [document.text for document in documents] == ["a", "c"]
    assert "a.parquet:2: column 'text'" in str(problem)


def test_text_that_is_not_marked_as_such_is_read_as_utf8(tmp_path):
    texts, ids = pa.array(["Huế ký".encode(), b"M\xfc"], pa.binary()), pa.array([b"x", b"y"], pa.large_binary())
    [document], [problem] = read(write(tmp_path / "a.parquet", {"text": texts, "id": ids}))
    assert (document.id, document.text) == ("x", "Huế ký")
    assert "a.parquet:2: column 'text'" in str(problem)


@pytest.mark.parametrize("columns", [{"body": ["a"]}, {"text": [1]}])
def test_a_table_without_texts_is_a_problem(tmp_path, columns):
    documents, [problem] = read(write(tmp_path / "a.parquet", columns))
    assert documents == []
    assert "'text'" in str(problem)


@pytest.mark.parametrize("content", [None, b"", b"PAR1", b"x" * 999])
def test_a_damaged_file_is_a_problem_and_others_are_read(tmp_path, content):
    path = write(tmp_path / "a.parquet", {"text": ["a"] * 100})
    path.write_bytes(path.read_bytes()[:200] if content is None else content)
    (tmp_path / "b.txt").write_text("b")
    documents, [problem] = read(tmp_path)
    assert [document.text for document in documents] == ["b"]
    assert "a.parquet:1:" in str(problem)


def test_rows_before_damage_are_kept(tmp_path):
    texts = [f"{number} " + "x" * 5000 for number in range(1000)]
    path = write(tmp_path / "a.parquet", {"text": texts}, row_group_size=100, compression="zstd", use_dictionary=False)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    path.write_bytes(content)
    documents, problems = read(path)
    assert 0 < len(documents) < 1000
    assert len(problems) == 1
