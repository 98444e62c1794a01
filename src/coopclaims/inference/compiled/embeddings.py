"""The embedding table of word pieces in a graph: as blocks of 4-bit numbers where that loses nothing, else as bytes.

The embedded encoder comes in 4-bit blocks (Q4_0 of GGML: 32 values, a scale, numbers −8 to 7). Where training left the
table as it was, the same blocks give back the same values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from coopclaims.inference.compiled.graph import ONNXRUNTIME, Graph
from coopclaims.model.scoring import Floats

BLOCK = 32
# What stands for zero among the unsigned numbers that are stored.
ZERO = 8
INT8_MAX = 127


def embedded_pieces(graph: Graph, table: Floats, small: bool) -> str:
    """Add the vectors [rows, pieces, hidden] of ``input_ids`` to a graph; ``small``: from a quantised table."""
    if not small:
        return graph.add("Gather", [graph.constant("word_table", table), "input_ids"], "words")
    blocks = four_bit_blocks(table)
    if blocks is not None:
        numbers, scales = blocks
        zeros = np.full(scales.shape, ZERO, np.uint8)
        inputs = [
            graph.tensor(_four_bit_tensor("word_table", (numbers + ZERO).astype(np.uint8))),
            "input_ids",
            graph.constant("word_scales", scales),
            graph.tensor(_four_bit_tensor("word_zero", zeros)),
        ]
        return graph.add("GatherBlockQuantized", inputs, "words", ONNXRUNTIME, block_size=BLOCK, quantize_axis=1)
    scale = (np.abs(table).max(1, keepdims=True) / INT8_MAX).clip(1e-12).astype(np.float32)
    rounded = graph.constant("word_table", np.rint(table / scale).astype(np.int8))
    gathered = graph.add("Gather", [rounded, "input_ids"], "word_integers")
    integers = graph.add("Cast", [gathered], "word_floats", to=TensorProto.FLOAT)
    factors = graph.add("Gather", [graph.constant("word_scales", scale), "input_ids"], "word_factors")
    return graph.add("Mul", [integers, factors], "words")


def four_bit_blocks(table: Floats) -> tuple[NDArray[np.int8], Floats] | None:
    """Numbers −8 to 7 [pieces, hidden] and scales [pieces, hidden / 32] that give ``table`` exactly, if there are any.

    In such a block the value that is largest by amount has the number −8.
    """
    if table.shape[1] % BLOCK:
        return None
    blocks = table.reshape(len(table), -1, BLOCK)
    extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(2)[:, :, None], 2)
    scales = (extreme / -8).astype(np.float32)
    numbers = np.rint(np.divide(blocks, scales, where=scales != 0, out=np.zeros_like(blocks)))
    if numbers.max() > 7 or not np.array_equal(numbers * scales, blocks):
        return None
    return numbers.astype(np.int8).reshape(table.shape), scales[:, :, 0]


def _four_bit_tensor(name: str, numbers: NDArray[np.uint8]) -> TensorProto:
    """Numbers 0 to 15 of any even count, two a byte, the first in the lower half."""
    flat = numbers.ravel()
    packed = flat[0::2] | flat[1::2] << 4
    return helper.make_tensor(name, TensorProto.UINT4, numbers.shape, packed.tobytes(), raw=True)
