"""Prediction by several processes, each on its part of the passages."""

from __future__ import annotations

from collections.abc import Sequence

from accelerate import Accelerator
from accelerate.utils import gather_object

from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import predict_passages
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage


def predict_in_shards(
    accelerator: Accelerator,
    model: ClaimModel,
    featuriser: Featuriser,
    gold: Sequence[Passage],
    progress: str | None = None,
) -> list[Passage]:
    """Predicted passages for all of ``gold``, in order, in every process; each passage is predicted by one of them."""
    world, rank = accelerator.num_processes, accelerator.process_index
    own = predict_passages(TorchScorer(model), featuriser, gold[rank::world], progress=progress if rank == 0 else None)
    if world == 1:
        return own
    # gather_object puts the lists of all processes, one after the other, into one.
    gathered = gather_object([(rank + world * number, passage) for number, passage in enumerate(own)])
    return [passage for _, passage in sorted(gathered, key=lambda item: item[0])]
