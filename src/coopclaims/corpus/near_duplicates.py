"""Checks across passages: texts that repeat each other, or repeat text that must not leak into the corpus."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datasketch import MinHash, MinHashLSH

from coopclaims.corpus.findings import Finding, Located
from coopclaims.corpus.jsonl import read_numbered_passages
from coopclaims.corpus.split import split_of
from coopclaims.errors import UserError

SHINGLE_WORDS = 5
SIMILARITY = 0.5
# How many bands of how many hashes: sets that agree in one whole band are candidates.
BANDS = (128, 2)
LEAK_WORDS = 8
LEAK_SYLLABLES = 12

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
    sets = [shingles(located.passage.text) for located in corpus]
    for number, similar in similar_sets(sets, SIMILARITY):
        located = corpus[number]
        similar = [(score, n) for score, n in similar if corpus[n].passage.text != located.passage.text]
        if similar:
            nearest = [corpus[n] for _, n in sorted(similar, key=lambda pair: (-pair[0], pair[1]))]
            other = _across_first(located, nearest)
            score = next(score for score, n in similar if corpus[n] is other)
            yield _repetition("near-duplicates", located, other, f"{score:.0%} of its word 5-grams shared with")


def similar_sets(sets: Sequence[frozenset[NGram]], threshold: float) -> Iterator[tuple[int, list[tuple[float, int]]]]:
    """For each set with earlier sets of Jaccard similarity ``threshold`` or more: its number, and those.

    Candidates come from MinHash and locality-sensitive hashing (Broder 1997; Indyk and Motwani 1998), as datasketch
    has them; their similarities are then computed exactly. With bands of BANDS a pair of similarity 0.3 is missed once
    in a hundred thousand times, a more similar one less often.
    """
    hashed = [[" ".join(element).encode() for element in own] for own in sets]
    index = MinHashLSH(params=BANDS, num_perm=math.prod(BANDS))
    signatures = MinHash.bulk(hashed, num_perm=math.prod(BANDS))
    for number, (own, signature) in enumerate(zip(sets, signatures, strict=True)):
        if not own:
            continue
        candidates = sorted(index.query(signature))
        scored = [(len(own & sets[n]) / len(own | sets[n]), n) for n in candidates]
        if similar := [(score, n) for score, n in scored if score >= threshold]:
            yield number, similar
        index.insert(number, signature)


def leaks(corpus: Sequence[Located], references: Sequence[Reference]) -> Iterator[Finding]:
    """Passages that share a run of LEAK_WORDS words with a reference text.

    An error; a run of Vietnamese syllables, which are words to us, is only a warning below LEAK_SYLLABLES, since
    the name of one ministry can be that long.
    """
    places: dict[NGram, list[int]] = defaultdict(list)
    for number, reference in enumerate(references):
        for ngram in _ngrams(_words(reference.text), LEAK_WORDS):
            places[ngram].append(number)
    for located in corpus:
        words = _words(located.passage.text)
        for number, (start, end) in _longest_shared_runs(words, places).items():
            harmless = located.passage.lang == "vi" and end - start < LEAK_SYLLABLES
            run = " ".join(words[start:end])
            message = f"{end - start} words shared with {references[number].place}: {run!r}"
            yield located.finding("warning" if harmless else "error", "leaks", message)


def read_references(paths: Sequence[Path | str]) -> list[Reference]:
    """Texts of JSON Lines files (a passage each), of any other files (plain UTF-8), and of folders of ``*.jsonl``
    and ``*.txt``.

    Raises UserError for what cannot be read: an unread text could leak unseen.
    """
    return [reference for path in _reference_files(paths) for reference in _read_reference_file(path)]


def shingles(text: str) -> frozenset[NGram]:
    """The runs of SHINGLE_WORDS words in a text, without case and punctuation; a shorter text is one run."""
    words = _words(text)
    return frozenset(_ngrams(words, SHINGLE_WORDS) or ([tuple(words)] if words else []))


def _ngrams(words: Sequence[str], length: int) -> set[NGram]:
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _longest_shared_runs(words: list[str], places: Mapping[NGram, list[int]]) -> dict[int, tuple[int, int]]:
    """By number of reference, the longest stretch of ``words`` whose every run of LEAK_WORDS it shares."""
    longest: dict[int, tuple[int, int]] = {}
    begins: dict[int, int] = {}
    for start in range(len(words) - LEAK_WORDS + 1):
        end = start + LEAK_WORDS
        begins = {number: begins.get(number, start) for number in places.get(tuple(words[start:end]), ())}
        for number, begin in begins.items():
            longest[number] = max(longest.get(number, (0, 0)), (begin, end), key=lambda run: run[1] - run[0])
    return longest


def _across_first(located: Located, others: Sequence[Located]) -> Located:
    """The first of ``others`` in another split, or else the first."""
    return next((other for other in others if _in_other_split(located, other)), others[0])


def _in_other_split(one: Located, other: Located) -> bool:
    splits = {split_of(one.passage), split_of(other.passage)}
    return len(splits) == 2 and None not in splits


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
