from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2

from coopclaims.corpus.markup import parse_markup
from coopclaims.evaluation.evaluate import evaluate_passages, exact_f1
from coopclaims.evaluation.scores import COLUMNS, ClaimContent, claim_contents, count_passage, count_passages, f1
from coopclaims.schema import ARGUMENT_LABELS, LABELS, STATUSES, TYPES, WORD, Claim, Passage, Span

GOLD = parse_markup("[[PARTY 1|A]] and [[PARTY 1|B]] [[TRIGGER 1 agreement actual|signed]] [[INSTRUMENT 1|X]]", "p")
LACKS_B = parse_markup("[[PARTY 1|A]] and B [[TRIGGER 1 agreement actual|signed]] [[INSTRUMENT 1|X]]", "p")


def scores(gold: Sequence[Passage], predicted: Sequence[Passage]) -> dict[str, float]:
    values = f1(count_passages(list(zip(gold, predicted, strict=True))).sum(axis=0)).tolist()
    return {name: value for (group, name), value in zip(COLUMNS, values, strict=True) if group == "overall"}


def random_passage(generator: random.Random, number: int) -> Passage:
    """Any valid annotation of a text of 14 words: spans of one to three words, claims on random arguments."""
    text = " ".join(f"w{index}" for index in range(14))
    words = [match.span() for match in WORD.finditer(text)]
    spans: list[Span] = []
    position = 0
    while position < len(words):
        length = generator.randint(1, 3)
        if generator.random() < 0.5 and position + length <= len(words):
            start, end = words[position][0], words[position + length - 1][1]
            spans.append(Span(f"s{len(spans)}", start, end, generator.choice([*LABELS, "TRIGGER", "TRIGGER"])))
        position += length
    arguments = [span.id for span in spans if span.label in ARGUMENT_LABELS]
    claims = [
        Claim(
            f"c{span.id}",
            span.id,
            generator.choice(TYPES[:2]),
            generator.choice(STATUSES[:2]),
            generator.sample(arguments, generator.randint(0, len(arguments))),
        )
        for span in spans
        if span.label == "TRIGGER"
    ]
    return Passage(str(number), text, "en", spans=spans, claims=claims)


@pytest.fixture(scope="module")
def random_pairs() -> list[tuple[Passage, Passage]]:
    generator = random.Random(7)
    return [(random_passage(generator, n), random_passage(generator, n)) for n in range(150)]


def test_worked_example_of_the_guideline() -> None:
    found = scores([GOLD], [LACKS_B])
    assert found["argument"] == pytest.approx(0.80)
    assert found["soft_claim"] == pytest.approx(2 * 3 / (4 + 3))
    assert found["trigger"] == found["typed_trigger"] == 1.0
    assert found["span"] == pytest.approx(2 * 3 / (4 + 3))


def test_nothing_in_gold_and_nothing_predicted_is_one() -> None:
    empty = Passage("p", "No act here.", "en")
    assert set(scores([empty], [empty]).values()) == {1.0}
    assert set(scores([GOLD], [replace(GOLD, spans=[], claims=[])]).values()) == {0.0}


def test_wrong_type_or_status_counts_only_in_typed_figures() -> None:
    denied = replace(GOLD, claims=[replace(GOLD.claims[0], status="denied")])
    found = scores([GOLD], [denied])
    assert found["typed_trigger"] == found["typed_soft_claim"] == 0.0
    assert found["trigger"] == found["argument"] == found["soft_claim"] == found["span"] == 1.0


@pytest.mark.parametrize(
    ("gold", "predicted", "hit"),
    [
        ("[[PARTY 1|a b c]] d", "[[PARTY 1|a b]] c d", True),  # token F1 0.8
        ("[[PARTY 1|a b c]] d", "[[PARTY 1|a]] b c d", True),  # 0.5 exactly
        ("[[PARTY 1|a b c d]] e", "[[PARTY 1|a]] b c d e", False),  # 0.4
        ("[[PARTY 1|a]] b", "[[FIELD 1|a]] b", False),  # another label
        ("[[PARTY 1|a]] b", "a [[PARTY 1|b]]", False),  # touching, no word in common
    ],
)
def test_soft_matching_of_parts(gold: str, predicted: str, hit: bool) -> None:
    tail = " [[TRIGGER 1 relation actual|act]]"
    found = scores([parse_markup(gold + tail, "p")], [parse_markup(predicted + tail, "p")])
    assert found["soft_claim"] == pytest.approx(1.0 if hit else 0.5)
    assert found["argument"] == 0.0


def test_span_f1_agrees_with_seqeval(random_pairs: list[tuple[Passage, Passage]]) -> None:
    expected = f1_score(
        [bio(gold) for gold, _ in random_pairs],
        [bio(predicted) for _, predicted in random_pairs],
        mode="strict",
        scheme=IOB2,
    )
    assert scores(*zip(*random_pairs, strict=True))["span"] == pytest.approx(expected)


def test_all_figures_agree_with_brute_force(random_pairs: list[tuple[Passage, Passage]]) -> None:
    for gold, predicted in random_pairs[:60]:
        if max(len(gold.claims), len(predicted.claims)) > 4:
            continue
        counts = dict(zip(COLUMNS, count_passage(gold, predicted).tolist(), strict=True))
        for name, typed in (("soft_claim", False), ("typed_soft_claim", True)):
            best = best_sum(gold, predicted, typed)
            assert counts["overall", name][0] == pytest.approx(best)
        for name, listed in (("argument", argument_tuples), ("trigger", triggers), ("typed_trigger", typed_triggers)):
            wanted, found = listed(gold), listed(predicted)
            hits = sum(any(one == other for other in found) for one in wanted)
            assert counts["overall", name] == [hits, len(wanted), len(found)]


def test_order_of_records_spans_and_claims_changes_nothing(random_pairs: list[tuple[Passage, Passage]]) -> None:
    generator = random.Random(1)
    pairs = [
        (replace(gold, doc=f"d{n // 3}"), scored(found, generator)) for n, (gold, found) in enumerate(random_pairs)
    ]
    shuffled = [(scrambled(gold, generator), scrambled(predicted, generator)) for gold, predicted in pairs]
    generator.shuffle(shuffled)
    first = evaluate_passages(*zip(*pairs, strict=True), samples=20)
    second = evaluate_passages(*zip(*shuffled, strict=True), samples=20)
    assert first == second
    assert exact_f1(*zip(*pairs, strict=True)) == first["overall"]["argument"]["f1"]


def test_repeated_predictions_count_once() -> None:
    span = GOLD.spans[0]
    twice = replace(GOLD, spans=[*GOLD.spans, replace(span, id="again")])
    assert scores([GOLD], [twice])["span"] == 1.0
    claim = replace(GOLD.claims[0], id="again")
    assert scores([GOLD], [replace(GOLD, claims=[*GOLD.claims, claim])])["soft_claim"] == 1.0


def test_a_touching_span_is_no_hit() -> None:
    near = parse_markup("A [[PARTY 1|and]] [[PARTY 1|B]] [[TRIGGER 1 agreement actual|signed]] [[INSTRUMENT 1|X]]", "p")
    counts = dict(zip(COLUMNS, count_passage(GOLD, near).tolist(), strict=True))
    assert counts["by_label", "PARTY"] == [1, 2, 2]


def bio(passage: Passage) -> list[str]:
    words = [match.span() for match in WORD.finditer(passage.text)]
    tags = ["O"] * len(words)
    for span in passage.spans:
        inside = [index for index, (start, end) in enumerate(words) if span.start <= start and end <= span.end]
        for index in inside:
            tags[index] = f"I-{span.label}"
        tags[inside[0]] = f"B-{span.label}"
    return tags


def scored(passage: Passage, generator: random.Random) -> Passage:
    """With scores, many of them equal."""
    return replace(
        passage,
        spans=[replace(span, score=round(generator.random(), 1)) for span in passage.spans],
        claims=[replace(claim, score=round(generator.random(), 1)) for claim in passage.claims],
    )


def scrambled(passage: Passage, generator: random.Random) -> Passage:
    """The same annotation with other ids and another order of everything."""
    names = {span.id: f"x{generator.random()}" for span in passage.spans}
    spans = [replace(span, id=names[span.id]) for span in passage.spans]
    claims = [
        replace(c, id=f"y{n}", trigger=names[c.trigger], args=[names[a] for a in generator.sample(c.args, len(c.args))])
        for n, c in enumerate(passage.claims)
    ]
    generator.shuffle(spans)
    generator.shuffle(claims)
    return replace(passage, spans=spans, claims=claims)


Listed = list[tuple[object, ...]]


def argument_tuples(passage: Passage) -> Listed:
    """(trigger, argument, label) by offsets, one by one, without a set; random_passage repeats none."""
    bounds = {span.id: (span.start, span.end) for span in passage.spans}
    labels = {span.id: span.label for span in passage.spans}
    return [(bounds[c.trigger], bounds[name], labels[name]) for c in passage.claims for name in c.args]


def triggers(passage: Passage) -> Listed:
    bounds = {span.id: (span.start, span.end) for span in passage.spans}
    return [(bounds[claim.trigger],) for claim in passage.claims]


def typed_triggers(passage: Passage) -> Listed:
    bounds = {span.id: (span.start, span.end) for span in passage.spans}
    return [(bounds[claim.trigger], claim.type, claim.status) for claim in passage.claims]


def best_sum(gold: Passage, predicted: Passage, typed: bool) -> float:
    """The greatest sum of pair scores over all one-to-one matchings, by trying every one."""
    rows, columns = claim_contents(gold), claim_contents(predicted)
    if len(rows) > len(columns):
        rows, columns = columns, rows
    return max(
        (
            sum(pair_score(row, columns[index], typed, gold.text) for row, index in zip(rows, choice, strict=True))
            for choice in itertools.permutations(range(len(columns)), len(rows))
        ),
        default=0.0,
    )


def pair_score(one: ClaimContent, other: ClaimContent, typed: bool, text: str) -> float:
    if typed and (one.type, one.status) != (other.type, other.status):
        return 0.0
    return 2 * most_matches(one, other, text) / (len(one.parts) + len(other.parts))


def most_matches(one: ClaimContent, other: ClaimContent, text: str) -> int:
    """Size of the largest one-to-one matching of parts, by augmenting paths over word sets."""
    edges = [
        [n for n, right in enumerate(other.parts) if left.label == right.label and close(left, right, text)]
        for left in one.parts
    ]
    taken: dict[int, int] = {}

    def augment(row: int, seen: set[int]) -> bool:
        for column in edges[row]:
            if column not in seen:
                seen.add(column)
                if column not in taken or augment(taken[column], seen):
                    taken[column] = row
                    return True
        return False

    return sum(augment(row, set()) for row in range(len(edges)))


def close(left: tuple[int, int, str], right: tuple[int, int, str], text: str) -> bool:
    one, other = (set(words_in(part, text)) for part in (left, right))
    return len(one & other) / (len(one) + len(other)) >= 0.25


def words_in(part: tuple[int, int, str], text: str) -> Iterator[tuple[int, int]]:
    return (m.span() for m in WORD.finditer(text) if part[0] <= m.start() and m.end() <= part[1])


def test_counts_add_up(random_pairs: list[tuple[Passage, Passage]]) -> None:
    together = count_passages(random_pairs).sum(axis=0)
    apart = sum(count_passage(gold, predicted) for gold, predicted in random_pairs)
    np.testing.assert_allclose(together, apart)
