"""Typed configuration of a sweep; apart from the sweep, so that reading it loads neither torch nor optuna."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

from coopclaims.errors import UserError


@dataclass
class Dimension:
    """Values of one setting: either ``choices``, or from ``low`` to ``high`` (in steps, or on a log scale)."""

    choices: list[Any] | None = None
    low: float | None = None
    high: float | None = None
    step: float | None = None
    log: bool = False
    # Whole numbers only.
    integer: bool = False


@dataclass
class SweepConfig:
    """What to search, how long, and where."""

    # Name of the study, and of its folder below `output`.
    study: str = MISSING
    output: str = "outputs"
    # Finished trials that the study shall have in the end, those of earlier commands and of other workers included.
    trials: int = 20
    # Processes that this command starts; each gets its share of the CPU cores.
    workers: int = 1
    # Other workers run on this study at the same time (workers=N says so to the processes it starts).
    shared: bool = False
    seed: int = 0
    # Stop a trial whose dev score after an epoch is below the median of the earlier trials at that epoch.
    prune: bool = True
    # Trials that are never pruned, and epochs of each trial before it may be.
    startup_trials: int = 4
    warmup_epochs: int = 1
    # Settings of 'coopclaims train' that are the same in every trial. The test split is left out: it shall not choose.
    fixed: list[str] = field(default_factory=lambda: ["corpus.test=[]", "tracker=none"])
    # Settings that are searched, by their full key.
    space: dict[str, Dimension] = field(default_factory=dict)


def check_sweep(config: SweepConfig) -> None:
    """Raise UserError for a sweep that cannot run."""
    for name, value in (("trials", config.trials), ("workers", config.workers)):
        if value < 1:
            raise UserError(f"{name}={value}: must be at least 1")
    if not config.space:
        raise UserError("space is empty: name a group with sweep=NAME, or settings as +space={KEY: {low: …, high: …}}")
    for key, dimension in config.space.items():
        bounds = dimension.low, dimension.high
        if (dimension.choices is None) == (None in bounds):
            raise UserError(f"space.{key}: give either choices, or low and high")
        if dimension.choices is None and not dimension.low < dimension.high:  # type: ignore[operator]
            raise UserError(f"space.{key}: low must be below high")
        if dimension.log and (dimension.low is None or dimension.low <= 0):
            raise UserError(f"space.{key}: a log scale needs low above 0")
