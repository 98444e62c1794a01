"""The tuned weights of the pair features; ``scripts/tune_merge.py`` writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from coopclaims.records.merging.features import FEATURES


@dataclass(frozen=True)
class Weights:
    """A weight a feature (in the order of FEATURES), the bias, and the mean log-odds from which groups are joined."""

    weights: NDArray[np.float64]
    bias: float
    threshold: float

    def log_odds(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """The log-odds that each pair is one act; rounded, so that ties do not hang on the order of additions."""
        return np.round(features @ self.weights + self.bias, 6)


@cache
def load_weights() -> Weights:
    """The packaged weights."""
    text = files("coopclaims.records.merging").joinpath("weights.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    weights = np.array([stored["weights"][name] for name in FEATURES])
    return Weights(weights, stored["bias"], stored["threshold"])
