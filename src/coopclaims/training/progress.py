"""How far a run has come, as plain values that go into a resume state and come out again unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class History:
    """What happened: scalars of each epoch, and the best dev score whose checkpoint was saved (epoch 0: none)."""

    epochs: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    best_score: float = -1.0
    steps: int = 0
    pieces: int = 0
    seconds: float = 0.0
    padding: float = 0.0

    def epochs_since_best(self, epoch: int, figure: str) -> int:
        """Epochs up to ``epoch`` since ``figure`` was highest; 0 where it was never scored.

        Not since the best checkpoint: that of a better score may not have been saved.
        """
        scores = {int(scalars["epoch"]): scalars[figure] for scalars in self.epochs if figure in scalars}
        return epoch - max(scores, key=scores.__getitem__) if scores else 0


@dataclass
class Progress:
    """The epoch under way (from 1), its steps done, sums over them, and the history before it.

    Attributes:
        epoch: number of the epoch.
        epoch_steps: optimiser steps done in it.
        loss_sums: mean loss of each step by head, added up over these steps.
        pieces: word pieces read in these steps.
        seconds: time they took.
        finished: whether the last epoch is over.
        history: what happened before.
    """

    epoch: int = 1
    epoch_steps: int = 0
    loss_sums: dict[str, float] = field(default_factory=dict)
    pieces: int = 0
    seconds: float = 0.0
    finished: bool = False
    history: History = field(default_factory=History)

    def begin_epoch(self, epoch: int) -> None:
        """Go on to an epoch, with nothing done in it."""
        self.epoch, self.epoch_steps, self.loss_sums, self.pieces, self.seconds = epoch, 0, {}, 0, 0.0

    def add_step(self, means: Mapping[str, float], pieces: int, seconds: float) -> None:
        """Count an optimiser step, here and in the history."""
        for name, value in means.items():
            self.loss_sums[name] = self.loss_sums.get(name, 0.0) + value
        self.epoch_steps += 1
        self.history.steps += 1
        for counted in (self, self.history):
            counted.pieces += pieces
            counted.seconds += seconds

    def epoch_scalars(self) -> dict[str, float]:
        """Mean losses over the steps of the epoch, and its speed."""
        means = {f"loss/{name}": value / self.epoch_steps for name, value in self.loss_sums.items()}
        return means | {"pieces_per_second": self.pieces / self.seconds if self.seconds else 0.0}

    def to_json(self) -> dict[str, Any]:
        """The values as a JSON object; floats survive exactly."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Progress:
        """The progress that ``to_json`` wrote. Raises TypeError for other values."""
        return cls(**{**values, "history": History(**values["history"])})
