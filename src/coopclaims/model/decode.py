"""From the network's scores to claims: span tags by Viterbi, then links, types and statuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from coopclaims.model import crf
from coopclaims.model.collation import span_batch, to_device
from coopclaims.model.config import ClaimConfig
from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel, SpanScores
from coopclaims.model.pairs import UnitSpans, make_unit_spans
from coopclaims.model.units import Unit
from coopclaims.schema import Claim, Span

# A claim needs at least one of these (guideline, "A cooperation claim").
CORE_LABELS = ("PARTY", "INSTRUMENT", "FIELD")


@dataclass(frozen=True)
class DecodedUnit:
    """Spans and claims of one unit; offsets are code points of the unit's text, ids s1… and c1… in text order."""

    spans: list[Span]
    claims: list[Claim]


@torch.inference_mode()
def decode(model: ClaimModel, featuriser: Featuriser, units: Sequence[Unit]) -> list[DecodedUnit]:
    """Run the model over a batch of units (each with at least one word) and decode its claims."""
    batch = to_device(featuriser.batch(units), model.device)
    states = model.encode(batch)
    emissions = states.emissions.float()
    transitions, first_tag = model.tag_scores()
    best = crf.viterbi(emissions, batch.word_mask, transitions.float(), first_tag.float())
    confidences = emissions.softmax(-1).gather(2, best.unsqueeze(2)).squeeze(2).tolist()
    tags = best.tolist()
    names = model.config.tags
    bounds = [spans_from_tags([names[tag] for tag in row[: len(u.words)]]) for row, u in zip(tags, units, strict=True)]
    spans = [
        make_unit_spans(
            unit.words, [(f, la, featuriser.label_index[name]) for f, la, name in found], featuriser.trigger_index
        )
        for unit, found in zip(units, bounds, strict=True)
    ]
    scores = model.score_spans(states, to_device(span_batch(spans), model.device))
    return [
        _assemble(model.config, unit, unit_spans, confidence, unit_scores)
        for unit, unit_spans, confidence, unit_scores in zip(
            units, spans, confidences, _split_scores(scores, spans), strict=True
        )
    ]


def spans_from_tags(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """(first word, last word, label) of each span of a BIO tag sequence."""
    spans: list[tuple[int, int, str]] = []
    for word, tag in enumerate(tags):
        if tag.startswith("B-"):
            spans.append((word, word, tag[2:]))
        elif tag.startswith("I-"):
            spans[-1] = (spans[-1][0], word, spans[-1][2])
    return spans


@dataclass(frozen=True)
class _UnitScores:
    """Probabilities of one unit: links [arguments, triggers], types [triggers, …], statuses [triggers, …]."""

    links: Tensor
    types: Tensor
    statuses: Tensor


def _split_scores(scores: SpanScores, spans: Sequence[UnitSpans]) -> list[_UnitScores]:
    triggers = [len(unit.triggers) for unit in spans]
    links = scores.links.float().sigmoid().cpu().split([len(unit.pair_argument) for unit in spans])
    types = scores.types.float().softmax(-1).cpu().split(triggers)
    statuses = scores.statuses.float().softmax(-1).cpu().split(triggers)
    tables = [_link_table(unit, found) for unit, found in zip(spans, links, strict=True)]
    return [_UnitScores(*parts) for parts in zip(tables, types, statuses, strict=True)]


def _link_table(spans: UnitSpans, links: Tensor) -> Tensor:
    """Link probabilities [arguments, triggers] of a unit; 0 for spans too far apart to be paired."""
    arguments = np.setdiff1d(np.arange(len(spans.label)), spans.triggers)
    table = torch.zeros(len(arguments), len(spans.triggers))
    rows = np.searchsorted(arguments, spans.pair_argument)
    columns = np.searchsorted(spans.triggers, spans.pair_trigger)
    table[torch.from_numpy(rows), torch.from_numpy(columns)] = links
    return table


def _assemble(
    config: ClaimConfig, unit: Unit, spans: UnitSpans, confidences: Sequence[float], scores: _UnitScores
) -> DecodedUnit:
    """Build claims from probabilities; spans in no claim are left out, as in the guideline's records.

    A model that only tags keeps all its spans.
    """
    arguments = np.setdiff1d(np.arange(len(spans.label)), spans.triggers).tolist()
    linked = _linked(config, scores.links)
    claims: list[tuple[int, list[int], int]] = []
    for column, trigger in enumerate(spans.triggers.tolist()):
        found = [arguments[row] for row in torch.nonzero(linked[:, column]).flatten().tolist()]
        if any(config.span_labels[spans.label[index]] in CORE_LABELS for index in found):
            claims.append((trigger, found, column))
    used = sorted({index for trigger, found, _ in claims for index in (trigger, *found)})
    if not config.finds_claims:
        used = arguments
    records = {index: _span(config, unit, spans, confidences, index, number) for number, index in enumerate(used, 1)}
    return DecodedUnit(
        list(records.values()),
        [
            _claim(config, number, records[trigger], [records[index].id for index in found], scores, column)
            for number, (trigger, found, column) in enumerate(claims, 1)
        ],
    )


def _linked(config: ClaimConfig, links: Tensor) -> Tensor:
    """Which argument belongs to which trigger: above the threshold, or else the argument's best trigger."""
    linked = links >= config.link_threshold
    if links.numel():
        best = torch.zeros_like(linked).scatter_(1, links.argmax(1, keepdim=True), True)
        linked |= best & (links >= config.fallback_threshold)
    return linked


def _span(
    config: ClaimConfig, unit: Unit, spans: UnitSpans, confidences: Sequence[float], index: int, number: int
) -> Span:
    first, last = int(spans.first_word[index]), int(spans.last_word[index])
    score = sum(confidences[first : last + 1]) / (last + 1 - first)
    start, end = int(unit.words.starts[first]), int(unit.words.ends[last])
    return Span(f"s{number}", start, end, config.span_labels[spans.label[index]], round(score, 4))


def _claim(
    config: ClaimConfig, number: int, trigger: Span, arguments: list[str], scores: _UnitScores, column: int
) -> Claim:
    kind, status = int(scores.types[column].argmax()), int(scores.statuses[column].argmax())
    score = (trigger.score or 0.0) * float(scores.types[column, kind]) * float(scores.statuses[column, status])
    return Claim(
        f"c{number}",
        trigger.id,
        config.claim_types[kind],
        config.claim_statuses[status],
        arguments,
        round(score, 4),
    )
