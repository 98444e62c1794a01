"""Gold and predicted passages, paired by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from coopclaims.errors import UserError
from coopclaims.schema import Passage

_NAMED_IDS = 5


def pair_passages(gold: Iterable[Passage], predicted: Iterable[Passage]) -> list[tuple[Passage, Passage]]:
    """(gold, predicted) pairs sorted by id, so that nothing computed from them depends on the order of records.

    Raises UserError if an id is used twice, if the predictions do not cover exactly the gold ids, or if the two
    texts of an id differ (offsets into different texts cannot be compared).
    """
    gold_by_id = _by_id(gold, "gold")
    predicted_by_id = _by_id(predicted, "predictions")
    if gold_by_id and predicted_by_id and not gold_by_id.keys() & predicted_by_id.keys():
        raise UserError(
            f"predictions: none is for a gold passage (gold has {_ids(gold_by_id)}; predictions have "
            f"{_ids(predicted_by_id)}); score against the data they were made from"
        )
    missing = gold_by_id.keys() - predicted_by_id.keys()
    if missing:
        raise UserError(f"predictions: no record for gold {_ids(missing)}; write one with claims [] if none is found")
    extra = predicted_by_id.keys() - gold_by_id.keys()
    if extra:
        raise UserError(f"predictions: no gold for {_ids(extra)}; score against the gold file they were made from")
    for name, passage in sorted(gold_by_id.items()):
        _check_same_text(passage, predicted_by_id[name])
    return [(gold_by_id[name], predicted_by_id[name]) for name in sorted(gold_by_id)]


def _by_id(passages: Iterable[Passage], side: str) -> dict[str, Passage]:
    passages = list(passages)
    repeated = [name for name, count in Counter(passage.id for passage in passages).items() if count > 1]
    if repeated:
        raise UserError(f"{side}: used more than once: {_ids(repeated)}; give each record an id of its own")
    return {passage.id: passage for passage in passages}


def _check_same_text(gold: Passage, predicted: Passage) -> None:
    if gold.text != predicted.text:
        offset = _first_difference(gold.text, predicted.text)
        raise UserError(
            f"predictions: record {gold.id!r}: its text differs from the gold text at offset {offset}; "
            "predict on the gold text exactly as given"
        )


def _first_difference(left: str, right: str) -> int:
    shorter = min(len(left), len(right))
    return next((offset for offset in range(shorter) if left[offset] != right[offset]), shorter)


def _ids(ids: Iterable[str]) -> str:
    ordered = sorted(ids)
    named = ", ".join(repr(name) for name in ordered[:_NAMED_IDS])
    more = f" and {len(ordered) - _NAMED_IDS} more" if len(ordered) > _NAMED_IDS else ""
    return f"id{'s' if len(ordered) > 1 else ''} {named}{more}"
