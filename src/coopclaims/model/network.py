"""The network: one encoder pass, then heads for span tags, links, claim types and statuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AutoModel, AutoModelForTokenClassification, PreTrainedModel
from transformers.modeling_outputs import TokenClassifierOutput

from coopclaims.encoders.shorten import layers_of
from coopclaims.model import crf
from coopclaims.model.config import ClaimConfig
from coopclaims.model.dropout import use_byte_dropout
from coopclaims.model.frozen import bypassed
from coopclaims.model.layer_drop import without_layers
from coopclaims.model.settings import PAIR_FEATURE_SIZES
from coopclaims.model.tensors import TensorBatch, TensorSpans

# Padded pieces that the encoder reads at a time. Only a paragraph of many windows has more, and batches for a GPU.
PIECES_AT_ONCE = 16_384


@dataclass
class WordStates:
    """What the encoder says of each word.

    Emissions [units, words, tags]; hidden states of each word's first and last piece [units, words, hidden]; all
    pieces' hidden states [rows × pieces, hidden].
    """

    emissions: Tensor
    first: Tensor
    last: Tensor
    pieces: Tensor


@dataclass
class SpanScores:
    """Logits of the span heads: links [pairs], types [triggers, types], statuses [triggers, statuses]."""

    links: Tensor
    types: Tensor
    statuses: Tensor


class ClaimModel(PreTrainedModel):
    """Joint extraction model.

    ``forward`` is an ordinary token classifier over word pieces. ``encode`` and ``score_spans`` serve our own
    training and decoding, which work on words and spans.
    """

    config_class = ClaimConfig
    base_model_prefix = "encoder"
    supports_gradient_checkpointing = True
    _supports_sdpa = True
    _supports_flash_attn = True

    def __init__(self, config: ClaimConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(config.encoder_config()) if encoder is None else encoder
        # Sentence poolers, where an encoder has one, are of no use here and would be saved for nothing.
        if hasattr(self.encoder, "pooler"):
            self.encoder.pooler = None
        hidden = self.encoder.config.hidden_size
        tag_count = len(config.tags)
        self.dropout = nn.Dropout(config.head_dropout)
        self.tag_head = nn.Linear(hidden, tag_count)
        self.transitions = nn.Parameter(torch.zeros(tag_count, tag_count))
        self.first_tag = nn.Parameter(torch.zeros(tag_count))
        self.span_projection = nn.Linear(2 * hidden, config.span_size)
        self.label_embedding = nn.Embedding(len(config.span_labels), config.span_size)
        self.link_head = LinkHead(config)
        self.type_head = _two_layers(config, len(config.claim_types))
        self.status_head = _two_layers(config, len(config.claim_statuses))
        self.frozen: list[nn.Module] = []
        # Encoder layers that passes in training mode leave out.
        self.left_out: frozenset[int] = frozenset()
        self.pieces_at_once = PIECES_AT_ONCE
        use_byte_dropout(self)
        self.post_init()

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None, **_: Any) -> TokenClassifierOutput:
        """Tag logits of word pieces, [rows, pieces, tags], for use as an ordinary token classifier."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return TokenClassifierOutput(logits=self.tag_head(hidden))

    def encode(self, batch: TensorBatch) -> WordStates:
        """One encoder pass over the windows of a batch, gathered by word; many windows go through in parts."""
        rows = max(self.pieces_at_once // batch.input_ids.shape[1], 1)
        ids, mask = batch.input_ids.split(rows), batch.attention_mask.split(rows)
        known = [None] * len(ids) if batch.frozen_states is None else batch.frozen_states.split(rows)
        states = [self._encode_rows(*part) for part in zip(ids, mask, known, strict=True)]
        # Cached states of the frozen layers may be of half precision, and heads may run outside autocast.
        pieces = self.dropout(torch.cat(states)).flatten(0, 1).to(self.tag_head.weight.dtype)
        first = pieces[batch.first_piece]
        return WordStates(self.tag_head(first), first, pieces[batch.last_piece], pieces)

    def _encode_rows(self, input_ids: Tensor, attention_mask: Tensor, frozen_states: Tensor | None) -> Tensor:
        left_out = self.left_out if self.training else frozenset()
        with bypassed(self.frozen, frozen_states), without_layers(layers_of(self.encoder), left_out):
            states: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return states

    def score_spans(self, states: WordStates, spans: TensorSpans) -> SpanScores:
        """Logits of links, types and statuses for given spans of encoded units."""
        first = states.first[spans.unit, spans.first_word]
        last = states.last[spans.unit, spans.last_word]
        ends = torch.cat([first, last], dim=-1)
        vectors = self.dropout(F.gelu(self.span_projection(ends)))
        triggers = vectors[spans.triggers]
        labelled = vectors + self.label_embedding(spans.label)
        links = self.link_head(labelled[spans.pair_argument], vectors[spans.pair_trigger], spans.pair_features)
        return SpanScores(links, self.type_head(triggers), self.status_head(triggers))

    def tag_scores(self) -> tuple[Tensor, Tensor]:
        """Transition [tags, tags] and first-tag [tags] scores with the BIO constraints added."""
        transitions, first = crf.bio_constraints(self.config.tags)
        device = self.transitions.device
        return self.transitions + transitions.to(device), self.first_tag + first.to(device)

    def freeze(self, embeddings: bool, layers: int) -> None:
        """Take the embeddings and the lowest ``layers`` encoder layers out of training, dropout included.

        As the frozen part is a prefix, autograd stores nothing for it and the backward pass stops above it.
        """
        prefix = [self.encoder.embeddings] if embeddings or layers else []
        self.frozen = [*prefix, *self.encoder_layers()[:layers]]
        for module in self.frozen:
            module.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> ClaimModel:
        """Switch training mode; frozen modules stay in evaluation mode."""
        super().train(mode)
        for module in self.frozen:
            module.eval()
        return self

    def encoder_layers(self) -> list[nn.Module]:
        """The encoder's transformer layers, lowest first."""
        return list(layers_of(self.encoder))

    def head_parameters(self) -> Iterator[nn.Parameter]:
        """Parameters outside the encoder, which start from random values."""
        for name, parameter in self.named_parameters():
            if not name.startswith("encoder."):
                yield parameter


class LinkHead(nn.Module):
    """Scores whether an argument belongs to a trigger, from both span vectors and where they stand."""

    def __init__(self, config: ClaimConfig) -> None:
        super().__init__()
        size = config.span_size
        self.argument = nn.Linear(size, size)
        self.trigger = nn.Linear(size, size)
        self.product = nn.Linear(size, size)
        self.position = nn.ModuleList(nn.Embedding(count, size) for count in PAIR_FEATURE_SIZES)
        self.dropout = nn.Dropout(config.head_dropout)
        self.output = nn.Linear(size, 1)

    def forward(self, argument: Tensor, trigger: Tensor, pair_features: Tensor) -> Tensor:
        """Logits [pairs] from argument and trigger vectors [pairs, span_size] and features [pairs, 4]."""
        state = self.argument(argument) + self.trigger(trigger) + self.product(argument * trigger)
        for column, embedding in enumerate(self.position):
            state = state + embedding(pair_features[:, column])
        return self.output(self.dropout(F.gelu(state))).squeeze(-1)


def _two_layers(config: ClaimConfig, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(config.span_size, config.span_size),
        nn.GELU(),
        nn.Dropout(config.head_dropout),
        nn.Linear(config.span_size, outputs),
    )


AutoModelForTokenClassification.register(ClaimConfig, ClaimModel, exist_ok=True)
