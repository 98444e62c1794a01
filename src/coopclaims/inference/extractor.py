"""The extractor: a model folder in, claims out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from coopclaims.errors import UserError
from coopclaims.inference import released
from coopclaims.inference.compiled.folder import is_compiled
from coopclaims.inference.load import load_scorer
from coopclaims.inference.pipeline import extract_stream
from coopclaims.model.features import Featuriser
from coopclaims.model.predict import BATCH_PIECES, GPU_BATCH_PIECES
from coopclaims.model.scoring import Scorer
from coopclaims.provenance import usable_cores
from coopclaims.schema import Passage


class Extractor:
    """Extracts cooperation claims from texts of any length.

    ``name`` is the model's name in output rows; ``cut_pieces`` counts word pieces that had to be dropped so far (words
    of hundreds of characters).
    """

    def __init__(
        self, scorer: Scorer, featuriser: Featuriser, name: str, batch_pieces: int = BATCH_PIECES, workers: int = 1
    ) -> None:
        self.scorer = scorer
        self.featuriser = featuriser
        self.name = name
        self.batch_pieces = batch_pieces
        self.workers = workers
        self.cut_pieces = 0

    @classmethod
    def from_pretrained(
        cls,
        folder: Path | str | None = None,
        device: str = "cpu",
        batch_pieces: int | None = None,
        workers: int | None = None,
        precision: str = "auto",
    ) -> Extractor:
        """Load a model folder, compiled or not (default: the model that comes with the package).

        ``batch_pieces`` are the padded word pieces of a batch (default: ``BATCH_PIECES``, ``GPU_BATCH_PIECES`` on
        anything but a CPU), ``precision`` is torch's (model/precision.py).

        A compiled model is used by ``workers`` threads (default: one a core), each on a batch of its own; torch shares
        each batch out over the cores by itself.

        Raises UserError where the folder holds no model, for a missing device, and for numbers below 1.
        """
        for name, value in (("workers", workers), ("batch-pieces", batch_pieces)):
            if value is not None and value < 1:
                raise UserError(f"{name} is {value}; it must be at least 1")
        batch_pieces = batch_pieces or (BATCH_PIECES if device == "cpu" else GPU_BATCH_PIECES)
        name, folder = (released.NAME, released.released_model()) if folder is None else (str(folder), folder)
        if is_compiled(folder):
            scorer, featuriser = load_scorer(folder, device, threads=1, precision=precision)
            return cls(scorer, featuriser, name, batch_pieces, workers or usable_cores())
        scorer, featuriser = load_scorer(folder, device, precision=precision, pieces_at_once=batch_pieces)
        return cls(scorer, featuriser, name, batch_pieces)

    def extract(self, texts: Sequence[str]) -> list[Passage]:
        """Claims of each text, in order; offsets are code points of the text as given. One string is one text.

        The passages have the ids "0", "1", ….
        """
        if isinstance(texts, str):
            texts = [texts]
        return [replace(passage, id=str(number)) for number, passage in enumerate(self.stream(texts))]

    def stream(self, texts: Iterable[str]) -> Iterator[Passage]:
        """Claims of each text, in order, while later texts are being read; ids are empty."""
        for passage, cut in extract_stream(texts, self.scorer, self.featuriser, self.batch_pieces, self.workers):
            self.cut_pieces += cut
            yield passage
