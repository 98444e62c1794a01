"""The number format that a network of torch computes in when it extracts."""

from __future__ import annotations

import torch

from coopclaims.errors import UserError

_TYPES = {"float32": None, "bf16": torch.bfloat16, "fp16": torch.float16}
PRECISIONS = ("auto", *_TYPES)


def autocast_type(name: str, device: torch.device) -> torch.dtype | None:
    """The type of matrix products, None for that of the weights.

    ``auto`` is bf16 on a GPU that multiplies it natively, fp16 on another GPU, and float32 elsewhere. Raises UserError
    for an unknown name, and for fp16 on a CPU, which is slow there.
    """
    if name not in PRECISIONS:
        raise UserError(f"precision {name!r}: must be one of {', '.join(PRECISIONS)}")
    if name == "fp16" and device.type == "cpu":
        raise UserError("precision fp16 needs a GPU; on a CPU use auto, float32 or bf16")
    if name != "auto":
        return _TYPES[name]
    if device.type != "cuda":
        return None
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
