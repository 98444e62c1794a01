"""Shared fixtures: a tiny random encoder, the joint model on it, and a few annotated passages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.encoders.config import EncoderConfig
from coopclaims.encoders.load import Encoder, load_encoder
from coopclaims.model.config import ClaimConfig
from coopclaims.model.features import Featuriser
from coopclaims.model.network import ClaimModel
from coopclaims.schema import Passage
from tests.browser import started_browser

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="session")
def tiny_encoder() -> Encoder:
    return load_encoder(EncoderConfig(kind="tiny"))


@pytest.fixture
def model(tiny_encoder: Encoder) -> ClaimModel:
    torch.manual_seed(0)
    encoder = load_encoder(EncoderConfig(kind="tiny")).model
    config = ClaimConfig(encoder=encoder.config.to_dict(), window_pieces=60, window_overlap=20, span_size=32)
    return ClaimModel(config, encoder).eval()


@pytest.fixture
def featuriser(tiny_encoder: Encoder, model: ClaimModel) -> Featuriser:
    return Featuriser(tiny_encoder.tokenizer, model.config)


@pytest.fixture(scope="session")
def passages() -> list[Passage]:
    return read_corpus([FIXTURES / "passages.jsonl"])


@pytest.fixture(scope="module")  # beyond a module its event loop would be in the way of asynchronous tests
def browser() -> Iterator[Any]:
    with started_browser() as started:
        yield started
