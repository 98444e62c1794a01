"""Documents through a model as a stream: reading, tokenising, scoring and decoding go on at the same time.

The calling thread reads and tokenises a stretch of the stream and cuts it into batches of like length; worker threads
score and decode these, and meanwhile the next stretch is read. What comes out is in the order of what went in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from coopclaims.model.decode import DecodedUnit, decode
from coopclaims.model.features import Featuriser
from coopclaims.model.joining import join
from coopclaims.model.predict import length_batches
from coopclaims.model.scoring import Scorer
from coopclaims.model.segments import Segment, segments
from coopclaims.model.units import Unit
from coopclaims.schema import Passage

# Code points that are batched together: enough segments of every length, yet little memory.
STRETCH_CHARACTERS = 100_000
# The same for each padded piece of a batch: with some four characters a piece, six batches a stretch.
CHARACTERS_PER_PIECE = 24
# Stretches that are tokenised while workers are busy with the one before.
AHEAD = 1


@dataclass
class _Document:
    """A text on its way through: its segments so far, and what was found in them."""

    text: str
    segments: list[Segment] = field(default_factory=list)
    results: list[DecodedUnit] = field(default_factory=list)
    cut_pieces: int = 0


@dataclass
class _Stretch:
    """Segments that are batched together, with the documents that end among them."""

    parts: list[tuple[_Document, Segment]] = field(default_factory=list)
    characters: int = 0
    complete: list[_Document] = field(default_factory=list)


@dataclass
class _Started:
    """A stretch whose batches are with the workers."""

    stretch: _Stretch
    units: Sequence[Unit]
    batches: Sequence[tuple[Sequence[int], Future[list[DecodedUnit]]]]


def extract_stream(
    texts: Iterable[str],
    scorer: Scorer,
    featuriser: Featuriser,
    batch_pieces: int,
    workers: int = 1,
    stretch_characters: int | None = None,
) -> Iterator[tuple[Passage, int]]:
    """Passage and number of cut word pieces of each text, in order, while later texts are read.

    ``workers`` threads use ``scorer`` at a time. ``stretch_characters`` are batched together (default:
    ``STRETCH_CHARACTERS``, more for large batches). At most ``AHEAD`` + 1 stretches are held, and longer texts whole.
    Ids of the passages are empty; offsets are code points of each text as given.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="extract")
    waiting: deque[_Started] = deque()
    limit = stretch_characters or max(STRETCH_CHARACTERS, CHARACTERS_PER_PIECE * batch_pieces)
    try:
        for stretch in _stretches(texts, limit):
            waiting.append(_start(stretch, scorer, featuriser, batch_pieces, pool))
            if len(waiting) > AHEAD:
                yield from _finish(waiting.popleft())
        while waiting:
            yield from _finish(waiting.popleft())
    finally:
        # After an error or Ctrl-C nothing more is begun.
        pool.shutdown(wait=True, cancel_futures=True)


def _stretches(texts: Iterable[str], limit: int) -> Iterator[_Stretch]:
    stretch = _Stretch()
    for text in texts:
        document = _Document(text)
        for segment in segments(text):
            stretch.parts.append((document, segment))
            stretch.characters += segment.end - segment.start
            if stretch.characters >= limit:
                yield stretch
                stretch = _Stretch()
        stretch.complete.append(document)
        # Texts without words must not pile up either.
        stretch.characters += 1
    yield stretch


def _start(
    stretch: _Stretch, scorer: Scorer, featuriser: Featuriser, batch_pieces: int, pool: ThreadPoolExecutor
) -> _Started:
    units = featuriser.units([document.text[s.start : s.end] for document, s in stretch.parts])
    batches = [
        (indices, pool.submit(decode, scorer, featuriser, [units[index] for index in indices]))
        for indices in length_batches(units, batch_pieces)
    ]
    return _Started(stretch, units, batches)


def _finish(started: _Started) -> Iterator[tuple[Passage, int]]:
    """Wait for the batches, and yield the documents that are complete now."""
    results = [DecodedUnit([], []) for _ in started.units]
    for indices, future in started.batches:
        for index, result in zip(indices, future.result(), strict=True):
            results[index] = result
    for (document, segment), unit, result in zip(started.stretch.parts, started.units, results, strict=True):
        document.segments.append(segment)
        document.results.append(result)
        document.cut_pieces += unit.cut_pieces
    for document in started.stretch.complete:
        joined = join(document.segments, document.results)
        yield Passage("", document.text, spans=joined.spans, claims=joined.claims), document.cut_pieces
