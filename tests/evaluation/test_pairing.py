from __future__ import annotations

import pytest

from coopclaims.errors import UserError
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.schema import Passage


def passages(*names: str, text: str = "text") -> list[Passage]:
    return [Passage(name, text) for name in names]


def test_pairs_are_sorted_by_id() -> None:
    pairs = pair_passages(passages("b", "a"), passages("a", "b"))
    assert [(gold.id, predicted.id) for gold, predicted in pairs] == [("a", "a"), ("b", "b")]


@pytest.mark.parametrize(
    ("gold", "predicted", "message"),
    [
        (passages("a", "b"), passages("a"), "predictions: no record for gold id 'b'"),
        (passages("a"), passages("a", "b"), "predictions: no gold for id 'b'"),
        (passages("a"), passages("b"), "none is for a gold passage (gold has id 'a'; predictions have id 'b')"),
        (passages("a", "a"), passages("a"), "gold: used more than once: id 'a'"),
        (passages("a"), passages("a", "a"), "predictions: used more than once"),
        (passages("a"), passages("a", text="tent"), "differs from the gold text at offset 2"),
        (passages("a"), passages("a", text="text "), "at offset 4"),
        (passages(*"abcdefg"), [], "ids 'a', 'b', 'c', 'd', 'e' and 2 more"),
    ],
)
def test_what_does_not_pair_is_named(gold: list[Passage], predicted: list[Passage], message: str) -> None:
    with pytest.raises(UserError) as error:
        pair_passages(gold, predicted)
    assert message in str(error.value)
