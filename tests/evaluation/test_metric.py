from __future__ import annotations

import json
import socket
from pathlib import Path

import evaluate
import pytest

from coopclaims.corpus.markup import parse_markup
from coopclaims.errors import UserError
from coopclaims.evaluation import metric
from coopclaims.evaluation.metric import CooperationClaims
from coopclaims.schema import Passage, passage_to_json

GOLD = parse_markup("[[PARTY 1|A]] and [[PARTY 1|B]] [[TRIGGER 1 agreement actual|signed]] [[INSTRUMENT 1|X]]", "p")
PREDICTED = parse_markup("[[PARTY 1|A]] and B [[TRIGGER 1 agreement actual|signed]] [[INSTRUMENT 1|X]]", "p")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Any attempt to reach the network fails at once."""

    def refused(*_: object) -> None:
        raise OSError("a metric must not reach for the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setenv("HF_HOME", str(tmp_path))


def test_worked_example_as_dicts_and_as_strings() -> None:
    gold, predicted = passage_to_json(GOLD), passage_to_json(PREDICTED)
    for encode in (dict, json.dumps):
        found = CooperationClaims().compute(predictions=[encode(predicted)], references=[encode(gold)])
        assert found["argument_f1"] == pytest.approx(0.8)
        assert found["soft_claim_f1"] == pytest.approx(6 / 7)
        assert found["span_f1_PARTY"] == pytest.approx(2 / 3)
        assert found["span_f1_DATE"] == 1.0


def test_load_by_path() -> None:
    loaded = evaluate.load(metric.__file__)
    assert loaded.compute(predictions=[passage_to_json(GOLD)], references=[passage_to_json(GOLD)])["argument_f1"] == 1.0


def test_adding_one_by_one_equals_all_at_once(passages: list[Passage]) -> None:
    records = [passage_to_json(passage) for passage in passages]
    bare = [{**record, "spans": [], "claims": []} for record in records[::-1]]
    one_by_one, batched = CooperationClaims(), CooperationClaims()
    for prediction, reference in zip(bare, records, strict=True):
        one_by_one.add(prediction=prediction, reference=reference)
    batched.add_batch(predictions=bare, references=records)
    assert one_by_one.compute() == batched.compute()


def test_bad_records_are_named() -> None:
    good = passage_to_json(GOLD)
    with pytest.raises(UserError, match="references: item 1: not JSON"):
        CooperationClaims().compute(predictions=[good], references=["{"])
    with pytest.raises(UserError, match=r"predictions: item 1: .*'text'"):
        CooperationClaims().compute(predictions=[{"id": "p"}], references=[good])
    with pytest.raises(UserError, match="none is for a gold passage"):
        CooperationClaims().compute(predictions=[{**good, "id": "q"}], references=[good])
