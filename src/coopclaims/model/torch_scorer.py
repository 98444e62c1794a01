"""The network in torch as what decoding needs."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from coopclaims.model.collation import Batch, SpanBatch
from coopclaims.model.network import ClaimModel, WordStates
from coopclaims.model.scoring import Floats, SpanLogits, WordScores
from coopclaims.model.settings import Settings
from coopclaims.model.tensors import to_device, to_tensors
from coopclaims.model.units import Array


class TorchScorer:
    """Scores words and spans by a ``ClaimModel``, on the device that it is on.

    ``dtype``: what matrix products are computed in (autocast); None for the type of the weights.
    """

    def __init__(self, model: ClaimModel, dtype: torch.dtype | None = None) -> None:
        self.model = model
        self.dtype = dtype

    @property
    def settings(self) -> Settings:
        """The model's configuration."""
        return self.model.config

    @torch.inference_mode()
    def tag_scores(self) -> tuple[Floats, Floats]:
        """Scores of transitions [from, to] and of first tags [tag], BIO constraints added."""
        transitions, first = self.model.tag_scores()
        return _floats(transitions), _floats(first)

    @torch.inference_mode()
    def score_words(self, batch: Batch[Array]) -> WordScores:
        """One encoder pass over a batch."""
        with self._autocast():
            states = self.model.encode(to_device(to_tensors(batch), self.model.device))
        return WordScores(_floats(states.emissions), states)

    @torch.inference_mode()
    def score_spans(self, words: WordScores, batch: Batch[Array], spans: SpanBatch[Array]) -> SpanLogits:  # noqa: ARG002
        """Scores of spans in a batch whose words were scored."""
        states: WordStates = words.states
        with self._autocast():
            scores = self.model.score_spans(states, to_device(to_tensors(spans), self.model.device))
        return SpanLogits(_floats(scores.links), _floats(scores.types), _floats(scores.statuses))

    def _autocast(self) -> AbstractContextManager[Any]:
        return nullcontext() if self.dtype is None else torch.autocast(self.model.device.type, self.dtype)


def _floats(values: Tensor) -> Floats:
    return values.float().cpu().numpy()
