from __future__ import annotations

from coopclaims.model.alignment import find_words
from coopclaims.model.pairs import FARTHEST_PAIR, make_unit_spans

TRIGGER = 0
PARTY = 1


def test_every_argument_meets_every_trigger() -> None:
    words = find_words("A signed B . C met D")
    spans = [(0, 0, PARTY), (1, 1, TRIGGER), (2, 2, PARTY), (4, 4, PARTY), (5, 5, TRIGGER), (6, 6, PARTY)]
    found = make_unit_spans(words, spans, TRIGGER)
    pairs = list(zip(found.pair_argument.tolist(), found.pair_trigger.tolist(), strict=True))
    assert pairs == [(a, t) for a in (0, 2, 3, 5) for t in (1, 4)]
    features = dict(zip(pairs, found.pair_features.tolist(), strict=True))
    # A-signed: adjacent, nothing between, the nearest trigger.
    assert features[0, 1][1:] == [0, 0, 0]
    # A-met: the other trigger and a full stop lie between, and the other trigger is nearer.
    assert features[0, 4][1:] == [1, 1, 1]
    # Before and after the trigger are different buckets of the same distance.
    assert features[0, 1][0] != features[2, 1][0]


def test_no_pairs_without_triggers_or_arguments() -> None:
    words = find_words("A met")
    assert make_unit_spans(words, [(0, 0, PARTY)], TRIGGER).pair_features.shape == (0, 4)
    assert make_unit_spans(words, [(1, 1, TRIGGER)], TRIGGER).pair_features.shape == (0, 4)
    assert make_unit_spans(words, [], TRIGGER).triggers.shape == (0,)


def test_spans_far_apart_are_no_pair() -> None:
    words = find_words(" ".join(f"w{n}" for n in range(FARTHEST_PAIR + 10)))
    last = len(words) - 1
    spans = make_unit_spans(words, [(0, 0, 0), (5, 5, 1), (last, last, 1)], 0)
    assert spans.pair_argument.tolist() == [1]
    assert len(spans.pair_features) == 1


def test_triggers_nearer_are_counted_by_distance_not_by_place() -> None:
    words = find_words("t . t a . . t")
    spans = make_unit_spans(words, [(0, 0, 0), (2, 2, 0), (3, 3, 1), (6, 6, 0)], 0)
    assert dict(zip(spans.pair_trigger.tolist(), spans.pair_features[:, 3].tolist(), strict=True)) == {0: 1, 1: 0, 3: 1}
