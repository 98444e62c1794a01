"""The extractor: a model folder in, claims out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from coopclaims.model.features import Featuriser
from coopclaims.model.folder import load_model_folder, to_named_device
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import BATCH_PIECES, predict
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage


class Extractor:
    """Extracts cooperation claims from texts of any length.

    ``name`` is the model's name in output rows; ``cut_pieces`` counts word pieces that had to be dropped so far
    (words of hundreds of characters).
    """

    def __init__(self, model: ClaimModel, featuriser: Featuriser, name: str, batch_pieces: int = BATCH_PIECES) -> None:
        self.model = model
        self.featuriser = featuriser
        self.name = name
        self.batch_pieces = batch_pieces
        self.cut_pieces = 0

    @classmethod
    def from_pretrained(
        cls, folder: Path | str, device: str | torch.device = "cpu", batch_pieces: int = BATCH_PIECES
    ) -> Extractor:
        """Load a model folder. Raises UserError where it is none, and for a device that does not exist."""
        model, tokenizer = load_model_folder(folder)
        featuriser = Featuriser(tokenizer, model.config)
        to_named_device(model, device)
        return cls(model, featuriser, str(folder), batch_pieces)

    def extract(self, texts: Sequence[str]) -> list[Passage]:
        """Claims of each text, in order; offsets are code points of the text as given. One string is one text."""
        if isinstance(texts, str):
            texts = [texts]
        passages, cut = predict(TorchScorer(self.model), self.featuriser, list(texts), self.batch_pieces)
        self.cut_pieces += cut
        return passages
