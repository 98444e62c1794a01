"""From a trained model to a compiled folder: measure ranges, write the graphs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from tqdm import tqdm
from transformers import PreTrainedTokenizerFast

from coopclaims.errors import UserError
from coopclaims.inference.compiled.encoder_graph import EncoderShape, Ranges, Weights, encoder_graph, products
from coopclaims.inference.compiled.folder import (
    ENCODER,
    HEADS,
    MANIFEST,
    SPECIAL_PIECES,
    TOKENIZER,
    CompiledSettings,
    Manifest,
)
from coopclaims.inference.compiled.heads_graph import heads_graph
from coopclaims.inference.compiled.quantisation import ActivationRange, range_of
from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import length_batches
from coopclaims.model.torch_scorer import TorchScorer

# Padded pieces in a batch whose ranges are measured; all inputs of all products are held at once.
CALIBRATION_PIECES = 2048


@dataclass(frozen=True)
class CompiledGraphs:
    """The two graphs, the manifest and the tokenizer of a model."""

    encoder: onnx.ModelProto
    heads: onnx.ModelProto
    manifest: Manifest
    tokenizer: str

    def write(self, folder: Path) -> None:
        """Write the files of a compiled model into ``folder``."""
        onnx.save(self.encoder, folder / ENCODER)
        onnx.save(self.heads, folder / HEADS)
        (folder / TOKENIZER).write_text(self.tokenizer, encoding="utf-8")
        write_manifest(folder, self.manifest, {})


def compile_graphs(
    model: ClaimModel, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str], float_products: Sequence[str] = ()
) -> CompiledGraphs:
    """int8 graphs of a model whose ranges are measured on ``texts``.

    ``float_products`` stay in float: names of products, or their last part (``output``) for those of all layers.
    Raises UserError for encoders that cannot be compiled, and for the name of a product that there is none of.
    """
    shape = EncoderShape.of(model.encoder.config)
    _check_names(float_products, products(shape))
    weights: Weights = {name: tensor.float().cpu().numpy() for name, tensor in model.state_dict().items()}
    ranges = measure_ranges(weights, shape, Featuriser(tokenizer, model.config), texts)
    kept = {
        name: measured
        for name, measured in ranges.items()
        if name not in float_products and name.rpartition(".")[2] not in float_products
    }
    written = tokenizer.backend_tokenizer.to_str()
    return CompiledGraphs(
        encoder_graph(weights, shape, kept), heads_graph(weights), _manifest(model, tokenizer), written
    )


def _check_names(float_products: Sequence[str], names: Sequence[str]) -> None:
    parts = dict.fromkeys(name.rpartition(".")[2] for name in names)
    for name in float_products:
        if name not in names and name not in parts:
            raise UserError(
                f"--float {name}: no such product; there are {', '.join(parts)}, and layer.0.output to {names[-1]}"
            )


def measure_ranges(weights: Weights, shape: EncoderShape, featuriser: Featuriser, texts: Sequence[str]) -> Ranges:
    """Range of the input of each product over all pieces of ``texts``, by channel."""
    names = products(shape)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    graph = encoder_graph(weights, shape).SerializeToString()
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    ranges: dict[str, ActivationRange] = {}
    units = featuriser.units(texts)
    with tqdm(total=len(units), desc="measuring ranges", unit="text", delay=1) as bar:
        for indices in length_batches(units, CALIBRATION_PIECES):
            batch = featuriser.batch([units[index] for index in indices])
            inputs = {name: getattr(batch, name) for name in ("input_ids", "attention_mask")}
            real = batch.attention_mask.astype(bool)
            for name, values in zip(names, session.run([f"{name}/input" for name in names], inputs), strict=True):
                measured = range_of(values[real])
                ranges[name] = ranges[name].joined(measured) if name in ranges else measured
            bar.update(len(indices))
    return ranges


def write_manifest(folder: Path, manifest: Manifest, facts: dict[str, Any]) -> None:
    """Write ``compiled.json``, with facts about the model."""
    values = manifest.to_json() | {"facts": facts}
    (folder / MANIFEST).write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _manifest(model: ClaimModel, tokenizer: PreTrainedTokenizerFast) -> Manifest:
    config = model.config
    transitions, first_tag = TorchScorer(model).tag_scores()
    settings = CompiledSettings(
        tags=list(config.tags),
        claim_types=list(config.claim_types),
        claim_statuses=list(config.claim_statuses),
        window_pieces=config.window_pieces,
        window_overlap=config.window_overlap,
        temperatures=dict(config.temperatures),
        link_threshold=config.link_threshold,
        fallback_threshold=config.fallback_threshold,
    )
    special = {name: getattr(tokenizer, name) for name in SPECIAL_PIECES}
    return Manifest(settings, _numbers(transitions), _numbers(first_tag), special)


def _numbers(values: Any) -> Any:
    """Nested lists of numbers that JSON gives back as the same float32."""
    return np.asarray(values, np.float64).tolist()
