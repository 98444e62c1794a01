"""The page of documents: spans, the claims they belong to, and values."""

from __future__ import annotations

import re
from pathlib import Path

from coopclaims.inference.formats.html import write_html
from coopclaims.schema import Claim, Passage, Span


def page_of(tmp_path: Path, passage: Passage) -> str:
    write_html([passage], "", str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    return page[page.index("<article") : page.index("</article>")]


def two_claims(value: object = None) -> Passage:
    """Claims whose order in the record is not that of the text."""
    spans = [
        Span("p", 0, 4, "PARTY"),
        Span("t", 5, 8, "TRIGGER"),
        Span("u", 13, 19, "TRIGGER"),
        Span("d", 23, 31, "DATE", extra={} if value is None else {"value": value}),
        Span("alone", 35, 39, "PLACE"),
    ]
    claims = [Claim("c2", "u", "agreement", "planned", ["d", "p"]), Claim("c1", "t", "dialogue", "actual", ["p"])]
    return Passage("a", "Togo met and signed in May 2019 at Bonn.", "en", spans=spans, claims=claims)


def test_spans_bear_the_numbers_of_their_claims(tmp_path: Path) -> None:
    article = page_of(tmp_path, two_claims())
    text, claims = article.split("<ol")
    found = re.findall(r"<mark[^>]*?(?: data-claims=\"([^\"]*)\")?>([^<]*)<small>([^<]*)</small>", text)
    assert found == [
        ("1 2", "Togo", "PARTY 1, 2"),
        ("1", "met", "TRIGGER 1"),
        ("2", "signed", "TRIGGER 2"),
        ("2", "May 2019", "DATE 2"),
        ("", "Bonn", "PLACE"),
    ]
    first, second = re.findall(r'<li data-claims="(.*?)</li>', claims)
    assert first.startswith('1">')
    assert "met" in first
    assert "signed" not in first
    assert second.startswith('2">')
    assert second.index("Togo") < second.index("May 2019")


def test_values_are_tooltips_and_are_written_where_they_say_more(tmp_path: Path) -> None:
    article = page_of(tmp_path, two_claims({"edtf": "2019-05", "start": "2019-05-01"}))
    assert article.count('title="edtf: 2019-05; start: 2019-05-01"') == 2
    assert article.count("<small>= 2019-05</small>") == 1
    assert "<small>=" not in page_of(tmp_path, two_claims({"edtf": "May 2019"}))
    assert "<small>~</small>" in page_of(tmp_path, two_claims({"edtf": "May 2019~"}))  # what the words leave out


def test_values_of_any_form_are_text(tmp_path: Path) -> None:
    for value in (3, "<b>", [], {"edtf": {"<b>": '"'}}):
        assert "<b>" not in page_of(tmp_path, two_claims(value))
