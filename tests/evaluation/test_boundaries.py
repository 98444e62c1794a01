from __future__ import annotations

import pytest

from coopclaims.corpus.markup import parse_markup
from coopclaims.evaluation.alignment import OVERLAPPING, align_pairs
from coopclaims.evaluation.boundaries import boundary_profile
from coopclaims.schema import Passage

TAIL = " [[TRIGGER 1 relation actual|act]]"


def passage(marked: str) -> Passage:
    return parse_markup(marked + TAIL, "p")


@pytest.mark.parametrize(
    ("predicted", "outcomes"),
    [
        ("a [[PARTY 1|b c]] d e", {"exact"}),
        ("a [[PARTY 1|b c d]] e", {"too long", "end wrong"}),
        ("[[PARTY 1|a b c d]] e", {"too long", "start wrong", "end wrong"}),
        ("a b [[PARTY 1|c]] d e", {"too short", "start wrong"}),
        ("[[PARTY 1|a b]] c d e", {"shifted", "start wrong", "end wrong"}),
    ],
)
def test_bounds_slip_one_way_or_another(predicted: str, outcomes: set[str]) -> None:
    pairs = align_pairs([(passage("a [[PARTY 1|b c]] d e"), passage(predicted))], OVERLAPPING)
    profile = boundary_profile(pairs)
    assert {name for name, count in profile["PARTY"].items() if count} == outcomes
    assert profile["TRIGGER"]["exact"] == 1


@pytest.mark.parametrize("predicted", ["[[FIELD 1|a b]] c d e", "a b c [[PARTY 1|d e]]"])
def test_another_label_or_place_is_no_slip(predicted: str) -> None:
    pairs = align_pairs([(passage("a [[PARTY 1|b c]] d e"), passage(predicted))], OVERLAPPING)
    assert set(boundary_profile(pairs)) == {"TRIGGER"}
