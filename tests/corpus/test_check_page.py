from __future__ import annotations

import json
from pathlib import Path

from coopclaims.corpus.check import check_corpus
from coopclaims.corpus.check_page import render_check

FIXTURE = Path(__file__).parent.parent / "fixtures" / "passages.jsonl"
HOSTILE = "<script>alert(1)</script>"


def test_page_holds_charts_and_escapes_text(tmp_path: Path) -> None:
    lines = FIXTURE.read_text(encoding="utf-8") + json.dumps({"id": HOSTILE, "lang": HOSTILE, "text": "x"}) + "\n"
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    page = render_check(check_corpus([tmp_path]))
    assert page.count('role="img"') == 5
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_the_same_corpus_gives_the_same_page() -> None:
    assert render_check(check_corpus([FIXTURE])) == render_check(check_corpus([FIXTURE]))


def test_an_empty_corpus_has_a_page(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    assert "0 passages" in render_check(check_corpus([tmp_path]))
