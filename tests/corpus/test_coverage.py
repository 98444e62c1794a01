from __future__ import annotations

from pathlib import Path

import pytest

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
