"""What decoding needs of a network, whichever library runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from coopclaims.model.collation import Batch, SpanBatch
from coopclaims.model.settings import Settings
from coopclaims.model.units import Array

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class WordScores:
    """Emissions [units, words, tags], and the hidden states that the same scorer's ``score_spans`` reads."""

    emissions: Floats
    states: Any


@dataclass(frozen=True)
class SpanLogits:
    """Logits of links [pairs], types [triggers, types] and statuses [triggers, statuses]."""

    links: Floats
    types: Floats
    statuses: Floats


class Scorer(Protocol):
    """A network that scores words and spans; backends implement it."""

    @property
    def settings(self) -> Settings:
        """The model's labels, lengths and thresholds."""
        ...

    def tag_scores(self) -> tuple[Floats, Floats]:
        """Scores of transitions [from, to] and of first tags [tag], BIO constraints added."""
        ...

    def score_words(self, batch: Batch[Array]) -> WordScores:
        """One encoder pass over a batch."""
        ...

    def score_spans(self, words: WordScores, batch: Batch[Array], spans: SpanBatch[Array]) -> SpanLogits:
        """Scores of spans in a batch whose words were scored."""
        ...
