"""What a training starts from: the model, and examples of the annotated passages."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from coopclaims.encoders.load import Encoder, load_encoder
from coopclaims.encoders.shorten import shorten
from coopclaims.errors import UserError
from coopclaims.model.config import ClaimConfig
from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel
from coopclaims.model.settings import bio_tags
from coopclaims.model.units import Example
from coopclaims.schema import LABELS, Passage
from coopclaims.training.config import TrainConfig
from coopclaims.training.warm_start import copy_heads, earlier_model

log = logging.getLogger(__name__)


def build_model(config: TrainConfig) -> tuple[ClaimModel, Encoder]:
    """A joint model over the configured pretrained encoder, or over what an earlier training made of it."""
    earlier = None
    if start := config.start_from or config.distillation.teacher:
        earlier, encoder = earlier_model(start)
    else:
        encoder = load_encoder(config.encoder, config.seed)
    if config.distillation.teacher:
        shorten(encoder.model, config.distillation.layers)
    longest = encoder.tokenizer.model_max_length - 2
    if config.model.window_pieces > longest:
        raise UserError(f"model.window_pieces={config.model.window_pieces}: this encoder takes {longest} at most")
    claim_config = ClaimConfig(
        encoder=encoder.model.config.to_dict(),
        id2label=dict(enumerate(bio_tags(config.model.labels or LABELS))),
        window_pieces=config.model.window_pieces,
        window_overlap=config.model.window_overlap,
        span_size=config.model.span_size,
        head_dropout=config.model.head_dropout,
        link_threshold=config.model.link_threshold,
        fallback_threshold=config.model.fallback_threshold,
    )
    if config.distillation.teacher and earlier is not None and earlier.config.tags != claim_config.tags:
        labels = ",".join(earlier.config.span_labels)
        raise UserError(f"model.labels: a student has its teacher's labels; set model.labels=[{labels}]")
    model = ClaimModel(claim_config, encoder.model)
    if earlier is not None:
        copy_heads(model, earlier)
    return model, encoder


def make_examples(featuriser: Featuriser, passages: Sequence[Passage], strict: bool = False) -> list[Example]:
    """Training examples; every skipped passage, widened span and cut piece is logged and counted.

    Raises UserError if ``strict`` and a passage cannot be used, and if none is left that has words.
    """
    unusable: list[str] = []
    examples = featuriser.examples(passages, unusable)
    for line in unusable:
        if strict:
            raise UserError(f"passage {line}; mend its spans")
        log.warning("skipped: passage %s", line)
    if not any(example.unit.windows for example in examples):
        raise UserError("no training passage with words in it is left; see 'coopclaims data check'")
    misaligned = [line for example in examples for line in example.misaligned]
    for line in misaligned:
        log.warning("widened to word bounds: %s", line)
    cut = sum(example.unit.cut_pieces for example in examples)
    windowed = sum(len(example.unit.windows) > 1 for example in examples)
    counts = (len(unusable), len(misaligned), cut, windowed)
    log.info("%d passages skipped, %d spans widened, %d pieces cut, %d passages in several windows", *counts)
    return examples
