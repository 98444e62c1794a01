from __future__ import annotations

import itertools

import torch
from torch import Tensor

from coopclaims.model import crf
from coopclaims.model.settings import TAGS
from coopclaims.model.viterbi import viterbi


def path_score(emissions: Tensor, path: tuple[int, ...], transitions: Tensor, first: Tensor) -> Tensor:
    steps = sum(transitions[a, b] for a, b in itertools.pairwise(path))
    return first[path[0]] + sum(emissions[word, tag] for word, tag in enumerate(path)) + steps


def test_loss_and_best_path_agree_with_enumeration() -> None:
    generator = torch.Generator().manual_seed(1)
    emissions, transitions, first = (torch.randn(*s, generator=generator) for s in ((3, 4, 4), (4, 4), (4,)))
    lengths = [4, 2, 1]
    mask = torch.tensor([[int(word < length) for word in range(4)] for length in lengths])
    tags = torch.randint(0, 4, (3, 4), generator=generator)
    expected = torch.zeros(())
    best = viterbi(*(value.numpy() for value in (emissions, mask, transitions, first)))
    for row, length in enumerate(lengths):
        paths = list(itertools.product(range(4), repeat=length))
        scores = torch.stack([path_score(emissions[row], path, transitions, first) for path in paths])
        gold = path_score(emissions[row], tuple(tags[row, :length].tolist()), transitions, first)
        expected = expected + torch.logsumexp(scores, 0) - gold
        assert tuple(best[row, :length].tolist()) == paths[int(scores.argmax())]
        assert not best[row, length:].any()
    loss = crf.negative_log_likelihood(emissions, tags, mask, transitions, first)
    torch.testing.assert_close(loss, expected)


def test_decoded_paths_obey_bio() -> None:
    transitions, first = crf.bio_constraints(TAGS)
    emissions = torch.randn(20, 30, len(TAGS), generator=torch.Generator().manual_seed(2)) * 5
    paths = viterbi(*(value.numpy() for value in (emissions, torch.ones(20, 30), transitions, first)))
    for path in paths.tolist():
        before = "O"
        for tag in (TAGS[index] for index in path):
            if tag.startswith("I-"):
                assert before in (f"B-{tag[2:]}", tag)
            before = tag


def test_no_words() -> None:
    transitions, first = crf.bio_constraints(TAGS)
    empty = (torch.zeros(2, 0, len(TAGS)), torch.zeros(2, 0), transitions, first)
    assert viterbi(*(value.numpy() for value in empty)).shape == (2, 0)
