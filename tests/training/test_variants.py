from __future__ import annotations

from pathlib import Path

import numpy as np

from coopclaims.encoders.config import EncoderConfig
from coopclaims.model.features import Featuriser
from coopclaims.schema import Passage
from coopclaims.training.config import (
    AugmentationConfig,
    CorpusConfig,
    OptimiserConfig,
    TrackerConfig,
    TrainConfig,
    TrainerConfig,
)
from coopclaims.training.train import train
from coopclaims.training.variants import Variants

PASSAGES = str(Path(__file__).parents[1] / "fixtures" / "passages.jsonl")


def variants(featuriser: Featuriser, passages: list[Passage], seed: int = 0, **shares: float) -> Variants:
    return Variants(featuriser.examples(passages), featuriser, AugmentationConfig(**shares), seed)


def test_an_epoch_is_the_same_for_the_same_seed_and_in_any_order(
    featuriser: Featuriser, passages: list[Passage]
) -> None:
    made = variants(featuriser, passages, replace_mentions=0.5, mask_words=0.2)
    indices = list(range(len(passages)))
    forward, backward = made.of(indices, 1), made.of(indices[::-1], 1)[::-1]
    for one, other in zip(forward, backward, strict=True):
        assert one.passage == other.passage
        assert all(np.array_equal(a, b) for a, b in zip(one.unit.windows, other.unit.windows, strict=True))
    epochs = {tuple(example.passage.text for example in made.of(indices, epoch)) for epoch in range(1, 20)}
    assert len(epochs) > 1


def test_masked_words_keep_their_targets(featuriser: Featuriser, passages: list[Passage]) -> None:
    original = featuriser.examples(passages)
    masked = variants(featuriser, passages, mask_words=0.3).of(range(len(passages)), 1)
    hidden = total = 0
    for before, after in zip(original, masked, strict=True):
        assert np.array_equal(before.targets.tags, after.targets.tags)
        for window, changed in zip(before.unit.windows, after.unit.windows, strict=True):
            hidden += int((changed == featuriser.mask).sum())
            total += len(window)
            assert np.array_equal(window[changed != featuriser.mask], changed[changed != featuriser.mask])
    assert 0.2 < hidden / total < 0.4


def test_a_training_on_variants_is_reproducible(tmp_path: Path) -> None:
    for name in ("one", "two"):
        train(
            TrainConfig(
                name=name,
                output=str(tmp_path),
                encoder=EncoderConfig(kind="tiny"),
                augmentation=AugmentationConfig(replace_mentions=0.3, mask_words=0.1),
                optimiser=OptimiserConfig(freeze_layers=1),
                corpus=CorpusConfig(train=[PASSAGES], dev=[PASSAGES]),
                trainer=TrainerConfig(epochs=2, batch_pieces=80, mixed_precision="no"),
                tracker=TrackerConfig(name=None),
            )
        )
    one, two = (tmp_path / name / "model" / "model.safetensors" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
