from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator

from coopclaims.corpus.jsonl import read_passages
from coopclaims.encoders.config import EncoderConfig
from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError
from coopclaims.evaluation.evaluate import exact_f1
from coopclaims.evaluation.run import EvaluateConfig, evaluate
from coopclaims.inference.extractor import Extractor
from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel
from coopclaims.schema import Passage
from coopclaims.training.config import CorpusConfig, OptimiserConfig, TrackerConfig, TrainConfig, TrainerConfig
from coopclaims.training.loop import Trainer
from coopclaims.training.train import draw_passages, train

PASSAGES = str(Path(__file__).parents[1] / "fixtures" / "passages.jsonl")


def config(output: Path, **trainer: object) -> TrainConfig:
    return TrainConfig(
        name="run",
        output=str(output),
        encoder=EncoderConfig(kind="tiny"),
        optimiser=OptimiserConfig(learning_rate=1e-4, layer_decay=0.9, freeze_layers=0),
        corpus=CorpusConfig(train=[PASSAGES], dev=[PASSAGES], test=[PASSAGES]),
        trainer=TrainerConfig(**{"epochs": 2, "batch_pieces": 80, "mixed_precision": "no", **trainer}),
        tracker=TrackerConfig(name=None),
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(config(tmp_path_factory.mktemp("outputs")))


def test_run_folder_is_complete(run: Path) -> None:
    expected = {"config.yaml", "model", "metrics.json", "predictions", "report.html", "checkpoints", "log.txt"}
    assert {path.name for path in run.iterdir()} == expected
    assert {path.name for path in (run / "checkpoints").iterdir()} == {"best"}
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    facts = metrics["facts"]
    assert facts["seed"] == 0
    assert len(facts["data_sha256"]["train"]) == 64
    assert facts["versions"]["torch"] == torch.__version__
    assert "Scores" in (run / "model" / "README.md").read_text(encoding="utf-8")


def test_training_and_evaluation_agree(run: Path, tmp_path: Path) -> None:
    scored = evaluate(EvaluateConfig(model=str(run / "model"), data=[PASSAGES], output=str(tmp_path / "scores")))
    trained = json.loads((run / "metrics.json").read_text(encoding="utf-8"))["test"]
    assert scored["overall"] == trained["overall"]
    again = evaluate(EvaluateConfig(predictions=str(tmp_path / "scores" / "predictions.jsonl"), data=[PASSAGES]))
    assert again["overall"] == scored["overall"]


def test_evaluation_and_extraction_agree(run: Path) -> None:
    gold = list(read_passages(PASSAGES))
    predicted = list(read_passages(run / "predictions" / "test.jsonl"))
    extracted = Extractor.from_pretrained(run / "model").extract([passage.text for passage in gold])
    renamed = [replace(e, id=g.id, lang=g.lang, doc=g.doc) for e, g in zip(extracted, gold, strict=True)]
    assert renamed == predicted


def test_same_seed_same_weights(run: Path, tmp_path: Path) -> None:
    again = train(config(tmp_path))
    first, second = (folder / "model" / "model.safetensors" for folder in (run, again))
    assert first.read_bytes() == second.read_bytes()


def test_it_learns_its_training_passages(tmp_path: Path) -> None:
    settings = config(tmp_path, epochs=60, patience=None, evaluate_every=60)
    settings.optimiser.learning_rate = 3e-3
    settings.optimiser.head_learning_rate = 1e-2
    settings.optimiser.freeze_embeddings = False
    gold = list(read_passages(PASSAGES))
    predicted = list(read_passages(train(settings) / "predictions" / "test.jsonl"))
    assert exact_f1(gold, predicted) > 0.9


def test_splitting_a_step_changes_no_gradient(
    tmp_path: Path, tiny_encoder: Encoder, model: ClaimModel, featuriser: Featuriser, passages: list[Passage]
) -> None:
    """Losses are averaged over a whole step, however it is split into batches."""
    settings = config(tmp_path)
    settings.trainer.gradient_clip = None
    examples = featuriser.examples(passages)
    gradients = []
    for batches in ([[0, 1, 2, 3, 4, 5]], [[0], [1, 2], [3, 4, 5]]):
        trainer = Trainer(settings, Accelerator(cpu=True), model, tiny_encoder.tokenizer, examples, [], tmp_path)
        model.eval()
        trainer._update = lambda: None  # type: ignore[method-assign]
        model.zero_grad()
        trainer._step(trainer._inputs(batches))
        gradients.append({name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None})
    assert len(gradients[0]) > 50
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradients[1][name], gradient, msg=lambda text, name=name: f"{name}: {text}")


def test_existing_runs_and_bad_settings_are_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="this run exists"):
        train(config(run.parent))
    with pytest.raises(UserError, match=r"trainer\.epochs=0"):
        train(config(tmp_path, epochs=0))
    with pytest.raises(UserError, match="mixed_precision"):
        train(config(tmp_path, mixed_precision="fp8"))
    empty = config(tmp_path)
    empty.corpus.by_split = True
    empty.corpus.train = [str(tmp_path / "none.jsonl")]
    with pytest.raises(UserError, match="no such file"):
        train(empty)
    assert not (tmp_path / "run").exists()


def test_bad_records_are_skipped_or_stop_the_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text(Path(PASSAGES).read_text(encoding="utf-8") + '{"id": "bad"}\n', encoding="utf-8")
    settings = config(tmp_path / "lenient", epochs=1)
    settings.corpus.train = [str(mixed)]
    with caplog.at_level("INFO", logger="coopclaims"):
        train(settings)
    assert any("'bad'" in message and "mixed.jsonl:7" in message for message in caplog.messages)
    settings = config(tmp_path / "strict", epochs=1)
    settings.corpus.train = [str(mixed)]
    settings.corpus.strict = True
    with pytest.raises(UserError, match=r"mixed\.jsonl:7"):
        train(settings)


def test_fewer_passages_are_a_part_of_more(passages: list[Passage]) -> None:
    drawn = [draw_passages(passages, limit) for limit in (2, 4, None)]
    assert [len(part) for part in drawn] == [2, 4, len(passages)]
    ids = [[passage.id for passage in part] for part in drawn]
    assert set(ids[0]) < set(ids[1]) < set(ids[2])
    assert [passage for passage in passages if passage in drawn[1]] == drawn[1]


def test_a_batch_that_stands_in_counts_for_nothing(
    tmp_path: Path, tiny_encoder: Encoder, model: ClaimModel, featuriser: Featuriser, passages: list[Passage]
) -> None:
    settings = config(tmp_path)
    settings.trainer.gradient_clip = None
    examples = featuriser.examples(passages)
    results = []
    for batches in ([[0, 1, 2]], [[0, 1, 2], [], []]):
        trainer = Trainer(settings, Accelerator(cpu=True), model, tiny_encoder.tokenizer, examples, [], tmp_path)
        model.eval()
        trainer._update = lambda: None  # type: ignore[method-assign]
        model.zero_grad()
        means, pieces, _ = trainer._step(trainer._inputs(batches))
        results.append((means, pieces, model.tag_head.weight.grad.clone()))
    assert results[0][0] == pytest.approx(results[1][0])
    assert results[0][1] == results[1][1]
    torch.testing.assert_close(results[0][2], results[1][2])


def test_without_dev_passages_the_last_model_is_the_best(tmp_path: Path) -> None:
    settings = config(tmp_path, epochs=3, patience=1)
    settings.corpus.dev = []
    facts = json.loads((train(settings) / "metrics.json").read_text(encoding="utf-8"))["facts"]
    assert facts["training"]["best_epoch"] == len(facts["training"]["epochs"]) == 3


def test_patience_waits_for_the_first_score(tmp_path: Path) -> None:
    folder = train(config(tmp_path, epochs=4, patience=1, evaluate_every=3))
    epochs = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["facts"]["training"]["epochs"]
    assert len(epochs) >= 3


def test_what_cannot_be_scored_is_refused_before_training(tmp_path: Path) -> None:
    twice = tmp_path / "twice.jsonl"
    twice.write_text(Path(PASSAGES).read_text(encoding="utf-8") * 2, encoding="utf-8")
    settings = config(tmp_path)
    settings.corpus.test = [str(twice)]
    with pytest.raises(UserError, match="used more than once"):
        train(settings)
    assert not (tmp_path / "run").exists()
