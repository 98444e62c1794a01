from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from coopclaims.corpus.jsonl import read_passages, write_passages
from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError
from coopclaims.evaluation.run import EvaluateConfig, evaluate
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import save_model_folder
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import predict_passages
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage

GOLD = str(Path(__file__).parent.parent / "fixtures" / "passages.jsonl")


def test_scores_a_model_folder_and_its_written_records_alike(
    model: ClaimModel, tiny_encoder: Encoder, featuriser: Featuriser, passages: list[Passage], tmp_path: Path
) -> None:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    output = tmp_path / "scores"
    by_model = evaluate(EvaluateConfig(model=str(tmp_path / "model"), data=[GOLD], output=str(output)))
    assert {path.name for path in output.iterdir()} == {"metrics.json", "report.html", "predictions.jsonl"}
    predictions = str(output / "predictions.jsonl")
    by_records = evaluate(EvaluateConfig(predictions=predictions, data=[GOLD]))
    assert {**by_model, "facts": None} == {**by_records, "facts": None}
    assert json.loads((output / "metrics.json").read_text(encoding="utf-8")) == json.loads(json.dumps(by_model))
    assert list(read_passages(predictions)) == predict_passages(TorchScorer(model), featuriser, passages)


def test_a_split_is_scored_alone(tmp_path: Path, passages: list[Passage]) -> None:
    predictions = tmp_path / "predicted.jsonl"
    write_passages(predictions, [passage for passage in passages if passage.extra["split"] == "dev"])
    metrics = evaluate(EvaluateConfig(predictions=str(predictions), data=[GOLD], split="dev"))
    assert metrics["passages"] == 1
    assert metrics["overall"]["argument"]["f1"] == 1.0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "give either model=DIR or predictions=FILE"),
        ({"model": "a", "predictions": "b"}, "give either"),
        ({"predictions": GOLD, "split": "nosuch"}, "no annotated passages of split 'nosuch'"),
        ({"predictions": "absent.jsonl"}, "absent.jsonl: no such file or folder"),
        ({"model": "absent"}, "absent: no such model folder"),
        ({"predictions": GOLD, "output": GOLD}, "is a file; choose a folder"),
        ({"predictions": GOLD, "output": GOLD + "/below/it"}, "is a file; choose another path"),
    ],
)
def test_bad_use_is_one_line(settings: dict[str, str], message: str) -> None:
    with pytest.raises(UserError) as error:
        evaluate(EvaluateConfig(data=[GOLD], **settings))
    assert message in str(error.value)


def test_an_output_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("x")
    with pytest.raises(UserError, match="is not empty"):
        evaluate(EvaluateConfig(predictions=GOLD, data=[GOLD], output=str(tmp_path)))


def test_bad_records_are_skipped_or_stop_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mixed = tmp_path / "gold.jsonl"
    mixed.write_text(Path(GOLD).read_text(encoding="utf-8") + '{"id": "broken"}\n', encoding="utf-8")
    assert evaluate(EvaluateConfig(predictions=GOLD, data=[str(mixed)]))["passages"] == 6
    with pytest.raises(UserError, match=r"gold\.jsonl:7"):
        evaluate(EvaluateConfig(predictions=GOLD, data=[str(mixed)], strict=True))


def test_a_bad_record_of_one_side_costs_that_passage_only(tmp_path: Path) -> None:
    lines = Path(GOLD).read_text(encoding="utf-8").splitlines()
    broken = json.dumps({**json.loads(lines[0]), "marked": "[[PARTY 1|x"})
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text("\n".join([broken, *lines[1:]]), encoding="utf-8")
    for gold, predictions in ((GOLD, str(mixed)), (str(mixed), GOLD)):
        assert evaluate(EvaluateConfig(predictions=predictions, data=[gold]))["passages"] == len(lines) - 1


def test_predictions_of_which_none_is_usable_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(Path(GOLD).read_text(encoding="utf-8").replace("[[PARTY", "[[PARTEI"), encoding="utf-8")
    with broken.open(encoding="utf-8") as file:
        lines = [line for line in file if "PARTEI" in line]
    broken.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(UserError, match=r"broken\.jsonl: no usable record"):
        evaluate(EvaluateConfig(predictions=str(broken), data=[GOLD]))


def test_labels_that_a_model_does_not_know_are_named(
    model: ClaimModel, tiny_encoder: Encoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    data = tmp_path / "gold.conll"
    data.write_text("Aspirin\tB-CHEMICAL\nhelps\tO\n", encoding="utf-8")
    metrics = evaluate(EvaluateConfig(model=str(tmp_path / "model"), data=[str(data)]))
    assert "does not know CHEMICAL" in caplog.text
    assert metrics["by_label"]["CHEMICAL"]["recall"] == 0


def test_facts_name_what_was_read(tmp_path: Path) -> None:
    facts = evaluate(EvaluateConfig(predictions=GOLD, data=[GOLD]))["facts"]
    assert facts["sha256"]["data"] == facts["sha256"]["predictions"] == sha256(Path(GOLD).read_bytes()).hexdigest()
    assert facts["settings"]["seed"] == 0
    assert facts["peak_memory_gib"] > 0
    assert {"coopclaims", "numpy", "python"} <= set(facts["versions"])
