"""Claims of whole texts: paragraphs, batches of like length under a piece budget, decoding, document offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from tqdm import tqdm

from coopclaims.model.decode import DecodedUnit, decode
from coopclaims.model.features import Featuriser
from coopclaims.model.scoring import Scorer
from coopclaims.model.units import Unit
from coopclaims.schema import Passage

_LINE = re.compile(r"[^\r\n]+")
_BLOCK = re.compile(r"[^\r\n]*\S[^\r\n]*(?:(?:\r\n|\r|\n)[^\r\n]*\S[^\r\n]*)*")
# Padded pieces in one batch; about what two CPU cores like best (bench/throughput.py).
BATCH_PIECES = 4096


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
    located = [(index, start, text[start:end]) for index, text in enumerate(texts) for start, end in paragraphs(text)]
    units = featuriser.units([text for _, _, text in located])
    decoded: list[DecodedUnit] = [DecodedUnit([], []) for _ in units]
    with tqdm(total=len(units), desc=progress, disable=None if progress else True, unit="paragraph") as bar:
        bar.update(sum(not unit.windows for unit in units))
        for batch in length_batches(units, batch_pieces):
            for position, result in zip(batch, decode(scorer, featuriser, [units[i] for i in batch]), strict=True):
                decoded[position] = result
            bar.update(len(batch))
    passages = [Passage(str(index), text) for index, text in enumerate(texts)]
    for (index, start, _), result in zip(located, decoded, strict=True):
        _append(passages[index], start, result)
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


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Bounds of the paragraphs of ``text``, each with more than white space.

    A line is a paragraph, unless its block (lines without a blank one between them) is wrapped text: one of its lines
    ends in a comma or hyphen, or goes on in lower case on the next. Such a block is one paragraph.
    """
    for block in _BLOCK.finditer(text):
        lines = list(_LINE.finditer(text, *block.span()))
        if any(_goes_on(before.group(), after.group()) for before, after in pairwise(lines)):
            yield block.span()
        else:
            yield from (line.span() for line in lines)


def _goes_on(line: str, following: str) -> bool:
    """Whether the break between two lines stands within a sentence."""
    return line.rstrip().endswith((",", "-")) or following.lstrip()[:1].islower()


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


def _append(passage: Passage, start: int, result: DecodedUnit) -> None:
    """Add a paragraph's spans and claims to its document, renumbered and moved to document offsets."""
    names = {span.id: f"s{len(passage.spans) + number}" for number, span in enumerate(result.spans, 1)}
    passage.spans += [
        replace(span, id=names[span.id], start=span.start + start, end=span.end + start) for span in result.spans
    ]
    passage.claims += [
        replace(
            claim,
            id=f"c{len(passage.claims) + number}",
            trigger=names[claim.trigger],
            args=[names[argument] for argument in claim.args],
        )
        for number, claim in enumerate(result.claims, 1)
    ]
