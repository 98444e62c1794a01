"""Fit what merging judges pairs by, on the story groups of the training split, and write it into the package.

Usage: python scripts/tune_merge.py data

Writes background.json (how many training mentions have each frequent key) and weights.json (logistic regression on
candidate pairs; similarities may only speak for a pair, differences only against it). As the corpus tells each story
once in a language, shortened copies of mentions stand for further tellings. The threshold is the one of THRESHOLDS with
the best B-cubed F1 on all claims of the development split, the one nearest to 0 among equals; the sweep on its story
passages alone is printed too.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

import coopclaims.records.merging as package
from coopclaims.corpus.jsonl import read_corpus
from coopclaims.evaluation.clusters import Grouping, b_cubed
from coopclaims.evaluation.merging import GoldMention, gold_mentions
from coopclaims.files import atomic_write
from coopclaims.records.merging.candidates import candidate_pairs, passage_numbers
from coopclaims.records.merging.clusters import cluster
from coopclaims.records.merging.features import AGAINST, FEATURES, pair_features
from coopclaims.records.merging.views import VIEWS, background, view_keys
from coopclaims.records.merging.weights import Weights

FOLDER = Path(package.__path__[0])
FEWEST = 20
L2 = 3.0
THRESHOLDS = tuple(step / 4 for step in range(-8, 9))
COPIED, KEPT_WORDS, KEPT_ARGUMENTS = 0.3, 0.6, 0.7
SEED = 8


def main() -> None:
    """Write both files and print the weights."""
    train = gold_mentions(read_corpus(sys.argv[1:] or ["data"], split="train"))
    _write("background.json", _background(train))
    background.cache_clear()
    stories = sorted((gold for gold in train if gold.story), key=lambda gold: gold.mention.identity)
    stories = sorted([*stories, *_copies(stories)], key=lambda gold: gold.mention.identity)
    mentions = [gold.mention for gold in stories]
    pairs = candidate_pairs(mentions)
    features = pair_features(mentions, pairs)
    same = np.array([stories[i].event == stories[j].event for i, j in pairs.tolist()], dtype=float)
    weights, bias = _fit(features, same)
    dev = gold_mentions(read_corpus(sys.argv[1:] or ["data"], split="dev"))
    on_stories = _sweep([gold for gold in dev if gold.story], weights, bias)
    on_all = _sweep(dev, weights, bias)
    for threshold in THRESHOLDS:
        print(f"threshold {threshold:5.2f}: B-cubed F1 {on_all[threshold]:.4f}, stories {on_stories[threshold]:.4f}")
    named = {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)}
    result = {
        "command": "python scripts/tune_merge.py data",
        "pairs": len(pairs),
        "pairs_of_one_act": int(same.sum()),
        "threshold": max(THRESHOLDS, key=lambda threshold: (on_all[threshold], -abs(threshold))),
        "bias": round(bias, 4),
        "weights": named,
    }
    _write("weights.json", result)
    print(json.dumps(result, indent=2))


def _sweep(gold: list[GoldMention], weights: np.ndarray, bias: float) -> dict[float, float]:
    """B-cubed F1 on all of ``gold`` together, by threshold."""
    ordered = sorted(gold, key=lambda item: item.mention.identity)
    mentions = [item.mention for item in ordered]
    pairs, passages = candidate_pairs(mentions), passage_numbers(mentions)
    log_odds = Weights(weights, bias, 0.0).log_odds(pair_features(mentions, pairs))
    truth: Grouping = {at: item.event for at, item in enumerate(ordered)}
    return {
        threshold: b_cubed(truth, dict(enumerate(cluster(passages, pairs, log_odds, threshold).tolist()))).f1
        for threshold in THRESHOLDS
    }


def _background(train: list[GoldMention]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {"total": {"mentions": len(train)}}
    for view in VIEWS:
        counts = Counter(key for gold in train for key in set(view_keys(gold.mention, view)))
        found[view] = {key: count for key, count in sorted(counts.items()) if count >= FEWEST}
    return found


def _copies(stories: list[GoldMention]) -> list[GoldMention]:
    """Shortened copies of some passages, as if another paper told the same in the same language."""
    chance = random.Random(SEED)
    passages = sorted({gold.mention.passage for gold in stories})
    chosen = {name for name in passages if chance.random() < COPIED}
    return [_copy(gold, chance) for gold in stories if gold.mention.passage in chosen]


def _copy(gold: GoldMention, chance: random.Random) -> GoldMention:
    mention = gold.mention
    context = tuple(key for key in mention.context if chance.random() < KEPT_WORDS)
    arguments = tuple(a for a in mention.arguments if chance.random() < KEPT_ARGUMENTS)
    name = f"{mention.passage}-copy"
    return replace(gold, mention=replace(mention, document=name, passage=name, context=context, arguments=arguments))


def _fit(features: np.ndarray, same: np.ndarray) -> tuple[np.ndarray, float]:
    """Logistic regression with an L2 penalty on weights of features of unit variance, signs as AGAINST says."""
    scale = features.std(axis=0) + 1e-9
    inputs = np.c_[features / scale, np.ones(len(features))]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = inputs @ weights
        penalty = np.r_[weights[:-1], 0.0]
        value = np.logaddexp(0, scores).sum() - (same * scores).sum() + L2 / 2 * (penalty**2).sum()
        return float(value), inputs.T @ (1 / (1 + np.exp(-scores)) - same) + L2 * penalty

    bounds = [(None, 0.0) if name in AGAINST else (0.0, None) for name in FEATURES]
    start = np.zeros(inputs.shape[1])
    fitted = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)], options={"maxiter": 2000}
    )
    return fitted.x[:-1] / scale, float(fitted.x[-1])


def _write(name: str, value: Any) -> None:
    with atomic_write(FOLDER / name) as file:
        file.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
