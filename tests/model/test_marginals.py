from __future__ import annotations

import itertools

import numpy as np
import pytest

from coopclaims.model import crf
from coopclaims.model.marginals import marginals
from coopclaims.model.settings import TAGS


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_marginals_agree_with_enumeration(temperature: float) -> None:
    random = np.random.default_rng(3)
    emissions, transitions, first = (random.normal(size=size).astype(np.float32) for size in ((3, 4, 3), (3, 3), 3))
    lengths = [4, 2, 1]
    mask = np.array([[int(word < length) for word in range(4)] for length in lengths])
    found = marginals(emissions, mask, transitions, first, temperature)
    for row, length in enumerate(lengths):
        expected = np.zeros((length, 3))
        for path in itertools.product(range(3), repeat=length):
            score = first[path[0]] + sum(emissions[row, word, tag] for word, tag in enumerate(path))
            score += sum(transitions[a, b] for a, b in itertools.pairwise(path))
            expected[range(length), path] += np.exp(score / temperature)
        np.testing.assert_allclose(found[row, :length], expected / expected.sum(1, keepdims=True), atol=1e-6)


def test_forbidden_tags_have_no_probability() -> None:
    transitions, first = (scores.numpy() for scores in crf.bio_constraints(TAGS))
    emissions = np.random.default_rng(4).normal(size=(2, 5, len(TAGS))).astype(np.float32) * 8
    found = marginals(emissions, np.ones((2, 5), np.int64), transitions, first)
    inside = [index for index, tag in enumerate(TAGS) if tag.startswith("I-")]
    assert found[:, 0, inside].max() == 0
    np.testing.assert_allclose(found.sum(2), 1)


def test_no_words() -> None:
    transitions, first = (scores.numpy() for scores in crf.bio_constraints(TAGS))
    empty = np.zeros((2, 0, len(TAGS)), np.float32)
    assert marginals(empty, np.zeros((2, 0), np.int64), transitions, first).shape == empty.shape
