from __future__ import annotations

from coopclaims.corpus.markup import parse_markup
from coopclaims.evaluation.confusion import NO_SPAN, span_confusion

TAIL = " [[TRIGGER 1 relation actual|act]]"


def cells(gold: str, predicted: str) -> dict[tuple[str, str], int]:
    table = span_confusion([(parse_markup(gold + TAIL, "p"), parse_markup(predicted + TAIL, "p"))])
    found = {(row, column): n for row, columns in table.items() for column, n in columns.items() if n}
    assert found.pop(("TRIGGER", "TRIGGER")) == 1
    return found


def test_confused_missed_and_spurious() -> None:
    assert cells("[[PARTY 1|a b]] c", "[[FIELD 1|a b]] c") == {("PARTY", "FIELD"): 1}
    assert cells("[[PARTY 1|a b]] c", "a b c") == {("PARTY", NO_SPAN): 1}
    assert cells("a b c", "[[PARTY 1|a b]] c") == {(NO_SPAN, "PARTY"): 1}


def test_a_slipped_bound_is_no_confusion() -> None:
    assert cells("[[PARTY 1|a b]] c", "[[PARTY 1|a b c]]") == {("PARTY", "PARTY"): 1}
    assert cells("[[PARTY 1|a]] b c d", "[[PARTY 1|a b c d]]") == {("PARTY", NO_SPAN): 1, (NO_SPAN, "PARTY"): 1}


def test_equal_labels_meet_first() -> None:
    found = cells("[[PARTY 1|a b]] [[FIELD 1|c]]", "[[FIELD 1|a]] [[PARTY 1|b]] [[FIELD 1|c]]")
    assert found == {("PARTY", "PARTY"): 1, ("FIELD", "FIELD"): 1, (NO_SPAN, "FIELD"): 1}
