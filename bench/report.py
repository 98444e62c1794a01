"""Print how long scoring and rendering a report takes, and the peak memory.

Usage: python bench/report.py [--passages 5000] [--samples 1000] [--data data]
Predictions are the corpus's own records with spans and claims dropped, shifted and mislabelled by a seeded generator.
Seconds are those on the clock, then those of the processor: with other load only the latter mean anything.
"""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import replace

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.evaluation.report import render_report
from coopclaims.provenance import peak_memory_gib
from coopclaims.schema import ARGUMENT_LABELS, STATUSES, TRIGGER, TYPES, WORD, Claim, Passage, Span

# Shares of spans and claims that each mistake befalls; together they give an argument F1 near that of a trained model.
DROPPED = 0.08
SHORTENED = 0.06
MISLABELLED = 0.04
MISTYPED = 0.1
UNLINKED = 0.08


def main() -> None:
    """Score and render once, and print one line each."""
    options = _parse()
    gold = read_corpus([options.data])[: options.passages]
    generator = random.Random(0)
    predicted = [perturbed(passage, generator) for passage in gold]
    started = time.perf_counter(), time.process_time()
    metrics = evaluate_passages(gold, predicted, options.samples)
    scored = time.perf_counter(), time.process_time()
    report = render_report(metrics, gold, predicted, {})
    rendered = time.perf_counter(), time.process_time()
    print(f"{len(gold)} passages, {options.samples} samples, argument F1 {metrics['overall']['argument']['f1']:.2f}")
    for name, since, until in (("scoring", started, scored), ("rendering", scored, rendered)):
        print(f"{name}: {until[0] - since[0]:.1f} s, of the processor {until[1] - since[1]:.1f} s")
    print(f"page: {len(report) / 2**20:.1f} MiB; peak memory: {peak_memory_gib():.2f} GiB")


def perturbed(passage: Passage, generator: random.Random) -> Passage:
    """The annotation with mistakes and scores; a claim without its trigger goes with it."""
    spans = [_span(passage, span, generator) for span in passage.spans if generator.random() >= DROPPED]
    kept = {span.id for span in spans if span.label != TRIGGER}
    triggers = {span.id for span in spans if span.label == TRIGGER}
    claims = [_claim(claim, kept, generator) for claim in passage.claims if claim.trigger in triggers]
    return replace(passage, spans=spans, claims=claims)


def _span(passage: Passage, span: Span, generator: random.Random) -> Span:
    label, end = span.label, span.end
    words = [match.end() for match in WORD.finditer(passage.text, span.start, span.end)]
    if len(words) > 1 and generator.random() < SHORTENED:
        end = words[-2]
    if label != TRIGGER and generator.random() < MISLABELLED:
        label = generator.choice(ARGUMENT_LABELS)
    return replace(span, end=end, label=label, score=round(generator.random(), 4))


def _claim(claim: Claim, kept: set[str], generator: random.Random) -> Claim:
    return replace(
        claim,
        type=generator.choice(TYPES) if generator.random() < MISTYPED else claim.type,
        status=generator.choice(STATUSES) if generator.random() < MISTYPED else claim.status,
        args=[name for name in claim.args if name in kept and generator.random() >= UNLINKED],
        score=round(generator.random(), 4),
    )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--passages", type=int, default=5000)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--data", default="data")
    return parser.parse_args()


if __name__ == "__main__":
    main()
