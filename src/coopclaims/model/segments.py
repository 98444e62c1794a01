"""Segments: the stretches of a document that the model reads at once, by offset into the text as given.

A paragraph is one segment unless it is much longer than the passages that the model was trained on. Such a paragraph
is cut into overlapping segments of whole sentences; what was found in them is put together by ``joining.py``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from sentencex import get_sentence_boundaries

Bounds = tuple[int, int]

# Words (between white space) in a segment, and about how many two neighbours share. A paragraph of up to half more
# words is read whole, as nearly all training passages have fewer. docs/long-documents.md compares other lengths.
SEGMENT_WORDS = 100
OVERLAP_WORDS = 35

_LINE = re.compile(r"[^\r\n]+")
_LINE_BREAKS = ("\r\n", "\r", "\n")
# White space bounds words, as in both Unicode forms of a text; what goes on without any is cut where it can be.
_WORD = re.compile(r"\S{1,200}+(?!\S)|\w+|[^\w\s]{1,200}")
# The German rules know ordinals and serve the other two languages as well as their own (docs/long-documents.md).
_RULES = "de"
# It panics on a capital before one of these and a full stop; each is one character, as is what it gives way to.
_SPACES_IT_FAILS_ON = re.compile(r"[^\S\n\r\t ]")
# Characters that the sentence splitter sees at once: its time grows with the square of unclosed quotes.
_SPLITTER_CHARACTERS = 8_000
# Abbreviations before names, and ordinals after an article, that its rules lack.
_NO_SENTENCE_END = re.compile(
    r"(?:^|[\s(.\"“„])(?:TP|TX|TS|PGS|GS|ThS|Ths|BS|KTS|KS|LS|ĐH|CP|Q|P|ĐT|Fa|Mill|Ms|approx)\.\s*$"
    r"|\b(?:[Dd](?:er|ie|as|em|en|es)|[Vv]om|[Aa]m|[Ii]m|[Zz]u[mr]|[Bb]eim)\s\d{1,3}\.\s*$"
)
_LONGEST_ABBREVIATION = 24


@dataclass(frozen=True)
class Segment:
    """Code points ``start`` to ``end`` of a text (half-open), read at once.

    Claims whose trigger begins in ``own_start`` to ``own_end`` are taken from this segment: there it has them farther
    from its edges than a neighbour. The own stretches of a paragraph's segments do not overlap and leave no gap.
    """

    start: int
    end: int
    own_start: int
    own_end: int


def segments(text: str, segment_words: int = SEGMENT_WORDS, overlap_words: int = OVERLAP_WORDS) -> Iterator[Segment]:
    """Segments of ``text``, in order; together they hold all that is not white space."""
    for start, end in paragraphs(text):
        if _is_long(text, start, end, segment_words * 3 // 2):
            yield from _cut(text, start, end, segment_words, overlap_words)
        else:
            yield Segment(start, end, start, end)


def paragraphs(text: str) -> Iterator[Bounds]:
    """Bounds of the paragraphs of ``text``, each with more than white space.

    A line is a paragraph, unless its block (lines without a blank one between them) is wrapped text: one of its lines
    ends in a comma or hyphen, or goes on in lower case on the next. Such a block is one paragraph.
    """
    for lines in _blocks(text):
        if any(_goes_on(text[slice(*before)], text[slice(*after)]) for before, after in pairwise(lines)):
            yield lines[0][0], lines[-1][1]
        else:
            yield from lines


def _blocks(text: str) -> Iterator[list[Bounds]]:
    """The lines of each block, without a blank one between them."""
    block: list[Bounds] = []
    for line in _LINE.finditer(text):
        if line[0].isspace():
            continue
        if block and text[block[-1][1] : line.start()] not in _LINE_BREAKS:
            yield block
            block = []
        block.append(line.span())
    if block:
        yield block


def sentences(text: str) -> list[Bounds]:
    """Bounds of the sentences of ``text`` with the white space after them; they leave no gap."""
    ends: list[int] = []
    start = 0
    while start < len(text):
        block = text[start : start + _SPLITTER_CHARACTERS]
        found = [end for end in _splitter_ends(block) if _is_sentence_end(block, end)]
        if start + len(block) == len(text):
            found.append(len(block))
        elif not found:
            # No sentence is as long as a block; the last white space, if there is any, bounds words at least.
            found = [len(block.rstrip("".join(block.split()[-1:]))) or len(block)]
        ends += [start + end for end in found]
        start = ends[-1]
    return list(pairwise([0, *ends]))


def _splitter_ends(text: str) -> list[int]:
    """Ends of sentences within ``text``, by sentencex; the end of the text itself is none.

    Where sentencex fails there are none.
    """
    try:
        found = get_sentence_boundaries(_RULES, _SPACES_IT_FAILS_ON.sub(" ", text))
    except BaseException as error:
        # What its Rust code raises is no Exception, and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        return []
    ends = sorted({int(sentence["end_index"]) for sentence in found})
    return [end for end in ends if 0 < end < len(text)]


def _is_sentence_end(text: str, end: int) -> bool:
    before = text[max(0, end - _LONGEST_ABBREVIATION) : end]
    followed_by_space = before[-1].isspace() or text[end].isspace()
    return followed_by_space and not _NO_SENTENCE_END.search(before)


def _goes_on(line: str, following: str) -> bool:
    """Whether the break between two lines stands within a sentence."""
    return line.rstrip().endswith((",", "-")) or following.lstrip()[:1].islower()


def _is_long(text: str, start: int, end: int, words: int) -> bool:
    return any(number > words for number, _ in enumerate(_WORD.finditer(text, start, end), 1))


def _cut(text: str, start: int, end: int, words: int, overlap: int) -> Iterator[Segment]:
    """Overlapping segments of the paragraph ``start`` to ``end``."""
    atoms = list(_atoms(text, start, end, words, overlap))
    bounds = [atom_start for atom_start, _ in atoms] + [end]
    total = list(accumulate((size for _, size in atoms), initial=0))
    runs = list(_runs(total, words, overlap))
    cuts = [_middle(total, after[0], before[1]) for before, after in pairwise(runs)]
    owned = pairwise([0, *cuts, len(atoms)])
    for (first, last), (own_first, own_last) in zip(runs, owned, strict=True):
        yield Segment(bounds[first], bounds[last], bounds[own_first], bounds[own_last])


def _atoms(text: str, start: int, end: int, words: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Start and number of words of each sentence; one that is too long for a segment comes in several parts."""
    for sentence_start, sentence_end in sentences(text[start:end]):
        starts = [match.start() for match in _WORD.finditer(text, start + sentence_start, start + sentence_end)]
        size = max(1, len(starts) if len(starts) <= words else min(words, overlap or words))
        for first in range(0, len(starts), size):
            yield start + sentence_start if first == 0 else starts[first], len(starts[first : first + size])


def _runs(total: Sequence[int], words: int, overlap: int) -> Iterator[Bounds]:
    """First and last atom (half-open) of each segment; ``total`` counts the words before each atom and at the end.

    Neighbours share whole atoms: at least one, and more up to ``overlap`` words, where the next atom still fits.
    """
    start, count = 0, len(total) - 1
    while True:
        end = max(bisect_right(total, total[start] + words) - 1, start + 1)
        yield start, end
        if end >= count:
            return
        shared = min(bisect_right(total, total[end] - overlap - 1), end - 1)
        fitting = bisect_right(total, total[end + 1] - words - 1)
        start = min(max(shared, fitting, start + 1), end)


def _middle(total: Sequence[int], first: int, last: int) -> int:
    """The bound between atoms ``first`` to ``last`` that is nearest to their middle; of two, the later."""
    middle = total[first] + total[last]
    return min(range(last, first - 1, -1), key=lambda atom: abs(2 * total[atom] - middle))
