"""Temperatures that make a model's scores mean what they say: fitted on annotated passages it was not trained on.

Guo et al. (2017), "On Calibration of Modern Neural Networks": dividing all scores of a head by one number leaves what
is found as it is and changes only how sure the model claims to be. The number is the one of greatest likelihood.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize_scalar
from tqdm import tqdm

from coopclaims.errors import UserError
from coopclaims.model.collation import span_batch
from coopclaims.model.decode import softmax
from coopclaims.model.features import Featuriser
from coopclaims.model.marginals import Probabilities, marginals
from coopclaims.model.predict import BATCH_PIECES, length_batches
from coopclaims.model.scoring import Floats, Scorer
from coopclaims.model.units import IGNORED, Array, Example
from coopclaims.schema import Passage

log = logging.getLogger(__name__)

# Temperatures that are tried; at the ends a head is as good as sure of everything, or of nothing.
BOUNDS = (0.2, 10.0)
LEAST_PROBABILITY = 1e-12


def fit_temperatures(scorer: Scorer, featuriser: Featuriser, passages: Sequence[Passage]) -> dict[str, float]:
    """The best temperature of each head: ``tags``, ``types`` and ``statuses``.

    Passages that cannot be used are logged. Raises UserError where none is left.
    """
    unusable: list[str] = []
    examples = [example for example in featuriser.examples(passages, unusable) if example.unit.windows]
    for line in unusable:
        log.warning("skipped: passage %s", line)
    if not examples:
        raise UserError("no annotated passage to calibrate on")
    tags, types, statuses = _scored(scorer, featuriser, examples)
    transitions, first = scorer.tag_scores()

    def tag_loss(temperature: float) -> float:
        loss = 0.0
        for emissions, mask, gold in tags:
            likely = marginals(emissions, mask, transitions, first, temperature)
            loss += _negative_log_likelihood(likely[mask > 0], gold[mask > 0])
        return loss

    fitted = {"tags": _best(tag_loss)}
    for name, parts in (("types", types), ("statuses", statuses)):
        fitted[name] = best_temperature(*(np.concatenate(side) for side in zip(*parts, strict=True)))
    return fitted


Scored = tuple[list[tuple[Floats, Array, Array]], list[tuple[Floats, Array]], list[tuple[Floats, Array]]]


def _scored(scorer: Scorer, featuriser: Featuriser, examples: Sequence[Example]) -> Scored:
    """Tag scores with mask and gold tags, and logits with gold of types and statuses, batch by batch."""
    tags: list[tuple[Floats, Array, Array]] = []
    types: list[tuple[Floats, Array]] = []
    statuses: list[tuple[Floats, Array]] = []
    units = [example.unit for example in examples]
    with tqdm(total=len(units), desc="calibrating", unit="passage", delay=1) as bar:
        for indices in length_batches(units, BATCH_PIECES):
            chosen = [examples[index] for index in indices]
            batch = featuriser.batch([example.unit for example in chosen])
            words = scorer.score_words(batch)
            width = words.emissions.shape[1]
            gold = np.stack([np.pad(e.targets.tags, (0, width - len(e.targets.tags))) for e in chosen])
            tags.append((words.emissions, batch.word_mask, gold))
            logits = scorer.score_spans(words, batch, span_batch([example.targets.spans for example in chosen]))
            for parts, found, name in ((types, logits.types, "types"), (statuses, logits.statuses, "statuses")):
                targets = np.concatenate([getattr(example.targets, name) for example in chosen])
                parts.append((found[targets != IGNORED], targets[targets != IGNORED]))
            bar.update(len(indices))
    return tags, types, statuses


def _negative_log_likelihood(probabilities: Probabilities, gold: Array) -> float:
    chosen = probabilities[np.arange(len(gold)), gold]
    return float(-np.log(np.maximum(chosen, LEAST_PROBABILITY)).sum())


def best_temperature(logits: Floats, gold: Array) -> float:
    """The best temperature of logits [items, classes] with gold [items]; 1 where there is nothing to fit."""
    if not len(gold):
        return 1.0
    return _best(lambda temperature: _negative_log_likelihood(softmax(logits / temperature), gold))


def _best(loss: Callable[[float], float]) -> float:
    """The temperature of least loss, searched on a logarithmic scale."""

    def loss_of_logarithm(heat: float) -> float:
        return loss(math.exp(heat))

    bounds = (math.log(BOUNDS[0]), math.log(BOUNDS[1]))
    found = minimize_scalar(loss_of_logarithm, bounds=bounds, method="bounded", options={"xatol": 0.01})
    return round(math.exp(float(found.x)), 4)
