"""An ordinary NER tagger from CoNLL files, by the same trainer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopclaims.cli import main
from coopclaims.corpus.jsonl import read_corpus
from coopclaims.errors import UserError
from coopclaims.evaluation.evaluate import exact_f1
from coopclaims.inference.extractor import Extractor
from coopclaims.training.config import ModelConfig, TrainConfig
from coopclaims.training.config_checks import check_config

SENTENCES = """Anna B-PER
Lind I-PER
moved O
to O
Bergen B-LOC
. O

Bergen B-LOC
thanked O
Jonas B-PER
Vik I-PER
. O

Nobody O
came O
. O

Jonas B-PER
met O
Anna B-PER
in O
Bad B-LOC
Ems I-LOC
. O
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tagger")
    (folder / "ner.conll").write_text(SENTENCES, encoding="utf-8")
    arguments = (
        *("encoder=tiny", "corpus=conll", f"corpus.train=[{folder}/ner.conll]", f"corpus.dev=[{folder}/ner.conll]"),
        *("model.labels=[PER,LOC]", "optimiser.freeze_layers=0", "optimiser.head_learning_rate=1e-2", "tracker=none"),
        *("trainer.epochs=40", "trainer.evaluate_every=40", "trainer.mixed_precision=no"),
        *(f"output={folder}", "name=run"),
    )
    assert main(["train", *arguments]) == 0
    return folder


def test_it_learns_names_and_is_chosen_by_span_f1(run: Path) -> None:
    gold = read_corpus([run / "ner.conll"])
    found = Extractor.from_pretrained(run / "run" / "model").extract([passage.text for passage in gold])
    for passage, prediction in zip(gold, found, strict=True):
        prediction.id = passage.id
    assert exact_f1(gold, found, "span") > 0.9
    assert all(not passage.claims for passage in found)
    metrics = json.loads((run / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["facts"]["training"]["best_dev_f1"] == pytest.approx(exact_f1(gold, found, "span"), abs=1e-4)


def test_scores_and_report_name_its_labels(run: Path) -> None:
    arguments = (f"model={run}/run/model", f"data=[{run}/ner.conll]", f"output={run}/scores")
    assert main(["evaluate", *arguments]) == 0
    metrics = json.loads((run / "scores" / "metrics.json").read_text(encoding="utf-8"))
    assert set(metrics["by_label"]) == {"LOC", "PER"}
    assert metrics["by_label"]["PER"]["gold"] == 4
    assert set(metrics["confusion"]) == {"LOC", "PER", "none"}
    assert "PER" in (run / "scores" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("labels", [[], ["PER", "PER"], [" "], ["TRIGGER", "PER"]])
def test_labels_that_no_model_can_have_are_refused(labels: list[str]) -> None:
    config = TrainConfig(model=ModelConfig(labels=labels))
    with pytest.raises(UserError, match=r"model\.labels"):
        check_config(config)


def test_labels_that_the_model_lacks_are_named(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("encoder=tiny", "corpus=conll", f"corpus.train=[{run}/ner.conll]", "corpus.dev=[]", "tracker=none")
    assert main(["train", *arguments, "model.labels=[PER]", f"output={tmp_path}", "corpus.strict=true"]) == 2
    assert "label 'LOC' is none of the model's: PER" in capsys.readouterr().err
