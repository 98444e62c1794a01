"""Losses of a student against its teacher: what the teacher says of every word, pair and trigger, not the gold alone.

Method: Hinton, Vinyals and Dean (2015), "Distilling the Knowledge in a Neural Network"; hidden states as in Jiao et
al. (2020), "TinyBERT". Sums with the counts of the losses against gold, so that any split into batches agrees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from coopclaims.model.network import ClaimModel, SpanScores, WordStates
from coopclaims.model.tensors import TensorBatch, TensorSpans

# Counted like the loss against gold of the same head; hidden states are counted by word.
COUNTED_AS = {"soft_tags": "tags", "soft_links": "links", "soft_types": "types", "soft_statuses": "statuses"}
COUNTED_AS |= {"hidden": "tags"}


@dataclass
class Teacher:
    """A trained model with the same tokenizer and labels, and how its probabilities are softened."""

    model: ClaimModel
    temperature: float

    @torch.no_grad()
    def scores(self, batch: TensorBatch, spans: TensorSpans) -> tuple[WordStates, SpanScores]:
        """What the teacher says of a batch."""
        plain = replace(batch, frozen_states=None)
        states = self.model.encode(plain)
        return states, self.model.score_spans(states, spans)


def soft_losses(
    states: WordStates, scores: SpanScores, teacher: Teacher, batch: TensorBatch, spans: TensorSpans
) -> dict[str, Tensor]:
    """Summed losses by head, keyed like COUNTED_AS."""
    known, known_scores = teacher.scores(batch, spans)
    words = batch.word_mask.bool()
    heat = teacher.temperature
    return {
        "soft_tags": _divergence(states.emissions[words], known.emissions[words], heat),
        "soft_links": F.binary_cross_entropy_with_logits(
            scores.links.float(), known_scores.links.float().sigmoid(), reduction="sum"
        ),
        "soft_types": _divergence(scores.types, known_scores.types, heat),
        "soft_statuses": _divergence(scores.statuses, known_scores.statuses, heat),
        "hidden": (1 - F.cosine_similarity(states.first[words].float(), known.first[words].float(), dim=-1)).sum(),
    }


def _divergence(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Sum over rows of KL(teacher ‖ student), both softened; scaled so that gradients keep their size."""
    softened = (student.float() / temperature).log_softmax(-1)
    target = (teacher.float() / temperature).log_softmax(-1)
    return F.kl_div(softened, target, log_target=True, reduction="sum") * temperature**2
