"""Configuration of the joint model: everything that evaluation and inference need travels with the weights."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from transformers import AutoConfig, PreTrainedConfig

from coopclaims.model.settings import TAGS
from coopclaims.schema import STATUSES, TRIGGER, TYPES


class ClaimConfig(PreTrainedConfig):
    """Encoder configuration, label inventories, lengths in word pieces, head sizes and decoding thresholds.

    A model whose labels lack TRIGGER is a plain span tagger: it finds spans and no claims.
    """

    model_type = "coopclaims"

    encoder: dict[str, Any] | None = None
    claim_types: list[str] = field(default_factory=lambda: list(TYPES))
    claim_statuses: list[str] = field(default_factory=lambda: list(STATUSES))
    # Longest window in word pieces without special tokens, and how many two neighbours share.
    window_pieces: int = 256
    window_overlap: int = 64
    span_size: int = 256
    head_dropout: float = 0.1
    # What the scores of a head are divided by before they become probabilities; 'coopclaims calibrate' fits them.
    temperatures: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("tags", "types", "statuses"), 1.0))
    # Least probability of a link between an argument and a trigger.
    link_threshold: float = 0.5
    # Least probability at which an argument without any such link still goes to its best trigger.
    fallback_threshold: float = 0.3

    def __post_init__(self, **kwargs: Any) -> None:
        """Fill in the guideline's tags; a saved configuration brings its own."""
        names: dict[int, str] = getattr(self, "id2label", None) or dict(enumerate(TAGS))
        self.id2label = names
        self.label2id = {tag: int(index) for index, tag in names.items()}
        super().__post_init__(**kwargs)

    @property
    def tags(self) -> list[str]:
        """BIO tags in the order of the tag head."""
        return [self.id2label[index] for index in range(len(self.id2label))]

    @property
    def span_labels(self) -> list[str]:
        """Span labels in the order of the tags."""
        return [tag[2:] for tag in self.tags if tag.startswith("B-")]

    @property
    def finds_claims(self) -> bool:
        """Whether spans are linked to claims, or are all there is."""
        return TRIGGER in self.span_labels

    def encoder_config(self) -> PreTrainedConfig:
        """The encoder's own configuration object."""
        fields = dict(self.encoder or {})
        return AutoConfig.for_model(fields.pop("model_type"), **fields)


AutoConfig.register(ClaimConfig.model_type, ClaimConfig, exist_ok=True)
