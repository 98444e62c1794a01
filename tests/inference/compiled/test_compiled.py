"""Compiled models: the same network in float, nearly the same in int8, without torch, and refusals in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from coopclaims.cli import main
from coopclaims.corpus.jsonl import write_passages
from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError
from coopclaims.files import file_hash
from coopclaims.inference.compiled.build import CompiledGraphs, compile_graphs
from coopclaims.inference.compiled.embeddings import four_bit_blocks
from coopclaims.inference.compiled.encoder_graph import EncoderShape, products
from coopclaims.inference.compiled.folder import read_manifest, read_tokenizer
from coopclaims.inference.compiled.graph import Graph
from coopclaims.inference.compiled.quantisation import ActivationRange, input_scale, quantised_product, weight_integers
from coopclaims.inference.compiled.scorer import CompiledScorer
from coopclaims.inference.extractor import Extractor
from coopclaims.inference.load import load_scorer
from coopclaims.model.collation import span_batch
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import save_model_folder
from coopclaims.model.network import ClaimModel
from coopclaims.model.scoring import Scorer
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage

DATA = str(Path(__file__).parents[2] / "fixtures" / "passages.jsonl")


def written(folder: Path, graphs: CompiledGraphs, threads: int = 1) -> CompiledScorer:
    folder.mkdir()
    graphs.write(folder)
    return CompiledScorer(folder, read_manifest(folder), threads)


def scores(scorer: Scorer, featuriser: Featuriser, passages: list[Passage]) -> list[np.ndarray]:
    """Emissions of real words, then links, types and statuses of the gold spans."""
    examples = featuriser.examples(passages)
    batch = featuriser.batch([example.unit for example in examples])
    words = scorer.score_words(batch)
    spans = scorer.score_spans(words, batch, span_batch([example.targets.spans for example in examples]))
    return [words.emissions[batch.word_mask > 0], spans.links, spans.types, spans.statuses]


@pytest.fixture
def graphs(model: ClaimModel, tiny_encoder: Encoder, passages: list[Passage]) -> CompiledGraphs:
    return compile_graphs(model, tiny_encoder.tokenizer, [passage.text for passage in passages])


@pytest.fixture
def model_folder(tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder) -> Path:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    return tmp_path / "model"


def compile_command(model: Path, output: Path, *options: str) -> int:
    splits = ["--calibration-split", "train", "--split", "train"]
    return main(["compile", "--model", str(model), "--output", str(output), "--data", DATA, *splits, *options])


def test_in_float_it_is_the_same_network(
    model: ClaimModel, tiny_encoder: Encoder, featuriser: Featuriser, passages: list[Passage], tmp_path: Path
) -> None:
    everything = products(EncoderShape.of(model.encoder.config))
    graphs = compile_graphs(model, tiny_encoder.tokenizer, ["Ein Text."], everything)
    found = scores(written(tmp_path / "compiled", graphs), featuriser, passages)
    for mine, wanted in zip(found, scores(TorchScorer(model), featuriser, passages), strict=True):
        # Only the embedding table is rounded, to bytes.
        np.testing.assert_allclose(mine, wanted, atol=0.05)


def test_in_int8_it_is_nearly_the_same_and_does_not_depend_on_the_batch(
    model: ClaimModel, graphs: CompiledGraphs, featuriser: Featuriser, passages: list[Passage], tmp_path: Path
) -> None:
    scorer = written(tmp_path / "compiled", graphs)
    together = scores(scorer, featuriser, passages)
    for mine, wanted in zip(together, scores(TorchScorer(model), featuriser, passages), strict=True):
        assert np.abs(mine - wanted).mean() < 0.1 * np.abs(wanted).mean() + 0.01
    alone = np.concatenate([scores(scorer, featuriser, [passage])[0] for passage in passages])
    np.testing.assert_allclose(alone, together[0], atol=1e-5)


def test_a_text_without_a_trigger_has_no_claims(graphs: CompiledGraphs, featuriser: Featuriser, tmp_path: Path) -> None:
    scorer = written(tmp_path / "compiled", graphs)
    passage = Passage("x", "Nothing here.")
    assert [len(part) for part in scores(scorer, featuriser, [passage])] == [3, 0, 0, 0]


def test_an_int8_product_is_close_to_the_float_one() -> None:
    random = np.random.default_rng(5)
    # One channel a hundred times as large as the others, as in real encoders.
    values = random.normal(size=(2, 7, 16)).astype(np.float32) * np.where(np.arange(16) == 3, 100, 1).astype(np.float32)
    weight, bias = random.normal(size=(16, 8)).astype(np.float32), random.normal(size=8).astype(np.float32)
    flat = values.reshape(-1, 16)
    graph = Graph()
    quantised_product(graph, "values", "product", weight, bias, ActivationRange(flat.min(0), flat.max(0)))
    kind = onnx.TensorProto.FLOAT
    built = graph.model({"values": (kind, [2, 7, 16])}, {"product": (kind, [2, 7, 8])})
    import onnxruntime

    session = onnxruntime.InferenceSession(built.SerializeToString(), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"values": values})
    wanted = values @ weight + bias
    assert np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()


def test_ranges_and_weights_use_all_levels() -> None:
    scale, zero = input_scale(np.array([-1.0, 0.5]), np.array([0.0, 3.0]))
    assert (0 - int(zero)) * scale == pytest.approx(-1, abs=float(scale))
    assert (255 - int(zero)) * scale == pytest.approx(3, abs=float(scale))
    integers, scales = weight_integers(np.array([[1.0, 0.0], [-2.0, 0.0]], np.float32))
    assert integers.tolist() == [[64, 0], [-127, 0]]
    assert np.isfinite(scales).all()


def test_four_bit_tables_come_back_exactly_or_not_at_all() -> None:
    random = np.random.default_rng(6)
    numbers = random.integers(-8, 8, (5, 2, 32)).astype(np.float32)
    numbers[:, :, 0] = -8
    numbers[0, 0] = 0
    scales = random.normal(size=(5, 2, 1)).astype(np.float16).astype(np.float32)
    table = (numbers * scales).reshape(5, 64)
    blocks = four_bit_blocks(table)
    assert blocks is not None
    found, found_scales = blocks
    assert np.array_equal(found.reshape(5, 2, 32) * found_scales[:, :, None], table.reshape(5, 2, 32))
    assert four_bit_blocks(random.normal(size=(5, 64)).astype(np.float32)) is None
    assert four_bit_blocks(table[:, :40]) is None


def test_extraction_needs_neither_torch_nor_transformers(model_folder: Path, tmp_path: Path) -> None:
    assert compile_command(model_folder, tmp_path / "compiled", "--max-loss", "1") == 0
    (tmp_path / "text.txt").write_text("Vietnam und Dänemark unterzeichneten ein Abkommen.", encoding="utf-8")
    code = """
import sys
from coopclaims.cli import main
assert main(["extract", "text.txt", "--model", "compiled", "--format", "records"]) == 0
assert not {"torch", "transformers", "scipy"} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert json.loads(done.stdout)["text"].startswith("Vietnam")


def test_command_writes_a_folder_that_every_command_takes(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compiled = tmp_path / "compiled"
    (model_folder / "README.md").write_text("---\nlicense: mit\n---\n\n# Source\n\nIts limits.\n", encoding="utf-8")
    assert compile_command(model_folder, compiled, "--max-loss", "1") == 0
    assert "paired 95 % interval" in capsys.readouterr().out
    assert {path.suffix for path in compiled.iterdir()} == {".onnx", ".json", ".md"}
    facts = read_manifest(compiled).facts
    assert facts["parity"]["overall"]["argument"]["passages"] == 4
    assert facts["files_sha256"] == {name: file_hash(compiled / name) for name in facts["files_sha256"]}
    card = (compiled / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlicense: mit\n---\n\n# Cooperation claims: compiled model\n")
    assert card.endswith("\n## Source\n\nIts limits.\n")
    assert main(["evaluate", f"model={compiled}", f"data=[{DATA}]"]) == 0
    alone = Extractor.from_pretrained(compiled, workers=2)
    assert alone.workers == 2
    assert compile_command(model_folder, compiled) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_bad_line_of_the_data_is_told_and_passed_over(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text("broken\n" + Path(DATA).read_text(encoding="utf-8"), encoding="utf-8")
    assert compile_command(model_folder, tmp_path / "compiled", "--max-loss", "1", "--data", str(data)) == 0
    assert f"skipped: {data}:1: not JSON" in capsys.readouterr().err


def test_passages_without_a_split_are_used_for_both(
    model_folder: Path, tmp_path: Path, passages: list[Passage], capsys: pytest.CaptureFixture[str]
) -> None:
    data, compiled = str(tmp_path / "own.jsonl"), tmp_path / "compiled"
    write_passages(data, [replace(passage, extra={}) for passage in passages])
    command = ["compile", "--model", str(model_folder), "--output", str(compiled), "--data", data, "--max-loss", "1"]
    assert main(command) == 0
    assert capsys.readouterr().err.count("no passage has a split: all 6 are used") == 1
    assert read_manifest(compiled).facts["split"] == ""
    assert "On the 6 passages, against" in (compiled / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        ["calibrate", "--data", DATA, "--model", "COMPILED"],
        ["compile", "--data", DATA, "--output", "new", "--model", "COMPILED"],
        ["average", "--output", "new", "COMPILED", "COMPILED"],
        [
            "train",
            "encoder=tiny",
            "corpus=files",
            f"corpus.train=[{DATA}]",
            f"corpus.dev=[{DATA}]",
            "start_from=COMPILED",
        ],
    ],
    ids=lambda command: command[0],
)
def test_what_needs_the_model_itself_says_so(
    command: list[str],
    graphs: CompiledGraphs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "compiled", graphs)
    assert main([argument.replace("COMPILED", "compiled") for argument in command]) == 2
    assert capsys.readouterr().err.endswith("cannot be trained or changed; use the model that it was made from\n")


def test_a_model_that_loses_too_much_is_not_written(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Even no loss at all is above this bound.
    assert compile_command(model_folder, tmp_path / "compiled", "--max-loss", "-1") == 2
    assert "nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_numbers_that_make_no_sense_are_refused(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compile_command(model_folder, tmp_path / "compiled", "--calibration-passages", "0") == 2
    assert "at least 1" in capsys.readouterr().err
    with pytest.raises(UserError, match="at least 1"):
        Extractor.from_pretrained(model_folder, workers=0)


@pytest.mark.parametrize("name", ["ouput", "layer.99.output", "layer.0", ""])
def test_a_product_that_there_is_none_of_is_refused(name: str, model: ClaimModel, tiny_encoder: Encoder) -> None:
    with pytest.raises(UserError, match="no such product; there are qkv, attention, intermediate, output"):
        compile_graphs(model, tiny_encoder.tokenizer, ["Bonn"], ["output", name])


def test_what_cannot_be_read_is_named(graphs: CompiledGraphs, tmp_path: Path) -> None:
    folder = tmp_path / "compiled"
    written(folder, graphs)
    manifest = (folder / "compiled.json").read_text(encoding="utf-8")
    (folder / "compiled.json").write_text(manifest.replace('"format": 1', '"format": 99'), encoding="utf-8")
    with pytest.raises(UserError, match="format 99"):
        load_scorer(folder)
    (folder / "compiled.json").write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=r"compiled\.json"):
        load_scorer(folder)
    (folder / "compiled.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(UserError, match="runs on the CPU"):
        load_scorer(folder, "cuda")
    (folder / "tokenizer.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UserError, match=r"tokenizer\.json"):
        read_tokenizer(folder, read_manifest(folder))
    (folder / "encoder.onnx").write_bytes(b"nonsense")
    with pytest.raises(UserError, match=r"encoder\.onnx"):
        load_scorer(folder)
    (folder / "heads.onnx").unlink()
    with pytest.raises(UserError, match=r"heads\.onnx is missing"):
        load_scorer(folder)


def test_other_encoders_are_refused(model: ClaimModel) -> None:
    model.encoder.config.hidden_act = "relu"
    with pytest.raises(UserError, match="relu cannot be compiled"):
        EncoderShape.of(model.encoder.config)
