"""The stream: same claims as text by text, in order, whatever the stretches, batches and workers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from coopclaims.inference.extractor import Extractor
from coopclaims.inference.pipeline import extract_stream
from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import predict
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage

TEXTS = [
    "Vietnam und Dänemark unterzeichneten ein Abkommen über Windkraft.\n\nBeide Seiten trafen sich in Hanoi.",
    "",
    "Hai bên ký kết thỏa thuận hợp tác về công nghệ năm 2030.",
    " \n\t\n ",
    "The university and the ministry agreed to train 200 engineers. " * 12,
    "🙂 \u200b !!!",
    "Kurz.",
]


@pytest.fixture
def talkative(model: ClaimModel) -> TorchScorer:
    """A model with random weights that finds something in every text."""
    model.config.link_threshold = model.config.fallback_threshold = 0.0
    return TorchScorer(model)


def streamed(
    scorer: TorchScorer, featuriser: Featuriser, texts: list[str], **options: int
) -> list[tuple[str, list[object], list[object]]]:
    found = extract_stream(texts, scorer, featuriser, **{"batch_pieces": 4096} | options)
    return [(passage.text, passage.spans, passage.claims) for passage, _ in found]


def test_a_stream_finds_what_the_texts_alone_give(talkative: TorchScorer, featuriser: Featuriser) -> None:
    expected = [(p.text, p.spans, p.claims) for text in TEXTS for p in predict(talkative, featuriser, [text])[0]]
    assert any(claims for _, _, claims in expected)
    for options in ({}, {"batch_pieces": 1}, {"workers": 3}, {"stretch_characters": 1}, {"stretch_characters": 80}):
        found = streamed(talkative, featuriser, TEXTS, **options)
        assert [text for text, _, _ in found] == TEXTS
        for (_, spans, claims), (_, wanted_spans, wanted_claims) in zip(found, expected, strict=True):
            assert [replace(span, score=None) for span in spans] == [replace(s, score=None) for s in wanted_spans]
            assert [replace(claim, score=None) for claim in claims] == [replace(c, score=None) for c in wanted_claims]


def test_texts_are_read_only_a_little_ahead(talkative: TorchScorer, featuriser: Featuriser) -> None:
    read = 0

    def endless() -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield "Vietnam und Dänemark unterzeichneten ein Abkommen."

    found = extract_stream(endless(), talkative, featuriser, 4096, stretch_characters=200)
    for number in range(1, 20):
        next(found)
        assert read <= number + 20
    found.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("extract")]


def test_an_error_in_a_worker_reaches_the_caller(talkative: TorchScorer, featuriser: Featuriser) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    talkative.score_words = broken  # type: ignore[method-assign, assignment]
    with pytest.raises(ZeroDivisionError):
        list(extract_stream(TEXTS, talkative, featuriser, 4096))


def test_the_extractor_numbers_passages_and_counts_what_was_cut(talkative: TorchScorer, featuriser: Featuriser) -> None:
    extractor = Extractor(talkative, featuriser, "tiny")
    found: list[Passage] = extractor.extract(["Kurz.", "x" * 1000])
    assert [passage.id for passage in found] == ["0", "1"]
    assert extractor.cut_pieces > 0
    assert [passage.text for passage in extractor.extract("Kurz.")] == ["Kurz."]
