"""Rare names and amounts that recur where they should not: in another split, or in text that must not leak in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from coopclaims.corpus.findings import Finding, Located
from coopclaims.corpus.near_duplicates import Reference
from coopclaims.corpus.split import document_of, split_of, story_of
from coopclaims.schema import Passage, Span

NAME_LABELS = ("PARTY", "SOURCE")
# Names in more documents than this are common knowledge (ministries, banks, the United Nations).
RARE_DOCUMENTS = 3
_DIGIT = re.compile(r"\d")


def names_across_splits(corpus: Sequence[Located]) -> Iterator[Finding]:
    """Rare names of a language that occur in more than one split, of different stories."""
    places: dict[tuple[str, str], list[Located]] = defaultdict(list)
    for located in corpus:
        for name in sorted(rare_candidates(located.passage)):
            places[located.passage.lang or "", name].append(located)
    for (_, name), found in sorted(places.items()):
        documents = {document_of(located.passage) for located in found}
        stories = {story_of(located.passage) or document_of(located.passage) for located in found}
        splits = {split_of(located.passage) for located in found} - {None}
        if len(documents) <= RARE_DOCUMENTS and len(stories) > 1 and len(splits) > 1:
            others = ", ".join(f"{located.passage.id} ({split_of(located.passage)})" for located in found)
            yield found[0].finding("review", "names across splits", f"{name!r} in {others}")


def shared_names_and_amounts(corpus: Sequence[Located], references: Sequence[Reference]) -> Iterator[Finding]:
    """Rare names and amounts of ours that a reference text holds as well."""
    documents: dict[str, set[str]] = defaultdict(set)
    for located in corpus:
        for name in rare_candidates(located.passage):
            documents[name].add(document_of(located.passage))
    for located in corpus:
        passage = located.passage
        wanted = {n for n in rare_candidates(passage) if len(documents[n]) <= RARE_DOCUMENTS} | amounts(passage)
        for phrase in sorted(wanted):
            if place := next((r.place for r in references if phrase in r.text), None):
                yield located.finding("review", "shared names and amounts", f"{phrase!r} is also in {place}")


def rare_candidates(passage: Passage) -> set[str]:
    """Names of parties and sources that are more than one capitalised word."""
    return {passage.quote(span) for span in passage.spans if span.label in NAME_LABELS and _is_name(passage, span)}


def amounts(passage: Passage) -> set[str]:
    """Amounts of more than one word that have a digit."""
    quotes = {passage.quote(span) for span in passage.spans if span.label == "AMOUNT"}
    return {quote for quote in quotes if " " in quote and _DIGIT.search(quote)}


def _is_name(passage: Passage, span: Span) -> bool:
    words = passage.quote(span).split()
    return len(words) > 1 and all(word[:1].isupper() for word in (words[0], words[-1]))
