"""Training examples that differ from epoch to epoch: other names, masked words.

What a passage becomes depends on the seed, the epoch and its place in the corpus alone, so that a resumed run and
every process get the same variants. Batches are planned from the passages as they are; variants are about as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coopclaims.corpus.augment import MentionPool
from coopclaims.model.features import Featuriser
from coopclaims.model.units import Example, Unit
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

    def of(self, indices: Sequence[int], epoch: int) -> list[Example]:
        """The variants of some examples in one epoch."""
        generators = [np.random.default_rng([self.seed, epoch, index]) for index in indices]
        examples = [self._renamed(index, random) for index, random in zip(indices, generators, strict=True)]
        return [
            replace(example, unit=self._masked(example.unit, random))
            for example, random in zip(examples, generators, strict=True)
        ]

    def _renamed(self, index: int, random: np.random.Generator) -> Example:
        """The example with other names; as it is where these do not fit the words."""
        if not self.config.replace_mentions:
            return self.examples[index]
        passage = self.pool.replaced(self.examples[index].passage, self.config.replace_mentions, random)
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
    return bool(config.replace_mentions or config.mask_words)
