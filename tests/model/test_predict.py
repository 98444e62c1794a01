from __future__ import annotations

import unicodedata

import pytest
import torch

from coopclaims.model import predict as predict_module
from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import cut_batches, predict
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage, problems

TEXTS = [
    "Vietnam und Dänemark unterzeichneten am 5. Mai ein Abkommen über Windkraft in Hanoi.",
    "",
    "Kurz.\n\nBộ Công Thương và EU ký kết hợp tác.\r\nAnd then the two sides met in Rome, again and again.",
    "👩\u200d🚀 x\u200by\tz " * 40,
]


@pytest.fixture
def talkative(model: ClaimModel) -> ClaimModel:
    """A random model that finds many spans, links them all, and so gives decoding something to do."""
    with torch.no_grad():
        model.tag_head.weight.normal_(0, 1, generator=torch.Generator().manual_seed(3))
    model.config.link_threshold = 0.45
    return model


def content(passages: list[Passage]) -> list[object]:
    """Passages without scores, which may differ in the last digit between batches."""
    return [
        [
            (claim.type, claim.status, spans[claim.trigger].start, sorted(spans[arg].start for arg in claim.args))
            for spans in [passage.span_by_id()]
            for claim in passage.claims
        ]
        for passage in passages
    ]


def test_records_are_valid_and_texts_kept(talkative: ClaimModel, featuriser: Featuriser) -> None:
    passages, _ = predict(TorchScorer(talkative), featuriser, TEXTS)
    assert [passage.text for passage in passages] == TEXTS
    assert [list(problems(passage)) for passage in passages] == [[]] * len(TEXTS)
    assert any(passage.claims for passage in passages)
    for passage in passages:
        used = {name for claim in passage.claims for name in (claim.trigger, *claim.args)}
        assert used == {span.id for span in passage.spans}


def test_batching_and_order_change_nothing(talkative: ClaimModel, featuriser: Featuriser) -> None:
    together = content(predict(TorchScorer(talkative), featuriser, TEXTS)[0])
    alone = [content(predict(TorchScorer(talkative), featuriser, [text])[0])[0] for text in TEXTS]
    reverse = content(predict(TorchScorer(talkative), featuriser, TEXTS[::-1])[0])[::-1]
    small = content(predict(TorchScorer(talkative), featuriser, TEXTS, batch_pieces=1)[0])
    assert together == alone == reverse == small


def test_decomposed_text_gives_the_same_claims(talkative: ClaimModel, featuriser: Featuriser) -> None:
    text = "Bộ Công Thương và Liên minh châu Âu ký kết thỏa thuận hợp tác năng lượng ở Đà Nẵng."
    (composed,), _ = predict(TorchScorer(talkative), featuriser, [text])
    (decomposed,), _ = predict(TorchScorer(talkative), featuriser, [unicodedata.normalize("NFD", text)])
    assert composed.claims
    assert [span.label for span in composed.spans] == [span.label for span in decomposed.spans]
    for first, second in zip(composed.spans, decomposed.spans, strict=True):
        assert composed.quote(first) == unicodedata.normalize("NFC", decomposed.quote(second))


def test_long_text_is_read_to_its_end(talkative: ClaimModel, featuriser: Featuriser) -> None:
    text = "Bộ Công Thương và EU ký kết hợp tác. Vietnam und Dänemark unterzeichneten am 5. Mai ein Abkommen. " * 40
    (passage,), cut = predict(TorchScorer(talkative), featuriser, [text])
    assert cut == 0
    assert max(span.end for span in passage.spans) > len(text) - 200


def test_offsets_do_not_depend_on_what_stands_before(talkative: ClaimModel, featuriser: Featuriser) -> None:
    (alone,), _ = predict(TorchScorer(talkative), featuriser, [TEXTS[0]])
    (after,), _ = predict(TorchScorer(talkative), featuriser, ["Ein anderer Absatz.\r\n\r\n" + TEXTS[0]])
    tail = [after.quote(span) for span in after.spans][-len(alone.spans) :]
    assert tail == [alone.quote(span) for span in alone.spans]


def test_a_long_paragraph_is_read_in_segments_and_its_neighbours_change_nothing(
    talkative: ClaimModel, featuriser: Featuriser
) -> None:
    long = "Bộ Công Thương và EU ký kết hợp tác. Vietnam und Dänemark unterzeichneten am 5. Mai ein Abkommen. " * 20
    (alone,), _ = predict(TorchScorer(talkative), featuriser, [long])
    before, after = "Ein anderer Absatz. " * 50 + "\n\n", "\r\nAnd then the two sides met in Rome. " + TEXTS[0]
    (among,), _ = predict(TorchScorer(talkative), featuriser, [before + long + after])
    assert alone.claims
    assert list(problems(among)) == []
    own = {tuple(parts) for parts in _parts(alone, len(before))}
    found = {tuple(parts) for parts in _parts(among, 0)}
    within = {parts for parts in found if len(before) <= parts[0][0] < len(before) + len(long)}
    assert within == own


def _parts(passage: Passage, offset: int) -> list[list[tuple[int, int]]]:
    """Places of the trigger and the arguments of each claim."""
    spans = passage.span_by_id()
    return [
        [
            (spans[n].start + offset, spans[n].end + offset)
            for n in (claim.trigger, *sorted(claim.args, key=lambda name: spans[name].start))
        ]
        for claim in passage.claims
    ]


def test_batches_keep_the_budget(featuriser: Featuriser) -> None:
    units = featuriser.units(["a b c " * n for n in (1, 2, 3, 4, 50, 1)])
    batches = list(cut_batches(units, range(6), batch_pieces=40))
    assert [index for batch in batches for index in batch] == list(range(6))
    for batch in batches:
        padded = max(map(predict_module.unit_width, (units[i] for i in batch))) * sum(
            len(units[i].windows) for i in batch
        )
        assert padded <= 40 or len(batch) == 1
