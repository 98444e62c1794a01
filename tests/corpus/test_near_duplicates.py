import random

import pytest

from coopclaims.corpus.findings import Located
from coopclaims.corpus.near_duplicates import near_duplicates, shingles, similar_sets
from coopclaims.schema import Passage


def test_shingles_ignore_case_and_punctuation() -> None:
    assert shingles("Ann, Bob and: “Cat” MEET!") == {("ann", "bob", "and", "cat", "meet")}


def test_shingles_of_short_texts() -> None:
    assert shingles("Ann and Bob") == {("ann", "and", "bob")}
    assert shingles("… !") == frozenset()


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_similar_sets_are_those_of_comparing_all_pairs(seed: int, threshold: float) -> None:
    source = random.Random(seed)
    vocabulary = [(str(n),) for n in range(8)]
    sets = [frozenset(source.sample(vocabulary, source.randrange(7))) for _ in range(60)]
    expected = {
        (later, earlier)
        for later in range(len(sets))
        for earlier in range(later)
        if sets[later] | sets[earlier]
        and len(sets[later] & sets[earlier]) / len(sets[later] | sets[earlier]) >= threshold
    }
    found = {(later, earlier) for later, similar in similar_sets(sets, threshold) for _, earlier in similar}
    assert found == expected
    assert len(found) > 0


def test_the_nearest_earlier_passage_is_named() -> None:
    words = [f"w{n}" for n in range(40)]
    texts = [" ".join([*words[:30], "x"]), " ".join([*words[:39], "y"]), " ".join(words)]
    corpus = [Located("a.jsonl", n, Passage(f"p{n}", text)) for n, text in enumerate(texts, 1)]
    messages = {f.record: f.message for f in near_duplicates(corpus)}
    assert messages["p3"] == "95% of its word 5-grams shared with a.jsonl:2 record 'p2'"
    assert "record 'p1'" in messages["p2"]
