from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from coopclaims.cli import main
from coopclaims.corpus.jsonl import write_passages
from coopclaims.corpus.markup import parse_markup
from coopclaims.evaluation.error_page import EXAMPLES, format_errors, render_errors
from coopclaims.evaluation.errors_by_kind import KINDS, errors
from coopclaims.schema import Passage

GOLD = (
    "The [[PARTY 1,2|bank]] of [[PARTY 1|Oslo]] [[TRIGGER 1 agreement actual|signed]] and "
    "[[TRIGGER 2 dialogue actual|met]]."
)


def kinds(gold: str, predicted: str) -> Counter[str]:
    pair = parse_markup(gold, "p", "en"), parse_markup(predicted, "p", "en")
    assert pair[0].text == pair[1].text
    return Counter(error.kind for error in errors([pair]))


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [
        (GOLD, []),
        (GOLD.replace("[[TRIGGER 2 dialogue actual|met]]", "met").replace("1,2", "1"), ["missed trigger"]),
        (GOLD.replace("agreement", "capacity"), ["wrong type"]),
        (GOLD.replace("dialogue actual", "dialogue denied"), ["wrong status"]),
        (GOLD.replace("[[PARTY 1|Oslo]]", "Oslo"), ["missed argument"]),
        (GOLD.replace("PARTY 1|Oslo", "PLACE 1|Oslo"), ["wrong label"]),
        (GOLD.replace("The [[PARTY 1,2|bank", "[[PARTY 1,2|The bank"), ["boundary: article"]),
        (GOLD.replace("bank]] of [[PARTY 1|Oslo]]", "bank of Oslo]]"), ["boundary: head", "missed argument"]),
        (GOLD.replace("1,2|bank", "1|bank").replace("PARTY 1|Oslo", "PARTY 1,2|Oslo"), ["missed link", "wrong link"]),
        (GOLD.replace(" and ", " [[FIELD 1|and]] "), ["spurious argument"]),
    ],
)
def test_each_mistake_is_of_its_kind(predicted: str, expected: list[str]) -> None:
    assert kinds(GOLD, predicted) == Counter(expected)


def test_a_claim_that_only_one_side_has_is_an_error() -> None:
    gold = parse_markup(GOLD, "p", "en")
    spans_only = replace(gold, claims=[])
    assert [error.kind for error in errors([(gold, spans_only)])] == ["missed claim", "missed claim"]
    assert [error.kind for error in errors([(spans_only, gold)])] == ["spurious claim", "spurious claim"]


def test_a_trigger_taken_for_an_argument_is_one_error() -> None:
    taken = GOLD.replace("[[TRIGGER 2 dialogue actual|met]]", "[[FIELD 1|met]]").replace("1,2|bank", "1|bank")
    assert kinds(GOLD, taken) == Counter(["wrong label"])


def test_a_spurious_trigger_is_one_error() -> None:
    gold = GOLD.replace("[[TRIGGER 2 dialogue actual|met]]", "met").replace("1,2", "1")
    assert kinds(gold, GOLD) == Counter(["spurious trigger"])


def test_the_order_of_spans_and_claims_changes_nothing(passages: list[Passage]) -> None:
    predicted = [*passages[1:], passages[0]]
    shuffled = [replace(p, spans=p.spans[::-1], claims=p.claims[::-1]) for p in passages]
    other = [replace(q, id=p.id, text=p.text, spans=[], claims=[]) for p, q in zip(passages, predicted, strict=True)]
    one, two = errors(zip(passages, other, strict=True)), errors(zip(shuffled, other, strict=True))
    assert Counter(one) == Counter(two)
    assert {error.kind for error in one} <= {"missed trigger", "missed argument"}


def test_counts_add_up_and_the_page_escapes_documents() -> None:
    gold = parse_markup("[[PARTY 1|<b>Oslo</b>]] [[TRIGGER 1 agreement actual|signed]].", "<i>", "en")
    empty = replace(gold, spans=[], claims=[])
    found = errors([(gold, empty)])
    assert format_errors(found).splitlines()[1].split() == ["missed", "argument", "1", "1"]
    html = render_errors(found * (EXAMPLES + 1), {gold.id: gold})
    assert "<b>" not in html
    assert "&lt;b&gt;Oslo" in html
    assert f"{EXAMPLES} of {EXAMPLES + 1}." in html
    assert all(KINDS[error.kind] in html for error in found)


def test_command_prints_counts_and_writes_the_page(
    tmp_path: Path, passages: list[Passage], capsys: pytest.CaptureFixture[str]
) -> None:
    write_passages(tmp_path / "gold.jsonl", passages)
    write_passages(tmp_path / "empty.jsonl", [replace(p, spans=[], claims=[]) for p in passages])
    gold, empty, page = (str(tmp_path / name) for name in ("gold.jsonl", "empty.jsonl", "errors.html"))
    assert main(["errors", empty, "--data", gold, "--html", page]) == 0
    assert "missed trigger" in capsys.readouterr().out
    assert "missed trigger" in Path(page).read_text(encoding="utf-8")
    assert main(["errors", gold, "--data", gold]) == 0
