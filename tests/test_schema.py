import json
from typing import Any

import pytest

from coopclaims.schema import (
    WORD,
    Claim,
    Passage,
    RecordError,
    Span,
    passage_from_json,
    passage_to_json,
    problems,
    validate,
)


def record(**changes: Any) -> dict[str, Any]:
    spans = [
        {"id": "s1", "start": 0, "end": 3, "label": "PARTY"},
        {"id": "s2", "start": 8, "end": 11, "label": "PARTY"},
        {"id": "s3", "start": 12, "end": 16, "label": "TRIGGER"},
    ]
    claim = {"id": "c1", "trigger": "s3", "type": "dialogue", "status": "actual", "args": ["s1", "s2"]}
    return {
        "id": "r1",
        "lang": "en",
        "doc": "d",
        "text": "Ann and Bob meet.",
        "spans": spans,
        "claims": [claim],
        **changes,
    }


def with_span(**changes: Any) -> dict[str, Any]:
    value = record()
    value["spans"][0].update(changes)
    return value


def with_claim(**changes: Any) -> dict[str, Any]:
    value = record()
    value["claims"][0].update(changes)
    return value


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in record().items() if name != key}


def test_round_trip_keeps_everything() -> None:
    value = record(meta={"source": "x"}, mine=[1, {"a": None}])
    value["spans"][0] |= {"score": 0.5, "value": "2030-01-01"}
    value["claims"][0] |= {"score": 0.25, "note": "n"}
    assert passage_to_json(passage_from_json(value)) == value


def test_reading_leaves_the_given_object_alone() -> None:
    value = record(mine=1)
    passage_from_json(value)
    assert value == record(mine=1)


def test_spans_and_claims_may_be_left_out() -> None:
    passage = passage_from_json({"id": "r1", "text": "Nothing here."})
    assert (passage.spans, passage.claims, passage.lang, passage.doc, passage.meta) == ([], [], None, None, None)


def test_offsets_are_code_points() -> None:
    passage = Passage("r1", "🇻🇳 Hà Nội", spans=[Span("s1", 3, 9, "PLACE")])
    validate(passage)
    assert passage.quote(passage.spans[0]) == "Hà Nội"


def test_touching_spans_are_allowed() -> None:
    validate(Passage("r1", "EU-China", spans=[Span("s1", 0, 2, "PARTY"), Span("s2", 2, 8, "PARTY")]))


def test_word_pattern() -> None:
    assert WORD.findall("Đại học A-Z: 2,5 %") == ["Đại", "học", "A", "-", "Z", ":", "2", ",", "5", "%"]


INVALID: list[tuple[Any, str]] = [
    ([], "a record must be a JSON object, not a list"),
    (None, "not null"),
    ("text", "not a string"),
    (without("id"), "'id' is missing"),
    (without("text"), "'text' is missing"),
    (record(id=7), "'id' must be a string, not a whole number"),
    (record(text=None), "'text' must be a string, not null"),
    (record(lang=1), "'lang' must be a string"),
    (record(doc=[]), "'doc' must be a string, not a list"),
    (record(meta="x"), "'meta' must be an object"),
    (record(spans={}), "'spans' must be a list"),
    (record(spans=[3]), "a span must be a JSON object"),
    (record(claims=["c1"]), "a claim must be a JSON object"),
    (record(text="Ann and Bob meet \ud800"), "lone surrogate at offset 17"),
    (with_span(start="0"), "span 's1': 'start' must be a whole number, not a string"),
    (with_span(start=True), "'start' must be a whole number, not a truth value"),
    (with_span(end=3.0), "'end' must be a whole number, not a number with a fraction"),
    (with_span(score="high"), "'score' must be a number"),
    (with_span(label="PERSON"), "unknown label 'PERSON'"),
    (with_span(label="party"), "unknown label 'party'"),
    (with_span(start=-1), "offsets -1-3 leave the text"),
    (with_span(start=15, end=18), "offsets 15-18 leave the text (length 17)"),
    (with_span(end=0), "empty or backward offsets 0-0"),
    (with_span(start=3, end=1), "empty or backward offsets 3-1"),
    (with_span(end=4), "begins or ends with white space"),
    (with_span(end=9), "spans 's1' (0-9) and 's2' (8-11) overlap"),
    (with_span(id="s2"), "span id 's2' is used 2 times"),
    (with_claim(type="treaty"), "unknown type 'treaty'"),
    (with_claim(status="likely"), "unknown status 'likely'"),
    (with_claim(trigger="s9"), "its trigger 's9' is no span"),
    (with_claim(trigger="s1", args=[]), "labelled PARTY, not TRIGGER"),
    (with_claim(args=["s9"]), "its argument 's9' is no span"),
    (with_claim(args=["s3"]), "its argument 's3' is a TRIGGER"),
    (with_claim(args=["s1", "s1"]), "'s1' is used 2 times"),
    (with_claim(args=[1]), "'args' must hold span ids"),
    (with_claim(args="s1"), "'args' must be a list"),
    (record(claims=[*record()["claims"], *record()["claims"]]), "claim id 'c1' is used 2 times"),
    (record(claims=[*record()["claims"], {**record()["claims"][0], "id": "c2"}]), "'s3' anchors 2 claims"),
]


@pytest.mark.parametrize(("value", "message"), INVALID, ids=[message for _, message in INVALID])
def test_invalid_records_are_refused(value: Any, message: str) -> None:
    with pytest.raises(RecordError) as error:
        passage_from_json(value)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_problems_lists_all_of_them() -> None:
    spans = [Span("s1", 0, 3, "NAME"), Span("s2", 2, 99, "PARTY")]
    claims = [Claim("c1", "s7", "pact", "actual")]
    assert len(list(problems(Passage("r1", "Ann and Bob", spans=spans, claims=claims)))) == 5


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -float("inf"), 10**400])
def test_a_score_that_is_no_finite_number_is_none(score: float) -> None:
    value = passage_to_json(passage_from_json(with_span(score=score)))
    assert value == record()
    json.dumps(value, allow_nan=False)
