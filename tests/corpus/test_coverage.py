from __future__ import annotations

from pathlib import Path

import pytest

from coopclaims.cli import main
from coopclaims.corpus.coverage import (
    AMOUNT_FORMS,
    DATE_FORMS,
    _classifier,
    format_coverage,
    measure_coverage,
    read_grid,
)
from coopclaims.errors import UserError
from coopclaims.schema import Passage

PASSAGES = Path(__file__).parent.parent / "fixtures" / "passages.jsonl"
GRID = Path(__file__).parent.parent.parent / "data" / "grid.yaml"


def test_shares_of_the_fixture(passages: list[Passage]) -> None:
    for passage in passages[:2]:
        passage.extra["genre"] = "newspaper feature"
    rows = {(row.axis, row.value): row for row in measure_coverage(read_grid(GRID), passages)}
    assert rows["claims", "0"].count == 1
    assert rows["claims", "0"].planned == 0.2
    assert rows["claims", "2"].count == 1
    assert rows["genre", "newspaper feature"].reached == 1.0
    assert rows["type", "agreement"].reached == pytest.approx(2 / 6)
    assert rows["claim with SOURCE", "yes"].count == 1
    for axis in {axis for axis, _ in rows}:
        shares = [row.reached for (name, _), row in rows.items() if name == axis]
        assert sum(shares) == pytest.approx(1.0) or not any(shares)
    assert "newspaper feature" in format_coverage(rows.values())


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("21/6", "numeric (21/6, 3.4.2019)"),
        ("ngày 14 tháng 3", "month and day"),
        ("18. September", "month and day"),
        ("September 2023", "month"),
        ("quý III năm 2021", "quarter, half-year, season"),
        ("giai đoạn 2018-2020", "period"),
        ("Mittwoch", "weekday or day"),
        ("2030", "year"),
        ("last month", "relative"),
        ("year end", "other"),
    ],
)
def test_forms_of_dates(text: str, form: str) -> None:
    assert _classifier(DATE_FORMS)(text) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("200 triệu USD", "symbol or code"),
        ("2,4 Millionen Euro", "currency word"),
        ("18% cổ phần", "percent or share"),
        ("750 MW", "measure"),
        ("60 Studierende", "counted"),
    ],
)
def test_forms_of_amounts(text: str, form: str) -> None:
    assert _classifier(AMOUNT_FORMS)(text) == form


def test_a_bad_grid_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "grid.yaml").write_text("a: [", encoding="utf-8")
    for path, message in ((tmp_path / "absent.yaml", "cannot be read"), (tmp_path / "grid.yaml", "not a grid in YAML")):
        with pytest.raises(UserError, match=message) as error:
            read_grid(path)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "values", ["5", "", "news", "[[a]]", "{a: 0}", "{a: -1, b: 2}", "{a: b}", "{a: .nan}", "{a: .inf}"]
)
def test_an_axis_that_cannot_be_weighed_is_named(tmp_path: Path, values: str) -> None:
    (tmp_path / "grid.yaml").write_text(f"genre: {values}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"grid\.yaml: not a grid: 'genre' must list values"):
        read_grid(tmp_path / "grid.yaml")


@pytest.mark.parametrize("values", ["[]", "{}", "[a, 1]", "{a: 0, b: 0.5}"])
def test_an_axis_may_have_weights_or_none(tmp_path: Path, passages: list[Passage], values: str) -> None:
    (tmp_path / "grid.yaml").write_text(f"genre: {values}\nother: 5\n", encoding="utf-8")
    assert measure_coverage(read_grid(tmp_path / "grid.yaml"), passages)


def test_the_command_passes_over_a_bad_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text("broken\n" + PASSAGES.read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["data", "coverage", str(file), "--grid", str(GRID)]) == 0
    captured = capsys.readouterr()
    assert f"skipped: {file}:1: not JSON" in captured.err
    assert "agreement" in captured.out
