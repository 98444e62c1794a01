"""The encoder and the tag head as an ONNX graph, in float or with int8 products.

Hugging Face's BERT and XLM-RoBERTa (Devlin et al. 2019; Conneau et al. 2020): absolute positions, layer norm after each
block, GELU. Written out, since the products, which take most of the time, then get exactly one quantisation each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, TensorProto
from transformers import PreTrainedConfig

from coopclaims.errors import UserError
from coopclaims.inference.compiled.embeddings import embedded_pieces
from coopclaims.inference.compiled.graph import ONNXRUNTIME, End, Graph
from coopclaims.inference.compiled.quantisation import ActivationRange, quantised_product
from coopclaims.model.scoring import Floats

# Padding gets this attention score: far below all others, and finite in every precision.
HIDDEN_FROM = -1e4
SUPPORTED = ("bert", "xlm-roberta")

Weights = Mapping[str, Floats]
Ranges = Mapping[str, ActivationRange]


@dataclass(frozen=True)
class EncoderShape:
    """Sizes of an encoder."""

    layers: int
    heads: int
    hidden: int
    epsilon: float
    # Row of the position table that belongs to the first piece.
    first_position: int

    @classmethod
    def of(cls, config: PreTrainedConfig) -> EncoderShape:
        """Sizes by a configuration. Raises UserError for architectures that this module does not write out."""
        if config.model_type not in SUPPORTED or config.hidden_act != "gelu":
            known = " and ".join(SUPPORTED)
            raise UserError(
                f"an encoder of type {config.model_type!r} with {getattr(config, 'hidden_act', 'other')} cannot be "
                f"compiled, only {known} with gelu; use this model as it is, with torch"
            )
        first = 0 if config.model_type == "bert" else config.pad_token_id + 1
        sizes = (config.num_hidden_layers, config.num_attention_heads, config.hidden_size)
        return cls(*sizes, config.layer_norm_eps, first)


def products(shape: EncoderShape) -> list[str]:
    """Names of the products with weights, in order."""
    parts = ("qkv", "attention", "intermediate", "output")
    return [f"layer.{layer}.{part}" for layer in range(shape.layers) for part in parts]


def encoder_graph(weights: Weights, shape: EncoderShape, ranges: Ranges | None = None) -> ModelProto:
    """Graph from ``input_ids`` and ``attention_mask`` [rows, pieces].

    Gives ``pieces`` [rows × pieces, hidden] and their ``piece_scores`` [rows × pieces, tags]. ``weights`` are the
    model's by name. With ``ranges``, the products named in it are int8, the others float; without, the graph is float
    and also gives the input of each product, under ``product/input``, so that its range can be measured.
    """
    encoder = _Encoder(weights, shape, ranges)
    state = encoder.embeddings()
    for layer in range(shape.layers):
        state = encoder.layer(state, layer)
    graph = encoder.graph
    flat = graph.constant("flat", np.array([-1, shape.hidden]))
    graph.add("Reshape", [state, flat], "pieces")
    head = [graph.constant(name, weights[name]) for name in ("tag_head.weight", "tag_head.bias")]
    graph.add("Gemm", ["pieces", *head], "piece_scores", transB=1)
    integers, floats = TensorProto.INT64, TensorProto.FLOAT
    rows: End = (integers, ["rows", "pieces"])
    outputs: dict[str, End] = {
        "piece_scores": (floats, ["all pieces", len(weights["tag_head.bias"])]),
        "pieces": (floats, ["all pieces", shape.hidden]),
    }
    if ranges is None:
        outputs |= {f"{name}/input": (floats, [None, None, None]) for name in products(shape)}
    inputs: dict[str, End] = {"input_ids": rows, "attention_mask": rows}
    return graph.model(inputs, outputs)


class _Encoder:
    """Adds the parts of an encoder to a graph."""

    def __init__(self, weights: Weights, shape: EncoderShape, ranges: Ranges | None) -> None:
        self.weights = weights
        self.shape = shape
        self.ranges = ranges
        self.graph = Graph()

    def embeddings(self) -> str:
        """Words and positions, normalised; also the mask that attention adds."""
        graph, prefix = self.graph, "encoder.embeddings."
        words = embedded_pieces(graph, self.weights[f"{prefix}word_embeddings.weight"], self.ranges is not None)
        # Of the token types only the first occurs.
        positions = self.weights[f"{prefix}position_embeddings.weight"][self.shape.first_position :]
        table = positions + self.weights[f"{prefix}token_type_embeddings.weight"][0]
        graph.add("Shape", ["input_ids"], "piece_count", start=1, end=2)
        start = graph.constant("first", np.array([0]))
        graph.add("Slice", [graph.constant("position_table", table), start, "piece_count"], "positions")
        graph.add("Add", [words, "positions"], "embedded")
        graph.add("Cast", ["attention_mask"], "seen", to=TensorProto.FLOAT)
        graph.add("Sub", ["seen", graph.constant("one", np.float32(1))], "unseen")
        graph.add("Mul", ["unseen", graph.constant("hidden_from", np.float32(-HIDDEN_FROM))], "mask_rows")
        graph.add("Unsqueeze", ["mask_rows", graph.constant("mask_axes", np.array([1, 2]))], "mask")
        return self.norm("embedded", f"{prefix}LayerNorm", "embeddings")

    def layer(self, state: str, number: int) -> str:
        """One transformer layer."""
        name, prefix = f"layer.{number}", f"encoder.encoder.layer.{number}."
        context = self.attention(state, name, f"{prefix}attention.self.")
        attended = self.product(context, f"{name}.attention", [f"{prefix}attention.output.dense"])
        summed = self.graph.add("Add", [attended, state], f"{name}/attended")
        state = self.norm(summed, f"{prefix}attention.output.LayerNorm", f"{name}/attention_norm")
        inner = self.product(state, f"{name}.intermediate", [f"{prefix}intermediate.dense"])
        activated = self.graph.add("Gelu", [inner], f"{name}/gelu", ONNXRUNTIME)
        outer = self.product(activated, f"{name}.output", [f"{prefix}output.dense"])
        summed = self.graph.add("Add", [outer, state], f"{name}/sum")
        return self.norm(summed, f"{prefix}output.LayerNorm", f"{name}/norm")

    def attention(self, state: str, name: str, prefix: str) -> str:
        """Self-attention; one product makes queries, keys and values."""
        graph, size = self.graph, self.shape.hidden // self.shape.heads
        joint = self.product(state, f"{name}.qkv", [f"{prefix}{part}" for part in ("query", "key", "value")])
        by_head = graph.constant("by_head", np.array([0, 0, self.shape.heads, size]))
        # Keys stand on their side, ready to be multiplied with.
        turned = {"query": [0, 2, 1, 3], "key": [0, 2, 3, 1], "value": [0, 2, 1, 3]}
        parts = graph.split(joint, [f"{name}/{part}" for part in turned])
        query, key, value = (
            graph.add(
                "Transpose", [graph.add("Reshape", [part, by_head], f"{part}/heads")], f"{part}/turned", perm=axes
            )
            for part, axes in zip(parts, turned.values(), strict=True)
        )
        scores = graph.add("FusedMatMul", [query, key], f"{name}/scores", ONNXRUNTIME, alpha=size**-0.5)
        masked = graph.add("Add", [scores, "mask"], f"{name}/masked")
        shares = graph.add("Softmax", [masked], f"{name}/shares", axis=-1)
        context = graph.add("MatMul", [shares, value], f"{name}/context")
        back = graph.add("Transpose", [context], f"{name}/back", perm=[0, 2, 1, 3])
        joined = graph.constant("joined", np.array([0, 0, self.shape.hidden]))
        return graph.add("Reshape", [back, joined], f"{name}/joined")

    def product(self, value: str, name: str, sources: list[str]) -> str:
        """``value`` times the weights of ``sources`` side by side, plus their biases."""
        weight = np.concatenate([self.weights[f"{source}.weight"].T for source in sources], axis=1)
        bias = np.concatenate([self.weights[f"{source}.bias"] for source in sources])
        if self.ranges is not None and name in self.ranges:
            return quantised_product(self.graph, value, name, weight, bias, self.ranges[name])
        if self.ranges is None:
            value = self.graph.add("Identity", [value], f"{name}/input")
        result = self.graph.add("MatMul", [value, self.graph.constant(f"{name}/weight", weight)], f"{name}/product")
        return self.graph.add("Add", [result, self.graph.constant(f"{name}/bias", bias)], name)

    def norm(self, value: str, source: str, output: str) -> str:
        """Layer norm over the hidden size."""
        scale, shift = (
            self.graph.constant(f"{source}.{part}", self.weights[f"{source}.{part}"]) for part in ("weight", "bias")
        )
        return self.graph.add("LayerNormalization", [value, scale, shift], output, axis=-1, epsilon=self.shape.epsilon)
