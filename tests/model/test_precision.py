"""Extraction in narrow number formats, and in batches larger than the encoder takes at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError
from coopclaims.inference.extractor import Extractor
from coopclaims.model.collation import span_batch
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import save_model_folder
from coopclaims.model.network import ClaimModel
from coopclaims.model.precision import autocast_type
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage

# bf16 has 8 bits of precision, and errors of several layers add up; scores of the tiny model are of the order of 1.
TOLERANCE = 0.05


def scores(scorer: TorchScorer, featuriser: Featuriser, passages: list[Passage]) -> list[np.ndarray]:
    examples = featuriser.examples(passages)
    batch = featuriser.batch([example.unit for example in examples])
    words = scorer.score_words(batch)
    spans = scorer.score_spans(words, batch, span_batch([example.targets.spans for example in examples]))
    return [words.emissions[batch.word_mask > 0], spans.links, spans.types, spans.statuses]


def test_scores_in_bf16_are_close_to_those_in_float32_and_come_as_float32(
    model: ClaimModel, featuriser: Featuriser, passages: list[Passage]
) -> None:
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "head" in name:
                parameter.normal_(0, 0.2, generator=torch.Generator().manual_seed(5))
    exact = scores(TorchScorer(model), featuriser, passages)
    narrow = scores(TorchScorer(model, torch.bfloat16), featuriser, passages)
    for one, other in zip(exact, narrow, strict=True):
        assert other.dtype == np.float32
        assert not np.array_equal(one, other)
        assert np.abs(one - other).max() < TOLERANCE * max(1, np.abs(one).max())


def test_a_model_folder_extracts_in_bf16(
    model: ClaimModel, tiny_encoder: Encoder, passages: list[Passage], tmp_path
) -> None:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    extractor = Extractor.from_pretrained(tmp_path / "model", precision="bf16", batch_pieces=20_000)
    assert extractor.scorer.dtype == torch.bfloat16
    assert extractor.scorer.model.pieces_at_once == 20_000
    assert len(extractor.extract([passage.text for passage in passages])) == len(passages)
    assert Extractor.from_pretrained(tmp_path / "model").scorer.dtype is None


def test_what_the_encoder_takes_at_once_changes_no_score(
    model: ClaimModel, featuriser: Featuriser, passages: list[Passage]
) -> None:
    together = scores(TorchScorer(model), featuriser, passages)
    model.pieces_at_once = 1
    for one, other in zip(together, scores(TorchScorer(model), featuriser, passages), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize(
    ("native", "expected"), [(True, torch.bfloat16), (False, torch.float16)], ids=["native bf16", "older GPU"]
)
def test_a_gpu_takes_the_type_that_it_multiplies_natively(monkeypatch, native: bool, expected: torch.dtype) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: native)
    cuda = torch.device("cuda")
    assert autocast_type("auto", cuda) == expected
    assert autocast_type("float32", cuda) is None
    assert autocast_type("fp16", cuda) == torch.float16
    assert autocast_type("auto", torch.device("cpu")) is None


@pytest.mark.parametrize("name", ["fp16", "int8", ""])
def test_types_that_a_cpu_has_not_are_refused(name: str) -> None:
    with pytest.raises(UserError, match="precision"):
        autocast_type(name, torch.device("cpu"))
