"""The page of merged records: what it says, and that nothing of a document becomes markup."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.records.merging.stories import hostile_lines, lines, write

from coopclaims.errors import UserError
from coopclaims.records.merging.records_page import render_records
from coopclaims.records.merging.run import merge_records
from coopclaims.records.merging.tellings import readable


def merged(tmp_path: Path, some: list[dict[str, object]], name: str = "acts.jsonl") -> list[dict[str, object]]:
    output = tmp_path / name
    merge_records([write(tmp_path / "in.jsonl", some)], str(output))
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def test_a_row_a_record_with_its_conflicts_and_tellings(tmp_path: Path) -> None:
    records = merged(tmp_path, lines())
    page = render_records(records)
    assert page.count("<tbody ") == len(records)
    [row] = re.findall(r'<tbody id="[^"]*" data-type="agreement".*?</tbody>', page, re.S)
    assert row.count("<article>") == 3
    assert 'data-conflict="amount|status"' in row
    assert "planned <small>2019-05-10</small> → actual" in row
    assert "2,400,000 (sign-en:c1, sign-vi:c1) ↔ 2,500,000 (sign-de:c1)" in row
    assert '<mark class="DATE" title="edtf: 2019-05-14; ' in row
    assert '<mark class="PARTY">' not in row  # each has its value as a tooltip


def test_nothing_of_a_document_becomes_markup(tmp_path: Path) -> None:
    page = render_records(merged(tmp_path, hostile_lines()))
    assert page.count("<script>") == page.count("</script>") == 1
    assert "<img" not in page
    assert "onerror=alert(1)&gt;" in page


def test_no_records(tmp_path: Path) -> None:
    assert "No record." in render_records([])


def test_the_quote_holds_all_parts_where_they_say(tmp_path: Path) -> None:
    source = {line["id"]: line for line in lines()}
    for record in merged(tmp_path, lines()):
        for mention in record["mentions"]:  # type: ignore[attr-defined]
            plain = re.sub(r"\[\[[^|\]]*\|([^\]]*)\]\]", r"\1", str(source[mention["document"]]["marked"]))
            assert mention["quote"] in plain
            first = min(part["start"] for part in (mention, *mention["arguments"]))
            for part in mention["arguments"]:
                assert mention["quote"][part["start"] - first : part["end"] - first] == part["quote"]


@pytest.mark.parametrize("change", [{"quote": "other"}, {"quote": 3}, {"start": 0}, {"end": 10**9}])
def test_stored_quotes_that_do_not_fit_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    record = merged(tmp_path, lines())[0]
    record["mentions"][0].update(change)  # type: ignore[index]
    earlier = write(tmp_path / "earlier.jsonl", [record])
    with pytest.raises(UserError, match=r"earlier\.jsonl:1"):
        merge_records([str(tmp_path / "in.jsonl")], str(tmp_path / "o"), into=Path(earlier))


def test_large_figures_get_commas_years_and_decimals_none() -> None:
    assert readable("over 2400000 EUR") == "over 2,400,000 EUR"
    assert readable("2024 or 0.123456 or 1000000/3") == "2024 or 0.123456 or 1,000,000/3"
    assert readable("9" * 5000) == "9" * 5000
