"""A model that finds something in everything, and a folder of inputs of which some are no good."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import torch

from coopclaims.encoders.load import Encoder
from coopclaims.inference.distributed.job import Job
from coopclaims.model.folder import save_model_folder
from coopclaims.model.network import ClaimModel

TEXTS = [
    "Vietnam und Dänemark unterzeichneten am 5. Mai ein Abkommen über Windkraft in Hanoi.",
    "Bộ Công Thương và EU ký kết hợp tác về năng lượng.",
    "The two sides met in Rome, again and again.",
]


def write_shard(path: Path, number: int) -> None:
    texts = [" ".join(TEXTS[(row + other) % 3] for other in range(row % 5 + 1)) for row in range(number)]
    path.write_text("\n".join(json.dumps({"text": text}) for text in texts), encoding="utf-8")


@pytest.fixture
def model_folder(tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder) -> str:
    with torch.no_grad():
        model.tag_head.weight.normal_(0, 1, generator=torch.Generator().manual_seed(3))
    model.config.link_threshold = 0.45
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    return str(tmp_path / "model")


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Two good files, one cut short, one without a document, one empty."""
    folder = tmp_path / "news"
    folder.mkdir()
    write_shard(folder / "a.jsonl", 12)
    write_shard(folder / "b.jsonl", 7)
    whole = gzip.compress((folder / "a.jsonl").read_bytes() * 50, compresslevel=0)
    (folder / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 100])
    (folder / "none.jsonl").write_text("broken\n")
    (folder / "empty.jsonl").write_bytes(b"")
    return folder


@pytest.fixture
def job(tmp_path: Path, model_folder: str) -> Job:
    return Job(model_folder, str(tmp_path / "out"), "records", str(tmp_path))
