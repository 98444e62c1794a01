from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from tests.tiny_training import PASSAGES, tiny_config

from coopclaims.cli import main
from coopclaims.corpus.jsonl import read_corpus
from coopclaims.errors import UserError
from coopclaims.inference.extractor import Extractor
from coopclaims.model.collation import span_batch, target_batch
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import load_model_folder
from coopclaims.model.losses import LossModule, count_of, loss_counts
from coopclaims.model.network import ClaimModel
from coopclaims.model.soft_losses import COUNTED_AS, Teacher
from coopclaims.model.tensors import to_tensors
from coopclaims.schema import Passage
from coopclaims.training.config import (
    DistillationConfig,
    OptimiserConfig,
    TrainConfig,
    TrainerConfig,
)
from coopclaims.training.train import train


def config(output: Path, name: str, **changes: object) -> TrainConfig:
    defaults: dict[str, object] = {
        "optimiser": OptimiserConfig(freeze_layers=0, head_learning_rate=1e-2),
        "trainer": TrainerConfig(epochs=30, batch_pieces=80, mixed_precision="no", evaluate_every=30, patience=None),
    }
    return tiny_config(output, name, **defaults | changes)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(config(tmp_path_factory.mktemp("teacher"), "teacher"))


def soft_sums(model: ClaimModel, teacher: Teacher, featuriser: Featuriser, passages: list[Passage]) -> dict[str, float]:
    examples = featuriser.examples(passages)
    batch = to_tensors(featuriser.batch([example.unit for example in examples]))
    spans = to_tensors(span_batch([example.targets.spans for example in examples]))
    targets = to_tensors(target_batch([example.targets for example in examples]))
    sums = LossModule(model, teacher).eval()(batch, spans, targets)
    counts = loss_counts(batch, targets)
    assert all(count_of(counts, name) >= 1 for name in sums)
    return {name: sums[name].item() for name in COUNTED_AS}


def test_a_student_that_says_what_its_teacher_says_has_no_soft_loss(
    model: ClaimModel, featuriser: Featuriser, passages: list[Passage]
) -> None:
    same = soft_sums(model, Teacher(model, 2.0), featuriser, passages)
    # The loss of a link is least, but not nothing, at the teacher's probability.
    assert all(value == pytest.approx(0, abs=1e-4) for name, value in same.items() if name != "soft_links")
    other = ClaimModel(model.config).eval()
    different = soft_sums(other, Teacher(model, 2.0), featuriser, passages)
    assert all(different[name] > same[name] for name in COUNTED_AS)


def test_the_student_is_smaller_and_learns(teacher: Path, tmp_path: Path) -> None:
    distillation = DistillationConfig(teacher=str(teacher / "model"), layers=1)
    student = train(config(tmp_path, "student", distillation=distillation))
    small, large = (load_model_folder(folder / "model")[0] for folder in (student, teacher))
    assert len(small.encoder_layers()) == 1
    assert small.num_parameters() < large.num_parameters()
    facts = json.loads((student / "metrics.json").read_text(encoding="utf-8"))["facts"]["training"]
    assert facts["best_dev_f1"] > 0.5
    assert {f"loss/{name}" for name in COUNTED_AS} <= facts["epochs"][0].keys()
    texts = [passage.text for passage in read_corpus([PASSAGES])]
    assert any(passage.claims for passage in Extractor.from_pretrained(student / "model").extract(texts))


def test_the_teacher_annotates_further_texts(teacher: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    texts = tmp_path / "texts.jsonl"
    lines = [json.dumps({"text": f"Oslo and Bergen signed pact {n}."}) for n in range(3)]
    texts.write_text("\n".join([*lines, "{"]), encoding="utf-8")
    distillation = DistillationConfig(teacher=str(teacher / "model"), layers=2, unlabelled=[str(texts)])
    with caplog.at_level("INFO", "coopclaims"):
        train(config(tmp_path, "dry", distillation=distillation, dry_run=True))
    assert "unlabelled: 3 passages, 1 skipped" in caplog.text
    assert f"{len(read_corpus([PASSAGES])) + 3} passages" in caplog.text


def test_the_teacher_does_not_train_and_is_in_no_state(teacher: Path) -> None:
    known = load_model_folder(teacher / "model")[0].requires_grad_(False)
    losses = LossModule(ClaimModel(known.config), Teacher(known, 2.0))
    before = {name: parameter.clone() for name, parameter in known.named_parameters()}
    assert all(id(parameter) not in set(map(id, losses.parameters())) for parameter in known.parameters())
    assert not any("teacher" in name for name in losses.state_dict())
    assert all(torch.equal(parameter, before[name]) for name, parameter in known.named_parameters())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layers": 3}, "layers=3: the encoder has 2"),
        ({"layers": 0}, "layers=0: must be above 0"),
        ({"temperature": 0.0}, "temperature=0.0: must be above 0"),
    ],
)
def test_what_cannot_be_is_refused(teacher: Path, tmp_path: Path, change: dict[str, float], message: str) -> None:
    distillation = DistillationConfig(**{"teacher": str(teacher / "model"), "layers": 1, **change})
    with pytest.raises(UserError, match=message):
        train(config(tmp_path, "student", distillation=distillation))


def test_a_student_has_one_beginning(teacher: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = f"{teacher}/model"
    with pytest.raises(UserError, match="leave start_from out"):
        train(config(tmp_path, "student", distillation=DistillationConfig(teacher=model), start_from=model))
    assert main(["train", "experiment=distill", f"output={tmp_path}", "dry_run=true"]) == 2
    assert "distillation.teacher" in capsys.readouterr().err
