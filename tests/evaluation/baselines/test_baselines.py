from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coopclaims.corpus.markup import parse_markup
from coopclaims.encoders.config import EncoderConfig
from coopclaims.errors import UserError
from coopclaims.evaluation.baselines.crf_tagger import CrfTagger, features, shape
from coopclaims.evaluation.baselines.nearest_trigger import NearestTrigger
from coopclaims.evaluation.baselines.spacy_tagger import SpacyTagger
from coopclaims.evaluation.baselines.tagging import SpanTagger, tagged_text, valid_tags
from coopclaims.evaluation.baselines.token_classifier import TokenClassifier
from coopclaims.schema import Passage, validate


def rebuilt(passage: Passage) -> Passage:
    return NearestTrigger([passage]).passage(passage, tagged_text(passage).tags)


def test_tags_round_trip_to_the_same_spans(passages: list[Passage]) -> None:
    for passage in (passage for passage in passages if passage.claims):
        found = rebuilt(passage)
        validate(found)
        wanted = {(span.start, span.end, span.label) for span in passage.spans}
        assert {(span.start, span.end, span.label) for span in found.spans} <= wanted


def test_arguments_go_to_the_nearest_trigger_of_their_sentence() -> None:
    passage = parse_markup(
        "[[PARTY 1|A]] [[TRIGGER 1 agreement actual|signed]] it. "
        "[[PARTY 2|B]] then [[TRIGGER 2 dialogue planned|met]] and [[TRIGGER 3 relation denied|split]] "
        "in [[PLACE 3|C]].",
        "p",
        "en",
    )
    found = rebuilt(passage)
    spans = found.span_by_id()
    links = {found.quote(spans[c.trigger]): [found.quote(spans[a]) for a in c.args] for c in found.claims}
    # The last trigger has no argument of the kinds that make a claim.
    assert links == {"signed": ["A"], "met": ["B"]}


def test_type_and_status_are_the_commonest_of_the_word() -> None:
    train = [
        parse_markup(f"[[PARTY 1|A]] [[TRIGGER 1 {kind} {status}|{word}]].", str(number))
        for number, (word, kind, status) in enumerate(
            [("met", "dialogue", "actual"), ("met", "dialogue", "actual"), ("met", "relation", "denied")]
            + [("gave", "investment", "planned")] * 4
        )
    ]
    rule = NearestTrigger(train)
    for word, expected in (("Met", ("dialogue", "actual")), ("flew", ("investment", "planned"))):
        passage = parse_markup(f"[[PARTY 1|A]] [[TRIGGER 1 capacity proposed|{word}]].", "p")
        claim = rule.passage(passage, tagged_text(passage).tags).claims[0]
        assert (claim.type, claim.status) == expected


def test_tags_that_continue_nothing_begin_a_span() -> None:
    assert valid_tags(["I-DATE", "I-DATE", "O", "B-PARTY", "I-DATE"]) == [
        *("B-DATE", "I-DATE", "O", "B-PARTY", "B-DATE"),
    ]


def test_features_of_a_word_hold_its_neighbours() -> None:
    row = features(["In", "Hanoi", "2026"])[1]
    assert {"0:word=hanoi", "0:shape=Xx", "-1:word=in", "1:shape=9", "2:none", "pair:in|hanoi"} <= set(row)
    assert shape("COVID-19") == "X-9"


@pytest.mark.parametrize(
    "tagger",
    [
        CrfTagger(),
        pytest.param(SpacyTagger(steps=600, seed=0), marks=pytest.mark.slow),
        TokenClassifier(EncoderConfig(kind="tiny"), epochs=60, learning_rate=5e-3),
    ],
    ids=["crf", "spacy", "token_classifier"],
)
def test_each_baseline_learns_its_training_passages(
    tagger: SpanTagger, passages: list[Passage], tmp_path: Path
) -> None:
    texts = [tagged_text(passage) for passage in passages]
    tagger.fit(texts, texts, tmp_path)
    found = tagger.tag([text.words for text in texts])
    assert [len(tags) for tags in found] == [len(text.words) for text in texts]
    pairs = [pair for text, tags in zip(texts, found, strict=True) for pair in zip(text.tags, tags, strict=True)]
    named = [(gold, tag) for gold, tag in pairs if gold != "O"]
    assert sum(gold == tag for gold, tag in named) > 0.7 * len(named)
    assert tagger.tag([[]]) == [[]]


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module, tagger in (("pycrfsuite", CrfTagger()), ("spacy", SpacyTagger(1, 0))):
        monkeypatch.setitem(__import__("sys").modules, module, None)
        with pytest.raises(UserError, match=r"coopclaims\[baselines\]"):
            tagger.fit([], [], tmp_path)


def test_passages_without_claims_train_too(tmp_path: Path, passages: list[Passage]) -> None:
    plain = [replace(passage, spans=[], claims=[]) for passage in passages]
    rule = NearestTrigger([*plain, passages[0]])
    assert rule.passage(plain[0], tagged_text(plain[0]).tags).claims == []
    CrfTagger().fit([tagged_text(passage) for passage in plain], [], tmp_path)
