"""The frozen lower part of an encoder: what it makes of a text never changes, so it need be computed only once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import Tensor, nn


class _Reached(Exception):  # noqa: N818 - no error: it ends a forward pass early
    """Carries the output of the last frozen module out of the encoder."""

    def __init__(self, output: Any) -> None:
        self.output = output


def frozen_output(encoder: nn.Module, frozen: Sequence[nn.Module], **inputs: Tensor) -> Tensor | None:
    """Hidden states [rows, pieces, hidden] that leave the modules ``frozen``; the pass ends there.

    None where nothing is frozen, or where weights that train reach into the frozen part, so that its output does
    change (the position embeddings of DeBERTa serve all layers). So it has to run with gradients enabled.
    """
    if not frozen:
        return None
    hook = frozen[-1].register_forward_hook(_raise_output)
    try:
        encoder(**inputs)
    except _Reached as reached:
        output = reached.output
        return output.detach() if isinstance(output, Tensor) and not output.requires_grad else None
    finally:
        hook.remove()
    return None


@contextmanager
def bypassed(modules: Sequence[nn.Module], states: Tensor | None) -> Iterator[None]:
    """Let each of ``modules`` return ``states`` instead of computing (None: compute as usual)."""
    with ExitStack() as stack:
        for module in modules if states is not None else ():
            module.forward = lambda *_, **__: states
            stack.callback(module.__dict__.pop, "forward")
        yield


def _raise_output(_: nn.Module, __: Any, output: Any) -> None:
    raise _Reached(output)
