"""Checks across passages: texts that repeat each other, or repeat text that must not leak into the corpus."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from coopclaims.corpus.findings import Finding, Located
from coopclaims.corpus.jsonl import read_numbered_passages
from coopclaims.corpus.split import split_of
from coopclaims.errors import UserError

SHINGLE_WORDS = 5
SIMILARITY = 0.5
LEAK_WORDS = 8

NGram = tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """A text that must not recur in the corpus, and where it stands."""

    place: str
    text: str


def exact_duplicates(corpus: Sequence[Located]) -> Iterator[Finding]:
    """Passages with the same text: an error across splits, a warning within one."""
    first_of_text: dict[str, list[Located]] = defaultdict(list)
    for located in corpus:
        earlier = first_of_text[located.passage.text]
        if earlier:
            yield _repetition("exact duplicates", located, _across_first(located, earlier), "same text as")
        earlier.append(located)


def near_duplicates(corpus: Sequence[Located]) -> Iterator[Finding]:
    """Passages whose word 5-grams overlap by SIMILARITY (Jaccard): an error across splits, else a warning.

    Each passage is reported once, with its nearest earlier one, preferably of another split.
    """
    shingles = [word_ngrams(located.passage.text, SHINGLE_WORDS) for located in corpus]
    for number, similar in similar_sets(shingles, SIMILARITY):
        located = corpus[number]
        similar = [(score, n) for score, n in similar if corpus[n].passage.text != located.passage.text]
        if similar:
            nearest = [corpus[n] for _, n in sorted(similar, key=lambda pair: (-pair[0], pair[1]))]
            other = _across_first(located, nearest)
            score = next(score for score, n in similar if corpus[n] is other)
            yield _repetition("near-duplicates", located, other, f"{score:.0%} of its word 5-grams shared with")


def similar_sets(
    sets: Sequence[frozenset[NGram]], threshold: float
) -> Iterator[tuple[int, list[tuple[float, int]]]]:
    """For each set with earlier sets of Jaccard similarity ``threshold`` or more: its number, and those.

    Exact, by prefix filtering (Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search"): two such
    sets share one of their rarest elements.
    """
    frequency = Counter(chain.from_iterable(sets))
    index: dict[NGram, list[int]] = defaultdict(list)
    for number, own in enumerate(sets):
        rarest_first = sorted(own, key=lambda element: (frequency[element], element))
        prefix = rarest_first[: len(own) - math.ceil(threshold * len(own)) + 1]
        candidates = sorted({earlier for element in prefix for earlier in index[element]})
        scored = [(len(own & sets[n]) / len(own | sets[n]), n) for n in candidates]
        if similar := [(score, n) for score, n in scored if score >= threshold]:
            yield number, similar
        for element in prefix:
            index[element].append(number)


def leaks(corpus: Sequence[Located], references: Sequence[Reference]) -> Iterator[Finding]:
    """Passages that share a run of LEAK_WORDS words with a reference text."""
    places: dict[NGram, list[int]] = defaultdict(list)
    for number, reference in enumerate(references):
        for ngram in word_ngrams(reference.text, LEAK_WORDS):
            places[ngram].append(number)
    for located in corpus:
        shared: dict[int, list[int]] = defaultdict(list)
        words = _words(located.passage.text)
        for start in range(len(words) - LEAK_WORDS + 1):
            for number in places.get(tuple(words[start : start + LEAK_WORDS]), ()):
                shared[number].append(start)
        for number, starts in shared.items():
            run = " ".join(words[starts[0] : starts[0] + LEAK_WORDS])
            message = f"{len(starts)} runs of {LEAK_WORDS} words shared with {references[number].place}: {run!r}"
            yield located.finding("error", "leaks", message)


def read_references(paths: Sequence[Path | str]) -> list[Reference]:
    """Texts of JSON Lines files (a passage each), of any other files (plain UTF-8), and of folders of ``*.jsonl``
    and ``*.txt``.

    Raises UserError for what cannot be read: an unread text could leak unseen.
    """
    return [reference for path in _reference_files(paths) for reference in _read_reference_file(path)]


def word_ngrams(text: str, length: int) -> frozenset[NGram]:
    """The runs of ``length`` words in a text, without case and punctuation; a shorter text is one run."""
    words = _words(text)
    if len(words) < length:
        return frozenset({tuple(words)} if words else ())
    return frozenset(tuple(words[start : start + length]) for start in range(len(words) - length + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _across_first(located: Located, others: Sequence[Located]) -> Located:
    """The first of ``others`` in another split, or else the first."""
    return next((other for other in others if _in_other_split(located, other)), others[0])


def _in_other_split(one: Located, other: Located) -> bool:
    return split_of(one.passage) != split_of(other.passage)


def _repetition(check: str, located: Located, other: Located, relation: str) -> Finding:
    across = _in_other_split(located, other)
    sides = f" ({split_of(located.passage)} and {split_of(other.passage)})" if across else ""
    return located.finding("error" if across else "warning", check, f"{relation} {other}{sides}")


def _reference_files(paths: Sequence[Path | str]) -> Iterator[Path]:
    for path in map(Path, paths):
        found = [path] if path.is_file() else sorted([*path.rglob("*.jsonl"), *path.rglob("*.txt")])
        if not found:
            raise UserError(f"{path}: no such file, or a folder without *.jsonl and *.txt")
        yield from found


def _read_reference_file(path: Path) -> Iterator[Reference]:
    if path.suffix == ".jsonl":
        for line, passage in read_numbered_passages(path):
            yield Reference(f"{path}:{line} record {passage.id!r}", passage.text)
        return
    try:
        yield Reference(str(path), path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 (byte {error.start + 1}); convert the file to UTF-8") from error
