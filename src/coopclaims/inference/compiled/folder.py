"""Compiled model folders: ONNX graphs, JSON and text. Needs neither torch nor transformers to load."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from coopclaims.errors import UserError
from coopclaims.model.scoring import Floats
from coopclaims.schema import TRIGGER

MANIFEST = "compiled.json"
ENCODER = "encoder.onnx"
HEADS = "heads.onnx"
TOKENIZER = "tokenizer.json"
FILES = (MANIFEST, ENCODER, HEADS, TOKENIZER)
# Raised when a folder of before can no longer be read.
FORMAT = 1


@dataclass(frozen=True)
class CompiledSettings:
    """A compiled model's labels, lengths and thresholds (``model.settings.Settings``)."""

    tags: list[str]
    claim_types: list[str]
    claim_statuses: list[str]
    window_pieces: int
    window_overlap: int
    temperatures: dict[str, float]
    link_threshold: float
    fallback_threshold: float

    @property
    def span_labels(self) -> list[str]:
        """Span labels in the order of the tags."""
        return [tag[2:] for tag in self.tags if tag.startswith("B-")]

    @property
    def finds_claims(self) -> bool:
        """Whether spans are linked to claims, or are all there is."""
        return TRIGGER in self.span_labels


@dataclass(frozen=True)
class CompiledTokenizer:
    """The tokenizer and its special pieces (``model.features.TextTokenizer``)."""

    backend_tokenizer: Tokenizer
    cls_token_id: int | None
    sep_token_id: int | None
    pad_token_id: int | None
    unk_token_id: int | None
    mask_token_id: int | None


SPECIAL_PIECES = tuple(item.name for item in fields(CompiledTokenizer) if item.name.endswith("_id"))


@dataclass(frozen=True)
class Manifest:
    """What ``compiled.json`` holds: settings, scores of tags after tags, special pieces, and facts on the model."""

    settings: CompiledSettings
    transitions: list[list[float]]
    first_tag: list[float]
    special_pieces: dict[str, int | None]
    # Model it was compiled from, scores of both, versions.
    facts: dict[str, Any] = field(default_factory=dict)

    def tag_scores(self) -> tuple[Floats, Floats]:
        """Scores of transitions [from, to] and of first tags [tag]."""
        return np.array(self.transitions, np.float32), np.array(self.first_tag, np.float32)

    def to_json(self) -> dict[str, Any]:
        """The JSON object."""
        return {"format": FORMAT, **asdict(self)}


def is_compiled(folder: Path | str) -> bool:
    """Whether a model folder is a compiled one."""
    return (Path(folder) / MANIFEST).is_file()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a compiled folder. Raises UserError where a file is missing or of another version."""
    for name in FILES:
        if not (folder / name).is_file():
            raise UserError(f"{folder}: not a complete compiled model, {name} is missing; compile it again")
    path = folder / MANIFEST
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        version = values.pop("format")
        if version != FORMAT:
            raise UserError(f"{path}: format {version}, this version reads {FORMAT}; compile the model again")
        return Manifest(**values | {"settings": CompiledSettings(**values["settings"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: cannot be read ({type(error).__name__}: {error}); compile the model again") from error


def read_tokenizer(folder: Path, manifest: Manifest) -> CompiledTokenizer:
    """The tokenizer of a compiled folder."""
    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # The library raises plain Exception.
        raise UserError(f"{folder / TOKENIZER}: cannot be read; compile the model again") from error
    return CompiledTokenizer(tokenizer, **{name: manifest.special_pieces.get(name) for name in SPECIAL_PIECES})
