"""Extracted claims matched to gold ones, to score the merging of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coopclaims.corpus.markup import parse_markup
from coopclaims.errors import UserError
from coopclaims.evaluation.merging import score_merging, with_gold_events
from coopclaims.schema import Passage

TEXTS = {
    "a": (
        "en",
        "[[PARTY 1|Chile]] and [[PARTY 1|Peru]] [[TRIGGER 1 dialogue actual|discussed]] [[FIELD 1|anchovies]].",
    ),
    "b": ("de", "[[PARTY 1|Chile]] und [[PARTY 1|Peru]] [[TRIGGER 1 dialogue actual|berieten]] [[FIELD 1|Sardellen]]."),
    "c": ("en", "[[PARTY 1|Togo]] [[TRIGGER 1 capacity planned|trains]] [[AMOUNT 1|40 midwives]]."),
}


def gold() -> list[Passage]:
    found = []
    for name, (lang, marked) in TEXTS.items():
        passage = parse_markup(marked, name, lang)
        claims = [replace(claim, extra={"event": "talks"} if name != "c" else {}) for claim in passage.claims]
        found.append(replace(passage, claims=claims, extra={"story": "s"}))
    return found


def test_the_same_claims_have_the_same_events_whatever_their_ids() -> None:
    predicted = [
        replace(
            passage,
            spans=[replace(span, id=f"x{span.id}") for span in passage.spans],
            claims=[
                replace(c, id="p", trigger=f"x{c.trigger}", args=[f"x{name}" for name in c.args], extra={})
                for c in passage.claims
            ],
            extra={},
        )
        for passage in gold()
    ]
    found, missed = with_gold_events(gold(), reversed(predicted))
    assert [claim.extra["event"] for passage in found for claim in passage.claims] == ["talks", "talks", "own-c-c1"]
    assert not any(passage.claims for passage in missed)
    assert [row.scores for row in score_merging(found)] == [row.scores for row in score_merging(gold())]


def test_a_claim_too_many_is_its_own_and_a_missed_one_stays_alone() -> None:
    first, second, third = gold()
    # Of "c" only the trigger is found: 2 · 1 / (1 + 3) of all parts, just enough.
    bare = replace(third, claims=[replace(claim, args=[]) for claim in third.claims], spans=third.spans)
    found, missed = with_gold_events(gold(), [first, replace(second, claims=[]), bare])
    assert [[claim.extra for claim in passage.claims] for passage in found] == [
        [{"event": "talks"}],
        [],
        [{"event": "own-c-c1"}],
    ]
    assert [[claim.extra for claim in passage.claims] for passage in missed] == [[], [{"event": "talks"}], []]
    [overall] = [row for row in score_merging(found, missed) if (row.system, row.selection) == ("merge", "all")]
    assert overall.mentions == 3
    assert overall.scores["B-cubed"].recall == pytest.approx((0.5 + 0.5 + 1) / 3)
    assert overall.scores["B-cubed"].precision == 1


def test_other_passages_are_refused() -> None:
    with pytest.raises(UserError):
        with_gold_events(gold(), gold()[:1])
