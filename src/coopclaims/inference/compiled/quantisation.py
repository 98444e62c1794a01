"""int8 products: weights by output channel, inputs by a range that was measured beforehand.

Ranges measured in advance, not batch by batch, keep what is found in a text independent of its neighbours in the
batch. Channels of the input that are much larger than others are scaled down, and their weights up, before rounding:
Xiao et al. (2023), "SmoothQuant".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coopclaims.inference.compiled.graph import ONNXRUNTIME, Graph
from coopclaims.model.scoring import Floats

LEVELS = 255
INT8_MAX = 127
# How much of the difficulty moves from inputs to weights (α of SmoothQuant): of 0.5 to 1.0, this left the smallest
# difference of tag scores between float and int8.
SMOOTHING = 0.8


@dataclass(frozen=True)
class ActivationRange:
    """Least and greatest value of the input of a product, by channel."""

    low: Floats
    high: Floats

    def joined(self, other: ActivationRange) -> ActivationRange:
        """The range of both together."""
        return ActivationRange(np.minimum(self.low, other.low), np.maximum(self.high, other.high))


def range_of(values: Floats) -> ActivationRange:
    """Range by channel (the last axis)."""
    flat = values.reshape(-1, values.shape[-1])
    return ActivationRange(flat.min(0), flat.max(0))


def quantised_product(
    graph: Graph, value: str, name: str, weight: Floats, bias: Floats, measured: ActivationRange
) -> str:
    """Add ``value`` [rows, pieces, in] times ``weight`` [in, out] plus ``bias``, as an int8 product, to a graph."""
    factors = smoothing_factors(measured, weight)
    smoothed = graph.add("Mul", [value, graph.constant(f"{name}/factors", 1 / factors)], f"{name}/smoothed")
    scale, zero = input_scale(measured.low / factors, measured.high / factors)
    scale_name, zero_name = graph.constant(f"{name}/scale", scale), graph.constant(f"{name}/zero", zero)
    rounded = graph.add("QuantizeLinear", [smoothed, scale_name, zero_name], f"{name}/rounded")
    integers, weight_scale = weight_integers(weight * factors[:, None])
    inputs = [
        rounded,
        graph.constant(f"{name}/weight", integers),
        scale_name,
        graph.constant(f"{name}/weight_scale", weight_scale),
        zero_name,
        graph.constant(f"{name}/weight_zero", np.zeros(len(weight_scale), np.int8)),
        graph.constant(f"{name}/bias", bias),
    ]
    return graph.add("MatMulIntegerToFloat", inputs, name, ONNXRUNTIME)


def smoothing_factors(measured: ActivationRange, weight: Floats) -> Floats:
    """What to divide each channel of the input by, [in]."""
    largest = np.maximum(np.abs(measured.low), np.abs(measured.high)).clip(1e-5)
    heaviest = np.abs(weight).max(1).clip(1e-5)
    factors = largest**SMOOTHING / heaviest ** (1 - SMOOTHING)
    return (factors / np.exp(np.log(factors).mean())).astype(np.float32)


def input_scale(low: Floats, high: Floats) -> tuple[np.float32, np.uint8]:
    """Scale and zero point of unsigned bytes that cover all channels, and zero."""
    least, greatest = min(float(low.min()), 0.0), max(float(high.max()), 0.0)
    scale = max((greatest - least) / LEVELS, 1e-8)
    return np.float32(scale), np.uint8(round(-least / scale))


def weight_integers(weight: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights [in, out] as integers, and the scale of each output channel."""
    scale = (np.abs(weight).max(0) / INT8_MAX).clip(1e-12).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale
