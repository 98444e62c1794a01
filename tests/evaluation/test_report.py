from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from coopclaims.corpus.markup import parse_markup
from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.evaluation.report import render_report
from coopclaims.schema import Passage

HOSTILE = "<script>alert(1)</script>\"' onload=x &amp; </td></html>"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, *_: object) -> None:
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def report(gold: list[Passage], predicted: list[Passage], facts: dict[str, object]) -> str:
    return render_report(evaluate_passages(gold, predicted, samples=10), gold, predicted, facts)


def test_text_of_documents_is_escaped() -> None:
    gold = parse_markup(f"[[PARTY 1|{HOSTILE}]] [[TRIGGER 1 relation actual|meet]]", HOSTILE, lang="en")
    page = report([gold], [replace(gold, spans=[], claims=[])], {"command": HOSTILE, HOSTILE: {HOSTILE: [HOSTILE]}})
    parser = Tags()
    parser.feed(page)
    assert parser.open == []
    assert "script" not in parser.seen
    assert "&lt;script&gt;" in page


def test_page_is_self_contained(passages: list[Passage]) -> None:
    page = report(passages, passages, {})
    assert "default-src 'none'" in page
    assert not any(word in page for word in ("http://", "https://", "src=", "@import", "url("))
    assert "No passage has an error." in page


def test_worst_passages_come_first(passages: list[Passage]) -> None:
    page = report(passages, [replace(passage, spans=[], claims=[]) for passage in passages], {})
    wrong = [passage.id for passage in passages if passage.claims]
    positions = [page.index(f"<h3>{name} ") for name in wrong]
    assert positions[0] == min(positions)
    assert "en-2 <small>" not in page
