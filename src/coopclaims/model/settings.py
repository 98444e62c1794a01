"""What texts are read and claims decoded by: labels, lengths, thresholds. Needs neither torch nor transformers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from coopclaims.schema import LABELS


def bio_tags(labels: Sequence[str]) -> tuple[str, ...]:
    """BIO tags in the order of the tag head: O, then B- and I- of each label."""
    return ("O", *(f"{prefix}-{label}" for label in labels for prefix in "BI"))


TAGS = bio_tags(LABELS)

# Buckets of the pair features (pairs.py): signed word distance, triggers between, sentence ends between,
# and how many triggers are nearer to the argument.
PAIR_FEATURE_SIZES = (24, 4, 4, 4)


class Settings(Protocol):
    """Labels in the order of the heads, lengths in word pieces, and decoding thresholds of a model."""

    @property
    def tags(self) -> Sequence[str]:
        """BIO tags in the order of the tag head."""
        ...

    @property
    def span_labels(self) -> Sequence[str]:
        """Span labels in the order of the tags."""
        ...

    @property
    def finds_claims(self) -> bool:
        """Whether spans are linked to claims, or are all there is."""
        ...

    @property
    def claim_types(self) -> Sequence[str]:
        """Types in the order of the type head."""
        ...

    @property
    def claim_statuses(self) -> Sequence[str]:
        """Statuses in the order of the status head."""
        ...

    @property
    def window_pieces(self) -> int:
        """Longest window, without special tokens."""
        ...

    @property
    def window_overlap(self) -> int:
        """Pieces that two neighbouring windows share."""
        ...

    @property
    def temperatures(self) -> Mapping[str, float]:
        """What the scores of ``tags``, ``types`` and ``statuses`` are divided by before they become probabilities."""
        ...

    @property
    def link_threshold(self) -> float:
        """Least probability of a link between an argument and a trigger."""
        ...

    @property
    def fallback_threshold(self) -> float:
        """Least probability at which an argument without any such link still goes to its best trigger."""
        ...
