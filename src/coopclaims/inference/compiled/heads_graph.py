"""The heads for links, types and statuses as an ONNX graph in float: they are small."""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, TensorProto

from coopclaims.inference.compiled.encoder_graph import Weights
from coopclaims.inference.compiled.graph import ONNXRUNTIME, End, Graph

# Inputs with their dimensions; all but the first are indices.
INPUTS: dict[str, list[str | int | None]] = {
    "ends": ["spans", "both ends"],
    "label": ["spans"],
    "triggers": ["triggers"],
    "pair_argument": ["pairs"],
    "pair_trigger": ["pairs"],
    "pair_features": ["pairs", "features"],
}


def heads_graph(weights: Weights) -> ModelProto:
    """Graph from the states of spans' first and last pieces to logits, as ``ClaimModel.score_spans`` gives them.

    ``ends`` [spans, 2 × hidden]; the other inputs are those of a ``SpanBatch``. Gives ``links`` [pairs], ``types`` and
    ``statuses`` [triggers, …].
    """
    heads = _Heads(weights)
    graph = heads.graph
    vectors = graph.add("Gelu", [heads.linear("ends", "span_projection", "projected")], "vectors", ONNXRUNTIME)
    labels = graph.add("Gather", [heads.weight("label_embedding.weight"), "label"], "labels")
    labelled = graph.add("Add", [vectors, labels], "labelled")
    argument = graph.add("Gather", [labelled, "pair_argument"], "argument")
    trigger = graph.add("Gather", [vectors, "pair_trigger"], "trigger")
    product = graph.add("Mul", [argument, trigger], "argument_times_trigger")
    vectors_by_layer = {"argument": argument, "trigger": trigger, "product": product}
    parts = [heads.linear(value, f"link_head.{name}", f"{name}/linear") for name, value in vectors_by_layer.items()]
    parts += heads.positions()
    state = graph.add("Gelu", [graph.add("Sum", parts, "pair_sum")], "pair_state", ONNXRUNTIME)
    links = heads.linear(state, "link_head.output", "link_column")
    graph.add("Squeeze", [links, graph.constant("last_axis", np.array([-1]))], "links")
    anchors = graph.add("Gather", [vectors, "triggers"], "anchors")
    for head, output in (("type_head", "types"), ("status_head", "statuses")):
        inner = graph.add("Gelu", [heads.linear(anchors, f"{head}.0", f"{head}/inner")], f"{head}/gelu", ONNXRUNTIME)
        heads.linear(inner, f"{head}.3", output)
    floats = TensorProto.FLOAT
    inputs: dict[str, End] = {
        name: (floats if name == "ends" else TensorProto.INT64, shape) for name, shape in INPUTS.items()
    }
    outputs: dict[str, End] = {
        "links": (floats, ["pairs"]),
        "types": (floats, ["triggers", len(weights["type_head.3.bias"])]),
        "statuses": (floats, ["triggers", len(weights["status_head.3.bias"])]),
    }
    return graph.model(inputs, outputs)


class _Heads:
    """Adds layers by the names of their weights."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.graph = Graph()

    def weight(self, name: str) -> str:
        """The weight of this name as a constant."""
        return self.graph.constant(name, self.weights[name])

    def linear(self, value: str, name: str, output: str) -> str:
        """A linear layer over the last axis."""
        return self.graph.add(
            "Gemm", [value, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")], output, transB=1
        )

    def positions(self) -> list[str]:
        """Embeddings of the pair features, one a column."""
        graph = self.graph
        count = sum(name.startswith("link_head.position.") for name in self.weights)
        parts = []
        for column in range(count):
            index = graph.constant(f"column.{column}", np.int64(column))
            feature = graph.add("Gather", ["pair_features", index], f"feature.{column}", axis=1)
            table = self.weight(f"link_head.position.{column}.weight")
            parts.append(graph.add("Gather", [table, feature], f"position.{column}"))
        return parts
