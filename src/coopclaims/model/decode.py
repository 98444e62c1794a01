"""From a network's scores to claims: span tags by Viterbi, then links, types and statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopclaims.model.collation import span_batch
from coopclaims.model.features import Featuriser
from coopclaims.model.marginals import Probabilities, marginals
from coopclaims.model.pairs import UnitSpans, make_unit_spans
from coopclaims.model.scoring import Floats, Scorer, SpanLogits
from coopclaims.model.settings import Settings
from coopclaims.model.units import Array, Unit
from coopclaims.model.viterbi import viterbi
from coopclaims.schema import CORE_LABELS, Claim, Span


@dataclass(frozen=True)
class DecodedUnit:
    """Spans and claims of one unit; offsets are code points of the unit's text, ids s1… and c1… in text order."""

    spans: list[Span]
    claims: list[Claim]


def decode(scorer: Scorer, featuriser: Featuriser, units: Sequence[Unit]) -> list[DecodedUnit]:
    """Score a batch of units (each with at least one word) and decode their claims."""
    settings = scorer.settings
    batch = featuriser.batch(units)
    words = scorer.score_words(batch)
    tag_scores = scorer.tag_scores()
    tags = viterbi(words.emissions, batch.word_mask, *tag_scores)
    tables = spans_from_tags(tags, settings.tags, settings.span_labels)
    spans = [
        make_unit_spans(unit.words, table, featuriser.trigger_index) for unit, table in zip(units, tables, strict=True)
    ]
    scores = _split_scores(scorer.score_spans(words, batch, span_batch(spans)), spans, settings.temperatures)
    confidences = np.zeros(tags.shape)
    # Where nothing was found, nobody asks how sure that is.
    found = np.array([len(unit.label) > 0 for unit in spans], bool)
    likely = marginals(words.emissions[found], batch.word_mask[found], *tag_scores, settings.temperatures["tags"])
    confidences[found] = np.take_along_axis(likely, tags[found][:, :, None], 2)[:, :, 0]
    parts = zip(units, spans, _span_scores(spans, confidences), scores, strict=True)
    return [_assemble(settings, *part) for part in parts]


def spans_from_tags(tags: Array, names: Sequence[str], labels: Sequence[str]) -> list[Array]:
    """Spans [spans, 3] of each row of BIO tags [rows, words]: first word, last word, index of the label.

    An I tag continues the span before it; the tags must be well formed, as Viterbi makes them.
    """
    begins = np.array([name.startswith("B-") for name in names])
    continues = np.array([name.startswith("I-") for name in names])
    label = np.array([labels.index(name[2:]) if name != "O" else -1 for name in names], np.int64)
    # One more word that is outside, so that a span ends with its row.
    inside = np.pad(continues[tags], ((0, 0), (0, 1)))
    row, first = np.nonzero(begins[tags])
    _, last = np.nonzero((label[tags] >= 0) & ~inside[:, 1:])
    table = np.stack([first, last, label[tags[row, first]]], axis=1)
    return np.split(table, np.cumsum(np.bincount(row, minlength=len(tags)))[:-1])


def softmax(logits: NDArray[np.floating[Any]]) -> Probabilities:
    """Probabilities over the last axis."""
    powers = np.exp(logits - logits.max(-1, keepdims=True, initial=-np.inf)).astype(np.float64)
    return powers / powers.sum(-1, keepdims=True)


def sigmoid(logits: Floats) -> Probabilities:
    """Probabilities of single logits."""
    return 1 / (1 + np.exp(-logits.astype(np.float64)))


@dataclass(frozen=True)
class _UnitScores:
    """Probabilities of one unit: links [arguments, triggers], types [triggers, …], statuses [triggers, …]."""

    links: Probabilities
    types: Probabilities
    statuses: Probabilities


def _span_scores(spans: Sequence[UnitSpans], confidences: Probabilities) -> list[list[float]]:
    """Score of each span of each unit: the probability of its least likely tag."""
    return [
        [float(row[first : last + 1].min()) for first, last in zip(unit.first_word, unit.last_word, strict=True)]
        for unit, row in zip(spans, confidences, strict=True)
    ]


def _split_scores(
    scores: SpanLogits, spans: Sequence[UnitSpans], temperatures: Mapping[str, float]
) -> list[_UnitScores]:
    triggers = np.cumsum([len(unit.triggers) for unit in spans])[:-1]
    pairs = np.cumsum([len(unit.pair_argument) for unit in spans])[:-1]
    links = np.split(sigmoid(scores.links), pairs)
    types = np.split(softmax(scores.types / temperatures["types"]), triggers)
    statuses = np.split(softmax(scores.statuses / temperatures["statuses"]), triggers)
    tables = [_link_table(unit, found) for unit, found in zip(spans, links, strict=True)]
    return [_UnitScores(*parts) for parts in zip(tables, types, statuses, strict=True)]


def _link_table(spans: UnitSpans, links: Probabilities) -> Probabilities:
    """Link probabilities [arguments, triggers] of a unit; 0 for spans too far apart to be paired."""
    arguments = _arguments(spans)
    table = np.zeros((len(arguments), len(spans.triggers)))
    rows = np.searchsorted(arguments, spans.pair_argument)
    table[rows, np.searchsorted(spans.triggers, spans.pair_trigger)] = links
    return table


def _arguments(spans: UnitSpans) -> Array:
    """Positions of the spans that are no triggers."""
    others = np.ones(len(spans.label), bool)
    others[spans.triggers] = False
    return np.flatnonzero(others)


def _assemble(
    settings: Settings, unit: Unit, spans: UnitSpans, confidences: Sequence[float], scores: _UnitScores
) -> DecodedUnit:
    """Build claims from probabilities; spans in no claim are left out, as in the guideline's records.

    A model that only tags keeps all its spans.
    """
    arguments = _arguments(spans)
    linked = _linked(settings, scores.links)
    claims: list[tuple[int, list[int], int]] = []
    for column, trigger in enumerate(spans.triggers.tolist()):
        found = arguments[linked[:, column]].tolist()
        if any(settings.span_labels[spans.label[index]] in CORE_LABELS for index in found):
            claims.append((trigger, found, column))
    used = sorted({index for trigger, found, _ in claims for index in (trigger, *found)})
    if not settings.finds_claims:
        used = arguments.tolist()
    records = {index: _span(settings, unit, spans, confidences, index, number) for number, index in enumerate(used, 1)}
    return DecodedUnit(
        list(records.values()),
        [
            _claim(settings, number, records[trigger], [records[index].id for index in found], scores, column)
            for number, (trigger, found, column) in enumerate(claims, 1)
        ],
    )


def _linked(settings: Settings, links: Probabilities) -> NDArray[np.bool_]:
    """Which argument belongs to which trigger: above the threshold, or else the argument's best trigger."""
    linked: NDArray[np.bool_] = links >= settings.link_threshold
    if links.size:
        best = links.argmax(1)
        rows = np.flatnonzero(links.max(1) >= settings.fallback_threshold)
        linked[rows, best[rows]] = True
    return linked


def _span(
    settings: Settings, unit: Unit, spans: UnitSpans, confidences: Sequence[float], index: int, number: int
) -> Span:
    first, last = int(spans.first_word[index]), int(spans.last_word[index])
    start, end = int(unit.words.starts[first]), int(unit.words.ends[last])
    return Span(f"s{number}", start, end, settings.span_labels[spans.label[index]], round(confidences[index], 4))


def _claim(
    settings: Settings, number: int, trigger: Span, arguments: list[str], scores: _UnitScores, column: int
) -> Claim:
    kind, status = int(scores.types[column].argmax()), int(scores.statuses[column].argmax())
    score = (trigger.score or 0.0) * float(scores.types[column, kind]) * float(scores.statuses[column, status])
    return Claim(
        f"c{number}",
        trigger.id,
        settings.claim_types[kind],
        settings.claim_statuses[status],
        arguments,
        round(score, 4),
    )
