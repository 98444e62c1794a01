"""Training losses of the joint model, as sums with counts, so that any split into batches gives the same mean."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from coopclaims.model import crf
from coopclaims.model.network import ClaimModel
from coopclaims.model.soft_losses import COUNTED_AS, Teacher, soft_losses
from coopclaims.model.tensors import TensorBatch, TensorSpans, TensorTargets
from coopclaims.model.units import IGNORED

# Weight of each head's mean loss in the total. Continuation pieces do not take part in our decoding; they are
# trained lightly so that the model also serves as an ordinary token classifier.
WEIGHTS = {"tags": 1.0, "links": 1.0, "types": 0.5, "statuses": 0.5, "continuations": 0.1}
# Those of a student's losses against its teacher.
WEIGHTS |= {"soft_tags": 1.0, "soft_links": 1.0, "soft_types": 0.5, "soft_statuses": 0.5, "hidden": 1.0}


class LossModule(nn.Module):
    """Wraps the model so that one ``forward`` (which distributed training hooks into) gives all losses."""

    def __init__(self, model: ClaimModel, teacher: Teacher | None = None) -> None:
        super().__init__()
        self.model = model
        # No module of ours: its weights neither train nor go into a state.
        self.teacher = teacher
        # Where accelerate looks for what FSDP shares out layer by layer.
        self._no_split_modules = [type(model.encoder_layers()[0]).__name__]

    def forward(self, batch: TensorBatch, spans: TensorSpans, targets: TensorTargets) -> dict[str, Tensor]:
        """Summed loss of each head, keyed as in WEIGHTS; divide by ``loss_counts`` for means."""
        states = self.model.encode(batch)
        # The numbers of spans and pairs hardly ever repeat: in bf16 a CPU would make new kernels at each step.
        with torch.autocast(states.pieces.device.type, enabled=False):
            scores = self.model.score_spans(states, spans)
            continuation_logits = self.model.tag_head(states.pieces[batch.continuation])
        tag_scores = self.model.tag_scores()
        losses = {
            "tags": crf.negative_log_likelihood(states.emissions, targets.tags, batch.word_mask, *tag_scores),
            "links": F.binary_cross_entropy_with_logits(scores.links.float(), targets.links.float(), reduction="sum"),
            "types": _cross_entropy(scores.types, targets.types),
            "statuses": _cross_entropy(scores.statuses, targets.statuses),
            "continuations": _cross_entropy(continuation_logits, continuation_tags(batch, targets)),
        }
        if self.teacher is not None:
            losses |= soft_losses(states, scores, self.teacher, batch, spans)
        return losses


def loss_counts(batch: TensorBatch, targets: TensorTargets) -> dict[str, int]:
    """How many words, pairs, triggers and pieces each summed loss covers."""
    return {
        "tags": int(batch.word_mask.sum()),
        "links": targets.links.numel(),
        "types": int((targets.types != IGNORED).sum()),
        "statuses": int((targets.statuses != IGNORED).sum()),
        "continuations": batch.continuation.numel(),
    }


def weighted_total(sums: Mapping[str, Tensor], counts: Mapping[str, float]) -> Tensor:
    """Sum over heads of weight × loss sum / count; ``counts`` are those of the whole optimiser step."""
    return torch.stack([WEIGHTS[name] * loss / count_of(counts, name) for name, loss in sums.items()]).sum()


def count_of(counts: Mapping[str, float], name: str) -> float:
    """What a summed loss is divided by, at least 1; a loss against a teacher counts like that against gold."""
    return max(counts[COUNTED_AS.get(name, name)], 1.0)


def continuation_tags(batch: TensorBatch, targets: TensorTargets) -> Tensor:
    """Tags of the pieces that continue a word: I-X where the word is B-X or I-X, else O."""
    tags = targets.tags.flatten()[batch.continuation_word]
    # settings.TAGS lists O, then B and I of each label in turn: B tags are odd, and their I tag comes next.
    return tags + tags % 2


def _cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(logits.float(), targets, ignore_index=IGNORED, reduction="sum")
