"""A loss that is no number ends the run, and leaves the passages of its step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from accelerate import Accelerator
from accelerate.utils import gather_object

from coopclaims.corpus.jsonl import write_passages
from coopclaims.errors import UserError
from coopclaims.model.units import Example

# Where the passages of a step go whose loss is no number.
DIVERGED = "diverged.jsonl"


class DivergenceError(UserError):
    """The loss is no number any more."""


def check_finite(
    accelerator: Accelerator, means: Mapping[str, float], examples: Sequence[Example], folder: Path, step: int
) -> None:
    """Raise DivergenceError where a mean loss is no number, with the passages of all processes saved in ``folder``.

    ``means`` are the same in every process; ``examples`` are those that this one read in ``step``.
    """
    bad = next(((name, value) for name, value in means.items() if not math.isfinite(value)), None)
    if bad is None:
        return
    passages = gather_object([example.passage for example in examples])
    file = folder / DIVERGED
    if accelerator.is_main_process:
        write_passages(file, passages)
    raise DivergenceError(
        f"the loss of {bad[0]} became {bad[1]} at step {step} ({passages[0].id} and "
        f"{len(passages) - 1} more passages, saved in {file}); lower optimiser.learning_rate or "
        "optimiser.head_learning_rate, or use trainer.mixed_precision=no"
    )
