from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopclaims.cli import main
from coopclaims.corpus.jsonl import read_corpus, read_passages
from coopclaims.errors import UserError
from coopclaims.evaluation.benchmark import BenchmarkConfig, benchmark
from coopclaims.evaluation.evaluate import exact_f1
from coopclaims.inference.released import released_model

PASSAGES = Path(__file__).parents[1] / "fixtures" / "passages.jsonl"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    lines = [json.loads(line) for line in PASSAGES.read_text(encoding="utf-8").splitlines()]
    file = tmp_path / "corpus.jsonl"
    with file.open("w", encoding="utf-8") as stream:
        for line in lines:
            stream.write(json.dumps({**line, "split": "train"}) + "\n")
            stream.write(json.dumps({**line, "id": f"{line['id']}-again", "split": "test"}) + "\n")
    return file


def test_scores_are_those_of_the_written_predictions(corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "benchmark"
    config = BenchmarkConfig(data=[str(corpus)], also=[str(PASSAGES)], systems=["crf"], output=str(output))
    results = benchmark(config)
    for name, gold in (("test", read_corpus([corpus], split="test")), ("passages", read_corpus([PASSAGES]))):
        predicted = read_passages(output / "crf" / "predictions" / f"{name}.jsonl")
        assert results["crf"]["scores"][name]["overall"]["argument"]["f1"] == exact_f1(gold, predicted)
    table = (output / "benchmark.md").read_text(encoding="utf-8")
    assert "On test" in table
    assert "| crf | " in table


def test_a_compiled_model_is_scored(corpus: Path, tmp_path: Path) -> None:
    released = str(released_model())
    output = tmp_path / "benchmark"
    results = benchmark(BenchmarkConfig(data=[str(corpus)], systems=[], models=[released], output=str(output)))
    [predictions] = output.glob("models/*/predictions/test.jsonl")
    gold = read_corpus([corpus], split="test")
    assert results[released]["scores"]["test"]["overall"]["argument"]["f1"] == exact_f1(
        gold, read_passages(predictions)
    )
    assert predictions.parents[1].name.startswith(Path(released).name)


def test_what_is_trained_is_not_trained_again(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = BenchmarkConfig(data=[str(corpus)], systems=["crf"], output=str(tmp_path / "benchmark"))
    first = benchmark(config)
    monkeypatch.setattr("coopclaims.evaluation.baselines.crf_tagger.CrfTagger.fit", None)
    assert benchmark(config) == first
    config.seed = 1
    with pytest.raises(UserError, match="other data or settings"):
        benchmark(config)


def test_bad_lines_are_told_once_and_passed_over(
    corpus: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    also = tmp_path / "also.jsonl"
    also.write_text("{}\n" + PASSAGES.read_text(encoding="utf-8"), encoding="utf-8")
    with corpus.open("a", encoding="utf-8") as stream:
        stream.write("broken\n")
    config = BenchmarkConfig(data=[str(corpus)], also=[str(also)], systems=["crf"], output=str(tmp_path / "benchmark"))
    scores = benchmark(config)["crf"]["scores"]
    assert [scores[name]["passages"] for name in ("test", "also")] == [6, 6]
    skipped = [message for message in caplog.messages if message.startswith("skipped: ")]
    assert [message.split(": ")[1] for message in skipped] == [f"{corpus}:13", f"{also}:1"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"systems": ["svm"]}, "'svm' is none of crf, spacy, token_classifier"),
        ({"systems": []}, "nothing to score"),
        ({"also": ["a/test.jsonl"]}, "none may be 'test'"),
        ({"epochs": 0}, "epochs=0: must be above 0"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        benchmark(BenchmarkConfig(**{"output": str(tmp_path / "out"), "data": [], **change}))


def test_a_corpus_without_test_passages_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    lines = PASSAGES.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line for line in lines if '"split": "train"' in line), encoding="utf-8")
    with pytest.raises(UserError, match="needs passages of the splits train and test"):
        benchmark(BenchmarkConfig(data=[str(file)], systems=["crf"], output=str(tmp_path / "out")))


def test_the_command_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark"]) == 2
    assert "coopclaims benchmark quality" in capsys.readouterr().out
    assert main(["benchmark", "--help"]) == 0
    assert main(["benchmark", "speed"]) == 2
