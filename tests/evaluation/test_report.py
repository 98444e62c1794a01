from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from coopclaims.corpus.markup import parse_markup
from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.evaluation.report import render_report
from coopclaims.schema import Passage, Span

HOSTILE = "<script>alert(1)</script>\"' onload=x &amp; </td></html>"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, *_: object) -> None:
        self.seen.append(tag)
        if tag not in ("meta", "input"):
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
    assert parser.seen.count("script") == 1
    assert "&lt;script&gt;" in page
    assert HOSTILE not in page


def test_page_is_self_contained(passages: list[Passage]) -> None:
    page = report(passages, passages, {})
    assert "default-src 'none'" in page
    assert not any(word in page for word in ("http://", "https://", "src=", "@import", "url("))
    assert "No passage has an error." in page


def test_passages_with_most_errors_come_first(passages: list[Passage]) -> None:
    page = report(passages, [replace(passage, spans=[], claims=[]) for passage in passages], {})
    errors = [int(number) for number in re.findall(r"<h3>[^<]+<small>(\d+) error", page)]
    assert len(errors) == len(passages)
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > errors[-1] == 0


def test_every_section_is_in_the_contents_and_ids_are_unique(passages: list[Passage]) -> None:
    page = report(passages, passages, {"seed": 1})
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert re.findall(r'href="#([^"]+)"', page) == ids


def test_scores_bring_curves_and_calibration(passages: list[Passage]) -> None:
    without = report(passages, passages, {})
    assert "The predictions have no scores" in without
    scored = [
        replace(
            passage,
            spans=[replace(span, score=0.8) for span in passage.spans],
            claims=[replace(claim, score=0.6) for claim in passage.claims],
        )
        for passage in passages
    ]
    page = report(passages, scored, {})
    assert "The predictions have no scores" not in page
    assert "F1 by threshold" in page
    assert "Calibration: typed trigger" in page


def test_an_ordinary_tagger_has_no_sections_on_claims() -> None:
    gold = Passage("p", "a b c", "en", spans=[Span("s1", 0, 1, "CHEMICAL"), Span("s2", 2, 3, "DISEASE")])
    page = report([gold], [replace(gold, spans=gold.spans[:1])], {})
    assert "CHEMICAL" in page
    assert "Typed triggers by type" not in page
    assert "Types taken for each other" not in page


def test_the_same_passages_in_any_order_give_the_same_page(passages: list[Passage]) -> None:
    predicted = [*passages[:2], *(replace(passage, claims=[]) for passage in passages[2:])]
    assert report(passages, predicted, {}) == report(passages[::-1], predicted[::-1], {})
