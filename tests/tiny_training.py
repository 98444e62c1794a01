"""The configuration that tests of training vary: a tiny random encoder on the fixture passages, float32, no tracker."""

from __future__ import annotations

from pathlib import Path

from coopclaims.encoders.config import EncoderConfig
from coopclaims.training.config import CorpusConfig, TrackerConfig, TrainConfig, TrainerConfig

PASSAGES = str(Path(__file__).parent / "fixtures" / "passages.jsonl")


def tiny_config(output: Path, name: str = "run", **changes: object) -> TrainConfig:
    """A run below ``output``; ``changes`` replace whole groups or top-level keys."""
    return TrainConfig(
        **{
            "name": name,
            "output": str(output),
            "encoder": EncoderConfig(kind="tiny"),
            "corpus": CorpusConfig(train=[PASSAGES], dev=[PASSAGES]),
            "trainer": TrainerConfig(epochs=3, batch_pieces=80, mixed_precision="no"),
            "tracker": TrackerConfig(name=None),
            **changes,
        }
    )
