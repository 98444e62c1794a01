"""A compiled model as what decoding needs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    RuntimeException,
)

from coopclaims.errors import UserError
from coopclaims.inference.compiled.folder import ENCODER, HEADS, CompiledSettings, Manifest
from coopclaims.model.collation import Batch, SpanBatch
from coopclaims.model.scoring import Floats, SpanLogits, WordScores
from coopclaims.model.units import Array

# Padded pieces that the encoder reads at a time: more do not stay in the caches of a core, fewer leave it idle.
PIECES_AT_ONCE = 512

UNREADABLE = (Fail, InvalidGraph, InvalidProtobuf, NoSuchFile, RuntimeException)


class CompiledScorer:
    """Scores words and spans by ONNX graphs; several threads may use it at a time.

    ``threads``: how many threads one call uses.
    """

    def __init__(self, folder: Path, manifest: Manifest, threads: int = 1) -> None:
        self.settings: CompiledSettings = manifest.settings
        self._tag_scores = manifest.tag_scores()
        self.encoder = _session(folder / ENCODER, threads)
        self.heads = _session(folder / HEADS, 1)

    def tag_scores(self) -> tuple[Floats, Floats]:
        """Scores of transitions [from, to] and of first tags [tag], BIO constraints added."""
        return self._tag_scores

    def score_words(self, batch: Batch[Array]) -> WordScores:
        """One encoder pass over a batch."""
        rows, width = batch.input_ids.shape
        size = max(PIECES_AT_ONCE // width, 1)
        parts = []
        for start in range(0, rows, size):
            inputs = {name: getattr(batch, name)[start : start + size] for name in ("input_ids", "attention_mask")}
            parts.append(self.encoder.run(["piece_scores", "pieces"], inputs))
        scores, pieces = (np.concatenate(side) for side in zip(*parts, strict=True))
        return WordScores(scores[batch.first_piece], pieces)

    def score_spans(self, words: WordScores, batch: Batch[Array], spans: SpanBatch[Array]) -> SpanLogits:
        """Scores of spans in a batch whose words were scored."""
        settings = self.settings
        if not len(spans.triggers):
            sizes = (0, (0, len(settings.claim_types)), (0, len(settings.claim_statuses)))
            return SpanLogits(*(np.zeros(size, np.float32) for size in sizes))
        first = batch.first_piece[spans.unit, spans.first_word]
        last = batch.last_piece[spans.unit, spans.last_word]
        ends = np.concatenate([words.states[first], words.states[last]], axis=1)
        inputs = {name: getattr(spans, name) for name in ("label", "triggers", "pair_argument", "pair_trigger")}
        outputs = ["links", "types", "statuses"]
        return SpanLogits(*self.heads.run(outputs, inputs | {"ends": ends, "pair_features": spans.pair_features}))


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # Shapes differ from batch to batch, so that plans of memory for known shapes are of no use.
    options.enable_mem_pattern = False
    # Idle threads that spin would take the cores from those that read and decode.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except UNREADABLE as error:
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"{path}: onnxruntime cannot load it ({reason}); compile the model again") from error
