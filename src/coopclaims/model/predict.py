"""Claims of whole texts: segments, batches of like length under a piece budget, decoding, document offsets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from tqdm import tqdm

from coopclaims.model.decode import DecodedUnit, decode
from coopclaims.model.features import Featuriser
from coopclaims.model.joining import join
from coopclaims.model.scoring import Scorer
from coopclaims.model.segments import segments
from coopclaims.model.units import Unit
from coopclaims.schema import Passage

# Padded pieces in one batch; about what two CPU cores like best (bench/throughput.py).
BATCH_PIECES = 4096
# The same for a GPU, which only many keep busy. Not measured.
GPU_BATCH_PIECES = 65_536


def predict(
    scorer: Scorer,
    featuriser: Featuriser,
    texts: Sequence[str],
    batch_pieces: int = BATCH_PIECES,
    progress: str | None = None,
) -> tuple[list[Passage], int]:
    """Extract the claims of ``texts``; the passages have ids "0", "1", … and offsets into each text as given.

    Also returns how many word pieces were cut (features.MAX_WORD_PIECES). ``progress`` names a progress bar.
    """
    cut = [list(segments(text)) for text in texts]
    units = featuriser.units([text[s.start : s.end] for text, found in zip(texts, cut, strict=True) for s in found])
    decoded: list[DecodedUnit] = [DecodedUnit([], []) for _ in units]
    with tqdm(total=len(units), desc=progress, disable=None if progress else True, unit="segment") as bar:
        bar.update(sum(not unit.windows for unit in units))
        for batch in length_batches(units, batch_pieces):
            for position, result in zip(batch, decode(scorer, featuriser, [units[i] for i in batch]), strict=True):
                decoded[position] = result
            bar.update(len(batch))
    results = iter(decoded)
    passages = []
    for index, (text, found) in enumerate(zip(texts, cut, strict=True)):
        joined = join(found, list(islice(results, len(found))))
        passages.append(Passage(str(index), text, spans=joined.spans, claims=joined.claims))
    return passages, sum(unit.cut_pieces for unit in units)


def predict_passages(
    scorer: Scorer,
    featuriser: Featuriser,
    gold: Sequence[Passage],
    batch_pieces: int = BATCH_PIECES,
    progress: str | None = None,
) -> list[Passage]:
    """Predicted passages for the texts of ``gold``, with their ids, languages and documents."""
    predicted, _ = predict(scorer, featuriser, [passage.text for passage in gold], batch_pieces, progress)
    return [replace(p, id=g.id, lang=g.lang, doc=g.doc) for p, g in zip(predicted, gold, strict=True)]


def length_batches(units: Sequence[Unit], batch_pieces: int) -> Iterator[list[int]]:
    """Indices of units with words, shortest first, in batches of at most ``batch_pieces`` padded pieces."""
    order = sorted((i for i, unit in enumerate(units) if unit.windows), key=lambda i: unit_width(units[i]))
    yield from cut_batches([units[i] for i in order], order, batch_pieces)


def cut_batches(units: Sequence[Unit], indices: Sequence[int], batch_pieces: int) -> Iterator[list[int]]:
    """Cut a sequence of units into consecutive batches under the padded budget; a batch holds at least one."""
    batch: list[int] = []
    width = rows = 0
    for unit, index in zip(units, indices, strict=True):
        width, rows = max(width, unit_width(unit)), rows + len(unit.windows)
        if batch and width * rows > batch_pieces:
            yield batch
            batch, width, rows = [], unit_width(unit), len(unit.windows)
        batch.append(index)
    if batch:
        yield batch


def unit_width(unit: Unit) -> int:
    """Pieces of the unit's longest window, with the two special tokens."""
    return max(map(len, unit.windows)) + 2
