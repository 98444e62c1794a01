"""Training examples that differ from epoch to epoch: other names, joined passages, masked words.

What a passage becomes depends on the seed, the epoch and its place in the corpus alone, so that a resumed run and
every process get the same variants. Batches are planned from the passages as they are; variants are about as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coopclaims.corpus.augment import MentionPool, joined
from coopclaims.model.features import Featuriser
from coopclaims.model.units import Example, Unit
from coopclaims.schema import Passage
from coopclaims.training.config import AugmentationConfig


class Variants:
    """Makes the examples of an epoch out of the passages of ``examples``."""

    def __init__(
        self, examples: Sequence[Example], featuriser: Featuriser, config: AugmentationConfig, seed: int
    ) -> None:
        self.examples = examples
        self.featuriser = featuriser
        self.config = config
        self.seed = seed
        self.pool = MentionPool(example.passage for example in examples)
        self.by_language: dict[str | None, list[int]] = {}
        for index, example in enumerate(examples):
            self.by_language.setdefault(example.passage.lang, []).append(index)

    def of(self, indices: Sequence[int], epoch: int) -> list[Example]:
        """The variants of some examples in one epoch."""
        generators = [np.random.default_rng([self.seed, epoch, index]) for index in indices]
        passages = [self._passage(index, random) for index, random in zip(indices, generators, strict=True)]
        made = [self._example(index, passage) for index, passage in zip(indices, passages, strict=True)]
        return [
            replace(example, unit=self._masked(example.unit, random))
            for example, random in zip(made, generators, strict=True)
        ]

    def _passage(self, index: int, random: np.random.Generator) -> Passage:
        passage = self.examples[index].passage
        if random.random() < self.config.join:
            others = self.by_language[passage.lang]
            passage = joined(passage, self.examples[others[random.integers(len(others))]].passage)
        if self.config.replace_mentions:
            passage = self.pool.replaced(passage, self.config.replace_mentions, random)
        return passage

    def _example(self, index: int, passage: Passage) -> Example:
        if passage is self.examples[index].passage:
            return self.examples[index]
        made = self.featuriser.examples([passage], [])
        return made[0] if made else self.examples[index]

    def _masked(self, unit: Unit, random: np.random.Generator) -> Unit:
        """The unit with a share of its words masked, all pieces of a word together."""
        if not self.config.mask_words:
            return unit
        windows = [window.copy() for window in unit.windows]
        for word in np.flatnonzero(random.random(len(unit.words)) < self.config.mask_words):
            pieces = slice(unit.first_piece[word], unit.last_piece[word] + 1)
            windows[unit.window[word]][pieces] = self.featuriser.mask
        return replace(unit, windows=windows)


def changes_anything(config: AugmentationConfig) -> bool:
    """Whether there are variants at all."""
    return bool(config.replace_mentions or config.join or config.mask_words)
