"""Mentions in, groups of mentions out; the order of the input does not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from coopclaims.records.merging.candidates import Pairs, candidate_pairs, passage_numbers
from coopclaims.records.merging.clusters import cluster
from coopclaims.records.merging.features import pair_features
from coopclaims.records.merging.mention import Mention
from coopclaims.records.merging.weights import Weights, load_weights

# Log-odds to add to each pair (mentions, pairs) -> (pairs,): for example from the similarity of sentence vectors.
Evidence = Callable[[Sequence[Mention], Pairs], NDArray[np.float64]]


def group_mentions(
    mentions: Iterable[Mention], weights: Weights | None = None, evidence: Evidence | None = None
) -> list[list[Mention]]:
    """Groups of mentions that tell one act, each sorted, in the order of their first members.

    A mention that comes twice counts once. ``evidence`` is a hook for further knowledge of pairs.
    """
    weights = weights or load_weights()
    ordered = [mention for _, mention in sorted({mention.identity: mention for mention in mentions}.items())]
    if not ordered:
        return []
    pairs = candidate_pairs(ordered)
    log_odds = weights.log_odds(pair_features(ordered, pairs))
    if evidence is not None:
        log_odds = log_odds + evidence(ordered, pairs)
    groups: dict[int, list[Mention]] = {}
    for mention, group in zip(
        ordered, cluster(passage_numbers(ordered), pairs, log_odds, weights.threshold), strict=True
    ):
        groups.setdefault(int(group), []).append(mention)
    return list(groups.values())
