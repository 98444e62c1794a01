from __future__ import annotations

from coopclaims.corpus.findings import Located
from coopclaims.corpus.markup import parse_markup
from coopclaims.corpus.name_checks import RARE_DOCUMENTS, names_across_splits, shared_names_and_amounts
from coopclaims.corpus.near_duplicates import Reference

ACT = "[[TRIGGER 1 investment actual|paid]]"


def located(number: int, marked: str, split: str, story: str | None = None) -> Located:
    passage = parse_markup(marked, f"p{number}", "en")
    passage.extra = {"split": split} | ({"story": story} if story else {})
    return Located("a.jsonl", number, passage)


def test_a_rare_name_in_two_splits_is_found() -> None:
    marked = f"[[PARTY 1|Port of Zadar]] {ACT}"
    (found,) = names_across_splits([located(1, marked, "train"), located(2, marked, "test")])
    assert found.severity == "review"
    assert found.message == "'Port of Zadar' in p1 (train), p2 (test)"


def test_what_is_no_leak() -> None:
    name = f"[[PARTY 1|Port of Zadar]] {ACT}"
    assert list(names_across_splits([located(1, name, "train"), located(2, name, "train")])) == []
    assert list(names_across_splits([located(1, name, "train", "s"), located(2, name, "dev", "s")])) == []
    common = [located(n, name, "train" if n else "dev") for n in range(RARE_DOCUMENTS + 1)]
    assert list(names_across_splits(common)) == []
    for plain in (f"[[PARTY 1|Peru]] {ACT}", f"[[PARTY 1|both sides]] {ACT}"):
        assert list(names_across_splits([located(1, plain, "train"), located(2, plain, "dev")])) == []


def test_names_and_amounts_of_other_text() -> None:
    corpus = [
        located(1, f"[[PARTY 1|Port of Zadar]] {ACT} [[AMOUNT 1|17.3 million kuna]] and [[AMOUNT 1|half]]", "train")
    ]
    texts = [Reference("x.txt", "Port of Zadar, half of it"), Reference("y.txt", "some 17.3 million kuna")]
    messages = [finding.message for finding in shared_names_and_amounts(corpus, texts)]
    assert messages == ["'17.3 million kuna' is also in y.txt", "'Port of Zadar' is also in x.txt"]
