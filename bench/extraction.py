"""Compare ways to extract, side by side in one run: our compiled and torch models, the Hugging Face pipeline, spaCy.

All read the same texts of the corpus, alternating, on all cores. The Hugging Face pipeline runs our model folder as
an ordinary token classifier (spans only: no links, types or statuses), at its default and in batches of 32. spaCy's is
a blank pipeline with the same labels, untrained, which runs as fast as a trained one. Tokens are word pieces without
padding.

The machine's limit are int8 products at the shapes of the encoder, the better of oneDNN's (through torch) and
onnxruntime's, measured in the same run; the share counts the encoder's products with weights only.

Usage: python bench/extraction.py --model DIR --compiled DIR [--texts 300] [--rounds 3] [--json FILE]
Leave the machine to it: with other load the figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import spacy
import torch
from onnx import TensorProto, helper
from transformers import pipeline

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.inference.compiled.folder import read_manifest
from coopclaims.inference.compiled.scorer import CompiledScorer
from coopclaims.inference.extractor import Extractor
from coopclaims.model.predict import length_batches
from coopclaims.schema import LABELS

# Rows of the products whose rate is measured: those of a batch.
ROWS = 4096

_PROBE = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run([sys.executable, "-m", "coopclaims.cli", "extract", sys.argv[2], "--model", sys.argv[1],
                "--format", "records", "--output", sys.argv[3]], check=True, stderr=subprocess.DEVNULL)
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass
class Contender:
    """One way to extract, and the seconds that it took for all texts, round by round."""

    name: str
    run: Callable[[Sequence[str]], Any]
    seconds: list[float] = field(default_factory=list)

    def measure(self, texts: Sequence[str]) -> None:
        """Run over all texts once."""
        started = time.perf_counter()
        self.run(texts)
        self.seconds.append(time.perf_counter() - started)

    @property
    def median(self) -> float:
        """Median seconds for all texts."""
        return statistics.median(self.seconds)


def main() -> None:
    """Measure all contenders in turn and print the tables."""
    options = _parse()
    passages = read_corpus([options.data])
    texts = [p.text for p in random.Random(0).sample(passages, min(options.texts, len(passages)))]
    compiled = Extractor.from_pretrained(options.compiled)
    pieces = sum(unit.pieces + 2 * len(unit.windows) for unit in compiled.featuriser.units(texts))
    contenders = _contenders(options, compiled)
    for contender in contenders:
        contender.run(texts[:20])
    rates = [_int8_rate(compiled) for _ in range(options.rounds)]
    for _ in range(options.rounds):
        for contender in contenders:
            contender.measure(texts)
    graph = _graph_seconds(compiled, texts, options.rounds)
    limit = statistics.median(rates)
    result = _result(contenders, len(texts), pieces, limit, graph)
    print(_markdown(result))
    for folder in (options.compiled, options.model):
        print(_start_up(folder, texts))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def _contenders(options: argparse.Namespace, compiled: Extractor) -> list[Contender]:
    torch_model = Extractor.from_pretrained(options.model)
    hugging_face = pipeline("token-classification", str(options.model), aggregation_strategy="simple")
    blank = spacy.blank("xx")
    recogniser = blank.add_pipe("ner")
    for label in LABELS:
        recogniser.add_label(label)
    blank.initialize()
    return [
        Contender("Hugging Face pipeline, default", lambda texts: [hugging_face(text) for text in texts]),
        Contender("Hugging Face pipeline, batches of 32", lambda texts: hugging_face(list(texts), batch_size=32)),
        Contender("spaCy, named entities only", lambda texts: list(blank.pipe(texts))),
        Contender("coopclaims, torch", torch_model.extract),
        Contender("coopclaims, compiled", compiled.extract),
    ]


def _result(contenders: Sequence[Contender], texts: int, pieces: int, limit: float, graph: float) -> dict[str, Any]:
    base = contenders[0].median
    rows = [
        {
            "name": contender.name,
            "texts_per_second": texts / contender.median,
            "tokens_per_second": pieces / contender.median,
            "times_the_default": base / contender.median,
            "seconds": contender.seconds,
        }
        for contender in contenders
    ]
    return {
        "texts": texts,
        "tokens": pieces,
        "int8_tokens_per_second": limit,
        "graph_tokens_per_second": pieces / graph,
        "rows": rows,
    }


def _markdown(result: dict[str, Any]) -> str:
    lines = [
        f"{result['texts']} texts, {result['tokens']:,} tokens, {torch.get_num_threads()} threads\n",
        "| | texts/s | tokens/s | against the default pipeline |",
        "|---|---|---|---|",
    ]
    for row in result["rows"]:
        cells = (
            f"{row['texts_per_second']:,.1f}",
            f"{row['tokens_per_second']:,.0f}",
            f"{row['times_the_default']:.2f}",
        )
        lines.append(f"| {row['name']} | {' | '.join(cells)} |")
    limit, graph = result["int8_tokens_per_second"], result["graph_tokens_per_second"]
    whole = result["rows"][-1]["tokens_per_second"]
    lines.append(
        f"\nint8 products at the encoder's shapes: {limit:,.0f} tokens/s; the graph alone {graph:,.0f} "
        f"({100 * graph / limit:.0f} %), end to end {whole:,.0f} ({100 * whole / limit:.0f} %)"
    )
    return "\n".join(lines)


def _graph_seconds(compiled: Extractor, texts: Sequence[str], rounds: int) -> float:
    """Median seconds of the encoder's graph alone over all texts, one call at a time on all cores."""
    folder = Path(compiled.name)
    scorer = CompiledScorer(folder, read_manifest(folder), threads=0)
    units = compiled.featuriser.units(texts)
    batches = [
        compiled.featuriser.batch([units[index] for index in indices])
        for indices in length_batches(units, compiled.batch_pieces)
    ]
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        for batch in batches:
            scorer.score_words(batch)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _int8_rate(compiled: Extractor) -> float:
    """Tokens a second that int8 products alone would allow, by the better library."""
    encoder = onnx.load(Path(compiled.name) / "encoder.onnx")
    shapes = [
        tuple(tensor.dims)
        for tensor in encoder.graph.initializer
        if tensor.data_type == TensorProto.INT8 and tensor.name.endswith("/weight")
    ]
    seconds = 0.0
    for shape in set(shapes):
        seconds += shapes.count(shape) * min(_onednn_seconds(*shape), _onnxruntime_seconds(*shape))
    return ROWS / seconds


def _onednn_seconds(inner: int, outer: int) -> float:
    left = torch.randint(-100, 100, (ROWS, inner), dtype=torch.int8)
    right = torch.randint(-100, 100, (outer, inner), dtype=torch.int8).t()
    return _fastest(lambda: torch._int_mm(left, right))


def _onnxruntime_seconds(inner: int, outer: int) -> float:
    node = helper.make_node("MatMulInteger", ["left", "right"], ["product"])
    right = helper.make_tensor("right", TensorProto.INT8, [inner, outer], np.random.randint(-100, 100, inner * outer))
    ends = (
        [helper.make_tensor_value_info("left", TensorProto.UINT8, [ROWS, inner])],
        [helper.make_tensor_value_info("product", TensorProto.INT32, [ROWS, outer])],
    )
    graph = helper.make_graph([node], "product", *ends, [right])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    left = np.random.randint(0, 200, (ROWS, inner)).astype(np.uint8)
    return _fastest(lambda: session.run(None, {"left": left}))


def _fastest(run: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _start_up(folder: Path, texts: Sequence[str]) -> str:
    """Seconds for one text by command, peak memory of it, and the size of the folder."""
    with tempfile.TemporaryDirectory() as place:
        text = Path(place, "text.txt")
        text.write_text(texts[0], encoding="utf-8")
        command = [sys.executable, "-c", _PROBE, str(folder), str(text), str(Path(place, "out.jsonl"))]
        runs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(3)]
    seconds, kibibytes = min((float(run[0]), int(run[1])) for run in runs)
    size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return (
        f"{folder}: {size / 1e6:.1f} MB; one text by command: {seconds:.2f} s, peak memory {kibibytes / 1024:.0f} MiB"
    )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="model folder")
    parser.add_argument("--compiled", type=Path, required=True, help="what 'coopclaims compile' made of it")
    parser.add_argument("--data", default="data", help="annotated passages (default: data)")
    parser.add_argument("--texts", type=int, default=300, help="how many of them (default: 300)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds over all contenders (default: 3)")
    parser.add_argument("--json", type=Path, help="write all figures here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
