"""The page of merged records: what it says, and that nothing of a document becomes markup."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.records.merging.stories import hostile_lines, lines, write

from coopclaims import cli
from coopclaims.errors import UserError
from coopclaims.records.merging.country_matrix import MOST_COUNTRIES, country_matrix
from coopclaims.records.merging.records_page import render_records
from coopclaims.records.merging.run import merge_records


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


def test_the_page_of_stored_records_is_that_of_their_input(tmp_path: Path) -> None:
    source, acts = write(tmp_path / "in.jsonl", lines()), str(tmp_path / "acts.jsonl")
    assert cli.main(["merge", source, "--output", acts]) == 0
    assert cli.main(["merge", source, "--format", "html", "--output", str(tmp_path / "1.html")]) == 0
    assert cli.main(["merge", "--into", acts, "--format", "html", "--output", str(tmp_path / "2.html")]) == 0
    assert (tmp_path / "1.html").read_text(encoding="utf-8") == (tmp_path / "2.html").read_text(encoding="utf-8")


def of_countries(*some: str) -> dict[str, object]:
    return {"parties": [{"countries": [code]} for code in some]}


def matrix_rows(records: list[dict[str, object]]) -> list[list[str]]:
    """The texts of the cells, by row, without the heading of the row."""
    (html,) = country_matrix(records)
    _, *rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]


def test_the_matrix_counts_acts_by_pair_on_both_sides_of_its_diagonal() -> None:
    acts = [*[of_countries("VN", "DE")] * 9, of_countries("FR", "DE", "FR"), of_countries("VN"), of_countries()]
    assert matrix_rows(acts) == [["", "9", "1"], ["9", "", "0"], ["1", "0", ""]]  # Germany, Vietnam, France
    assert matrix_rows(acts[::-1]) == matrix_rows(acts)
    (html,) = country_matrix(acts)
    assert '<td class="heat-5" title="Vietnam and Germany: 9 acts" data-pair="VN|DE">9</td>' in html
    assert '<td class="heat-1" title="Germany and France: 1 act" data-pair="DE|FR">1</td>' in html
    assert '<th scope="row" title="Vietnam">Vietnam <small>VN</small></th>' in html


def test_the_matrix_has_the_countries_of_most_pairs_and_says_so() -> None:
    many = [of_countries("VN", f"X{letter}") for letter in "ABCDEFGHIJKLMN"]
    rows = matrix_rows(many)
    assert {len(row) for row in rows} == {len(rows)} == {MOST_COUNTRIES}
    assert "The 12 of 15 countries in most pairs." in country_matrix(many)[0]
    assert country_matrix([of_countries("VN"), of_countries()]) == []


def test_rows_are_found_by_country(tmp_path: Path) -> None:
    page = render_records(merged(tmp_path, lines()))
    assert 'data-country="CL|PE"' in page
    assert page.count('<select name="country">') == 2
    assert "<strong>Pairs of countries</strong>" in page


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
