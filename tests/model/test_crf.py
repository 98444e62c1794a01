from __future__ import annotations

import itertools

import torch
from torch import Tensor

from coopclaims.model import crf
from coopclaims.model.config import TAGS


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
    best = crf.viterbi(emissions, mask, transitions, first)
    for row, length in enumerate(lengths):
        paths = list(itertools.product(range(4), repeat=length))
        scores = torch.stack([path_score(emissions[row], path, transitions, first) for path in paths])
        gold = path_score(emissions[row], tuple(tags[row, :length].tolist()), transitions, first)
        expected = expected + torch.logsumexp(scores, 0) - gold
        assert tuple(best[row, :length].tolist()) == paths[int(scores.argmax())]
        assert best[row, length:].eq(0).all()
    loss = crf.negative_log_likelihood(emissions, tags, mask, transitions, first)
    torch.testing.assert_close(loss, expected)


def test_decoded_paths_obey_bio() -> None:
    transitions, first = crf.bio_constraints(TAGS)
    emissions = torch.randn(20, 30, len(TAGS), generator=torch.Generator().manual_seed(2)) * 5
    paths = crf.viterbi(emissions, torch.ones(20, 30), transitions, first)
    for path in paths.tolist():
        before = "O"
        for tag in (TAGS[index] for index in path):
            if tag.startswith("I-"):
                assert before in (f"B-{tag[2:]}", tag)
            before = tag


def test_no_words() -> None:
    transitions, first = crf.bio_constraints(TAGS)
    assert crf.viterbi(torch.zeros(2, 0, len(TAGS)), torch.zeros(2, 0), transitions, first).shape == (2, 0)


def test_viterbi_stays_on_the_device_of_its_input() -> None:
    """The meta device refuses, as a GPU does, to be mixed with tensors of the CPU."""
    emissions, transitions, first = (torch.zeros(*size, device="meta") for size in ((2, 3, 4), (4, 4), (4,)))
    mask = torch.ones(2, 3, dtype=torch.long, device="meta")
    assert crf.viterbi(emissions, mask, transitions, first).device.type == "meta"
    assert crf.viterbi(emissions[:, :0], mask[:, :0], transitions, first).device.type == "meta"
