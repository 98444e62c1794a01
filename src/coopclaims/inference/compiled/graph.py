"""ONNX graphs, built node by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

# Opset 20 has all that is used; the other domain holds the int8 products that onnxruntime adds to the standard.
OPSET = 20
ONNXRUNTIME = "com.microsoft"
IR_VERSION = 10

# Element type (of TensorProto) and dimensions, by name or number.
End = tuple[int, Sequence[str | int | None]]


class Graph:
    """Nodes and constants of a graph; every method returns the name of what it adds."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}

    def constant(self, name: str, values: Any) -> str:
        """A tensor that is part of the graph; a name given before stands for what it stood for."""
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.asarray(values), name)
        return name

    def tensor(self, tensor: TensorProto) -> str:
        """A constant that is an ONNX tensor already, such as one of 4-bit numbers."""
        self.constants[tensor.name] = tensor
        return str(tensor.name)

    def add(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any) -> str:
        """A node with one output."""
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def split(self, value: str, outputs: Sequence[str]) -> list[str]:
        """Equal parts of the last axis."""
        node = helper.make_node("Split", [value], outputs, name=f"{value}/split", axis=-1, num_outputs=len(outputs))
        self.nodes.append(node)
        return list(outputs)

    def model(self, inputs: Mapping[str, End], outputs: Mapping[str, End]) -> ModelProto:
        """The whole graph, checked, with inputs and outputs by name."""
        ends = [
            [helper.make_tensor_value_info(name, kind, list(shape)) for name, (kind, shape) in side.items()]
            for side in (inputs, outputs)
        ]
        graph = helper.make_graph(self.nodes, "coopclaims", *ends, list(self.constants.values()))
        domains = [helper.make_opsetid("", OPSET), helper.make_opsetid(ONNXRUNTIME, 1)]
        model = helper.make_model(graph, opset_imports=domains, ir_version=IR_VERSION, producer_name="coopclaims")
        onnx.checker.check_model(model)
        return model
