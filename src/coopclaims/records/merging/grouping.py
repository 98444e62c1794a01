"""Mentions in, groups of mentions out; the order of the input does not matter."""

from __future__ import annotations

from collections.abc import Iterable

from coopclaims.records.merging.candidates import candidate_pairs, passage_numbers
from coopclaims.records.merging.clusters import cluster
from coopclaims.records.merging.features import pair_features
from coopclaims.records.merging.mention import Mention
from coopclaims.records.merging.weights import load_weights


def group_mentions(mentions: Iterable[Mention]) -> list[list[Mention]]:
    """Groups of mentions that tell one act, each sorted, in the order of their first members.

    A mention that comes twice counts once.
    """
    weights = load_weights()
    ordered = [mention for _, mention in sorted({mention.identity: mention for mention in mentions}.items())]
    if not ordered:
        return []
    pairs = candidate_pairs(ordered)
    log_odds = weights.log_odds(pair_features(ordered, pairs))
    groups: dict[int, list[Mention]] = {}
    for mention, group in zip(
        ordered, cluster(passage_numbers(ordered), pairs, log_odds, weights.threshold), strict=True
    ):
        groups.setdefault(int(group), []).append(mention)
    return list(groups.values())
