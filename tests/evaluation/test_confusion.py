from __future__ import annotations

from coopclaims.corpus.markup import parse_markup
from coopclaims.evaluation.alignment import FOUND, AlignedPair, align_pairs
from coopclaims.evaluation.confusion import (
    NO_SPAN,
    link_confusion,
    span_confusion,
    status_confusion,
    type_confusion,
)

TAIL = " [[TRIGGER 1 relation actual|act]]"


def aligned(gold: str, predicted: str) -> list[AlignedPair]:
    return align_pairs([(parse_markup(gold, "p"), parse_markup(predicted, "p"))], FOUND)


def used(table: dict[str, dict[str, int]]) -> dict[tuple[str, str], int]:
    return {(row, column): n for row, columns in table.items() for column, n in columns.items() if n}


def cells(gold: str, predicted: str) -> dict[tuple[str, str], int]:
    found = used(span_confusion(aligned(gold + TAIL, predicted + TAIL)))
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


def test_types_and_statuses_of_claims_at_aligned_triggers() -> None:
    pairs = aligned(
        "[[PARTY 1,2,3|A]] [[TRIGGER 1 agreement actual|signed]] and [[TRIGGER 2 dialogue planned|met]] "
        "and [[TRIGGER 3 research actual|studied]] and built",
        "[[PARTY 1,2,3|A]] [[TRIGGER 1 agreement denied|signed and]] [[TRIGGER 2 relation planned|met]] "
        "and studied and [[TRIGGER 3 operations actual|built]]",
    )
    types = {("agreement", "agreement"): 1, ("dialogue", "relation"): 1, ("research", NO_SPAN): 1}
    assert used(type_confusion(pairs)) == {**types, (NO_SPAN, "operations"): 1}
    statuses = {("actual", "denied"): 1, ("planned", "planned"): 1, ("actual", NO_SPAN): 1}
    assert used(status_confusion(pairs)) == {**statuses, (NO_SPAN, "actual"): 1}


def test_every_link_has_one_outcome() -> None:
    pairs = aligned(
        "[[PARTY 1,2|A]] [[PARTY 1|B]] [[TRIGGER 1 agreement actual|signed]] [[TRIGGER 2 dialogue actual|met]] "
        "[[FIELD 2|chips]] [[DATE 2|May]] [[PLACE 1|Rome]] here",
        "[[PARTY 1|A]] [[PARTY 2|B]] [[TRIGGER 1 agreement actual|signed]] [[TRIGGER 2 dialogue actual|met]] "
        "[[FIELD 2|chips]] May [[PLACE 1|Rome]] [[DATE 1|here]]",
    )
    assert used(link_confusion(pairs)) == {
        ("PARTY", "right"): 1,  # A signed
        ("PARTY", "missed"): 2,  # A met, B signed
        ("PARTY", "wrong"): 1,  # B met
        ("FIELD", "right"): 1,
        ("FIELD", "rightly none"): 1,  # chips signed
        ("PLACE", "right"): 1,
        ("PLACE", "rightly none"): 1,
        ("DATE", "end missed"): 1,  # May
        ("DATE", "end spurious"): 1,  # here
    }


def test_links_of_a_missed_claim_are_missed_ends() -> None:
    gold = "[[PARTY 1|A]] [[TRIGGER 1 agreement actual|signed]]"
    assert used(link_confusion(aligned(gold, "A signed"))) == {("PARTY", "end missed"): 1}
    assert used(link_confusion(aligned("A signed", gold))) == {("PARTY", "end spurious"): 1}
