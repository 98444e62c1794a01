"""CSV and Parquet: one claim a row, readable by what analysts use."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from tests.hard_records import all_passages, hard_passage

from coopclaims.errors import UserError
from coopclaims.inference.formats import parquet
from coopclaims.inference.formats.delimited import COLUMNS, write_csv
from coopclaims.inference.formats.parquet import claim_schema, write_parquet
from coopclaims.inference.writers import claim_rows
from coopclaims.schema import Claim, Passage, Span


def passage_of(party: str, name: str = "d") -> Passage:
    spans = [
        Span("s1", 0, len(party), "PARTY", 0.5, {"value": {"countries": ["VN"]}}),
        Span("s2", len(party) + 1, len(party) + 4, "TRIGGER"),
    ]
    return Passage(name, f"{party} met", spans=spans, claims=[Claim("c1", "s2", "dialogue", "actual", ["s1"], 0.75)])


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_the_rows_with_lists_joined_and_the_date(tmp_path: Path) -> None:
    write_csv(all_passages(), "m", str(tmp_path / "x.csv"))
    rows = read_csv(tmp_path / "x.csv")
    expected = [row for passage in all_passages() for row in claim_rows(passage, "m")]
    assert tuple(rows[0]) == COLUMNS
    assert [row["parties"] for row in rows] == ["; ".join(row["parties"]) for row in expected]
    assert [int(row["start"]) for row in rows] == [row["start"] for row in expected]
    assert rows[-1]["date"] == "2024-05-06"
    assert rows[-2]["quote"] == expected[-2]["quote"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_begins_like_a_formula(tmp_path: Path, start: str) -> None:
    passage = passage_of(f"{start}1+cmd|x", f"{start}id")
    passage.lang, passage.extra = "\t=1", {"date": "\r=1"}
    write_csv([passage], f"{start}m", str(tmp_path / "x.csv"))
    [row] = read_csv(tmp_path / "x.csv")
    assert row["parties"] == f"'{start}1+cmd|x"
    assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("date", [[2024, 5, 6], {"year": 2024}, 20240506, ["=1"]])
def test_a_date_that_is_no_text_is_no_date(tmp_path: Path, date: object) -> None:
    passage = passage_of("Laos")
    passage.extra = {"date": date}
    write_csv([passage], "m", str(tmp_path / "x.csv"))
    write_parquet([passage], "m", str(tmp_path / "x.parquet"))
    assert read_csv(tmp_path / "x.csv")[0]["date"] == ""
    assert pq.read_table(tmp_path / "x.parquet").to_pylist()[0]["date"] is None


def test_csv_begins_with_a_byte_order_mark_and_pandas_reads_it(tmp_path: Path) -> None:
    write_csv(all_passages(), "m", str(tmp_path / "x.csv"))
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbfdoc,lang,date,")
    assert list(pd.read_csv(tmp_path / "x.csv").columns) == list(COLUMNS)


def test_parquet_is_typed_and_nested(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    write_parquet([hard_passage(), passage_of("Huế 😀")], "m", str(file))
    table = pq.read_table(file)
    assert table.schema.equals(claim_schema())
    rows = table.to_pylist()
    assert [row["claim"] for row in rows] == ["c9", "first", "c1"]
    assert [party["text"] for party in rows[0]["parties"]] == [
        hard_passage().quote(hard_passage().spans[0]),
        "Bộ\r\nCông Thương",
    ]
    assert json.loads(rows[2]["parties"][0].pop("value")) == {"countries": ["VN"]}
    assert rows[2]["parties"][0] == {"text": "Huế 😀", "start": 0, "end": 5, "score": 0.5}
    assert (rows[2]["score"], rows[0]["date"], rows[2]["date"], rows[2]["fields"]) == (0.75, "2024-05-06", None, [])
    for row in rows[:2]:
        for part in (row["trigger"], *row["parties"], *row["instruments"]):
            assert hard_passage().text[part["start"] : part["end"]] == part["text"]


def test_pandas_duckdb_and_polars_read_the_nested_columns(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    write_parquet(all_passages(), "m", str(file))
    count = sum(len(passage.claims) for passage in all_passages())
    assert len(pd.read_parquet(file)) == count
    parties = duckdb.sql(f"select p.text from (select unnest(parties) as p from '{file}') where p.text = 'Lào'")
    assert set(parties.fetchall()) == {("Lào",)}
    polars = pytest.importorskip("polars")
    frame = polars.read_parquet(file).explode("parties").unnest("parties", separator="_")
    assert "Lào" in frame["parties_text"].to_list()


def test_row_groups_stay_small_and_no_claims_give_an_empty_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 2)
    write_parquet((passage_of(str(number)) for number in range(5)), "m", str(tmp_path / "x.parquet"))
    assert pq.ParquetFile(tmp_path / "x.parquet").num_row_groups == 3
    write_parquet([Passage("d", "x")], "m", str(tmp_path / "y.parquet"))
    assert pq.read_table(tmp_path / "y.parquet").schema.equals(claim_schema())
    with pytest.raises(UserError, match="binary"):
        write_parquet([], "m", "-")
