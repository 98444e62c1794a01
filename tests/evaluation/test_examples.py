from __future__ import annotations

import random
from dataclasses import replace

from coopclaims.corpus.markup import parse_markup
from coopclaims.evaluation.examples import choose_examples
from coopclaims.schema import Passage

MARKED = "[[PARTY 1|A]] [[TRIGGER 1 agreement actual|signed]] [[FIELD 1|chips]]"


def pair(number: int, score: float | None, right: bool) -> tuple[Passage, Passage]:
    gold = parse_markup(MARKED, f"p{number:03}", "en")
    predicted = parse_markup(MARKED, gold.id, "en")
    predicted.claims[0].score = score
    return gold, predicted if right else replace(predicted, spans=[], claims=[])


PAIRS = [pair(n, n / 100, right=n % 10 > 0) for n in range(100)]


def test_worst_borderline_and_random_whatever_the_order() -> None:
    found = choose_examples(PAIRS, seed=3, limit=5)
    shuffled = random.Random(0).sample(PAIRS, len(PAIRS))
    assert choose_examples(shuffled, seed=3, limit=5) == found
    chosen = {name: [e.gold.id for e in found if name in e.chosen] for name in ("worst", "borderline", "random")}
    assert chosen["worst"] == ["p000", "p010", "p020", "p030", "p040"]
    assert chosen["borderline"] == ["p047", "p048", "p049", "p051", "p052"]
    assert len(chosen["random"]) == 5
    assert len({example.gold.id for example in found}) == len(found)


def test_another_seed_draws_others() -> None:
    drawn = [{e.gold.id for e in choose_examples(PAIRS, seed=seed, limit=8) if "random" in e.chosen} for seed in (0, 1)]
    assert drawn[0] != drawn[1]


def test_without_scores_or_errors_only_the_drawn_are_left() -> None:
    pairs = [pair(n, None, right=True) for n in range(4)]
    assert {example.chosen for example in choose_examples(pairs, seed=0)} == {("random",)}
