from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coopclaims.cli import main
from coopclaims.corpus.jsonl import write_passages
from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError
from coopclaims.model.decode import softmax
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import load_model_folder, save_model_folder
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import predict
from coopclaims.model.temperature import best_temperature, fit_temperatures
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage, Span

DATA = str(Path(__file__).parents[1] / "fixtures" / "passages.jsonl")


@pytest.mark.parametrize("heat", [0.5, 1.0, 3.0])
def test_scores_that_are_off_by_a_factor_are_brought_back(heat: float) -> None:
    random = np.random.default_rng(8)
    logits = random.normal(size=(4000, 7)) * 2
    gold = np.array([random.choice(7, p=row) for row in softmax(logits)])
    assert best_temperature((logits * heat).astype(np.float32), gold) == pytest.approx(heat, rel=0.1)


def test_temperatures_change_scores_and_nothing_else(
    model: ClaimModel, featuriser: Featuriser, passages: list[Passage]
) -> None:
    model.config.link_threshold = model.config.fallback_threshold = 0.0
    texts = [passage.text for passage in passages]
    before, _ = predict(TorchScorer(model), featuriser, texts)
    model.config.temperatures = {"tags": 5.0, "types": 5.0, "statuses": 5.0}
    after, _ = predict(TorchScorer(model), featuriser, texts)
    assert any(passage.claims for passage in before)
    for old, new in zip(before, after, strict=True):
        assert [(s.start, s.end, s.label) for s in old.spans] == [(s.start, s.end, s.label) for s in new.spans]
        assert [(c.type, c.status, c.args) for c in old.claims] == [(c.type, c.status, c.args) for c in new.claims]
        assert all(c.score != d.score for c, d in zip(old.claims, new.claims, strict=True))


def test_nothing_to_fit_on(model: ClaimModel, featuriser: Featuriser) -> None:
    with pytest.raises(UserError, match="no annotated passage"):
        fit_temperatures(TorchScorer(model), featuriser, [Passage("x", " ")])
    fitted = fit_temperatures(TorchScorer(model), featuriser, [Passage("x", "Nothing here.")])
    assert fitted["types"] == fitted["statuses"] == 1.0


def test_passages_that_cannot_be_used_are_named(
    model: ClaimModel, featuriser: Featuriser, caplog: pytest.LogCaptureFixture
) -> None:
    two_in_a_word = Passage("x", "Hanoi", spans=[Span("s1", 0, 2, "PARTY"), Span("s2", 2, 5, "PARTY")])
    fit_temperatures(TorchScorer(model), featuriser, [two_in_a_word, Passage("y", "Nothing here.")])
    assert [message for message in caplog.messages if message.startswith("skipped: passage ")]


def test_command_stores_them_in_the_folder(
    tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder, capsys: pytest.CaptureFixture[str]
) -> None:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    assert main(["calibrate", "--model", str(tmp_path / "model"), "--data", DATA, "--split", "none"]) == 2
    spoilt = tmp_path / "spoilt.jsonl"
    spoilt.write_text("broken\n", encoding="utf-8")
    assert main(["calibrate", "--model", str(tmp_path / "model"), "--data", DATA, str(spoilt), "--split", ""]) == 0
    assert f"skipped: {spoilt}:1: not JSON" in capsys.readouterr().err
    loaded, _ = load_model_folder(tmp_path / "model")
    assert loaded.config.temperatures.keys() == {"tags", "types", "statuses"}
    assert loaded.config.temperatures != model.config.temperatures


def test_command_uses_all_passages_where_none_has_a_split(
    tmp_path: Path,
    model: ClaimModel,
    tiny_encoder: Encoder,
    passages: list[Passage],
    capsys: pytest.CaptureFixture[str],
) -> None:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    write_passages(tmp_path / "own.jsonl", [replace(passage, extra={}) for passage in passages])
    assert main(["calibrate", "--model", str(tmp_path / "model"), "--data", str(tmp_path / "own.jsonl")]) == 0
    assert "no passage has a split: all 6 are used" in capsys.readouterr().err
