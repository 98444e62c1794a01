"""Checks of splits and ids across passages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from coopclaims.corpus.findings import Finding, Located
from coopclaims.corpus.split import document_of, split_of, story_of
from coopclaims.schema import Passage


def duplicate_ids(corpus: Sequence[Located]) -> Iterator[Finding]:
    """No two passages have the same id."""
    first: dict[str, Located] = {}
    for located in corpus:
        earlier = first.setdefault(located.passage.id, located)
        if earlier is not located:
            yield located.finding("error", "duplicate ids", f"id already used at {earlier.path}:{earlier.line}")


def missing_splits(corpus: Sequence[Located]) -> Iterator[Finding]:
    """Either all passages have a split or none has; one finding a file."""
    lacking: dict[str, list[Located]] = defaultdict(list)
    for located in corpus:
        if "split" not in located.passage.extra:
            lacking[located.path].append(located)
    if sum(map(len, lacking.values())) == len(corpus):
        return
    for passages in lacking.values():
        message = f"no 'split', though other passages have one (so {len(passages)} of this file, here the first)"
        yield passages[0].finding("error", "missing splits", message)


def divided_documents(corpus: Sequence[Located]) -> Iterator[Finding]:
    """All passages of a document are in one split."""
    yield from _divided(corpus, "document", document_of)


def divided_stories(corpus: Sequence[Located]) -> Iterator[Finding]:
    """All tellings of a story are in one split."""
    yield from _divided(corpus, "story", story_of)


def _divided(corpus: Sequence[Located], kind: str, name_of: Callable[[Passage], str | None]) -> Iterator[Finding]:
    first: dict[str, Located] = {}
    for located in corpus:
        name, split = name_of(located.passage), split_of(located.passage)
        if name is None or split is None:
            continue
        earlier = first.setdefault(name, located)
        if split_of(earlier.passage) != split:
            message = f"{kind} {name!r} is in {split} here and in {split_of(earlier.passage)} at {earlier}"
            yield located.finding("error", f"divided {kind}", message)
