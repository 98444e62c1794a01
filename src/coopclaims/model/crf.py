"""A linear-chain CRF over BIO tags: loss with learned transitions, and the BIO constraints. Decoding: viterbi.py.

Lafferty, McCallum and Pereira (2001), "Conditional Random Fields". All functions are vectorised over the batch.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

# Stands for minus infinity, yet sums of it stay finite in fp32.
FORBIDDEN = -1e4


def bio_constraints(tags: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Penalties (0 or FORBIDDEN) of BIO tagging: transitions [from, to] and first tags [tag].

    I-X may only follow B-X or I-X.
    """
    transitions = torch.zeros(len(tags), len(tags))
    first = torch.zeros(len(tags))
    for to, tag in enumerate(tags):
        if not tag.startswith("I-"):
            continue
        first[to] = FORBIDDEN
        for source, before in enumerate(tags):
            if before not in (f"B-{tag[2:]}", tag):
                transitions[source, to] = FORBIDDEN
    return transitions, first


def negative_log_likelihood(
    emissions: Tensor, tags: Tensor, mask: Tensor, transitions: Tensor, first: Tensor
) -> Tensor:
    """Sum over the batch of −log p(tags | emissions).

    Shapes: emissions [batch, words, tags] (float), tags and mask [batch, words], transitions [tags, tags],
    first [tags]. Sequences are padded at the end; a sequence without words costs nothing.
    """
    emissions, transitions = emissions.float(), transitions.float()
    log_partition = _log_partition(emissions, mask, transitions, first.float())
    score = _path_score(emissions, tags, mask, transitions, first.float())
    return ((log_partition - score) * mask[:, 0]).sum()


def _log_partition(emissions: Tensor, mask: Tensor, transitions: Tensor, first: Tensor) -> Tensor:
    score = emissions[:, 0] + first
    for word in range(1, emissions.shape[1]):
        updated = torch.logsumexp(score.unsqueeze(2) + transitions, dim=1) + emissions[:, word]
        score = torch.where(mask[:, word].bool().unsqueeze(1), updated, score)
    return torch.logsumexp(score, dim=1)


def _path_score(emissions: Tensor, tags: Tensor, mask: Tensor, transitions: Tensor, first: Tensor) -> Tensor:
    weights = mask.to(emissions.dtype)
    emitted = emissions.gather(2, tags.unsqueeze(2)).squeeze(2) * weights
    moved = transitions[tags[:, :-1], tags[:, 1:]] * weights[:, 1:]
    return emitted.sum(dim=1) + moved.sum(dim=1) + first[tags[:, 0]]
