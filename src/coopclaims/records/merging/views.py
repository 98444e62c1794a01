"""Mentions as sparse vectors, one matrix a view: all words around, parties, what it is about, trigger, places.

Keys weigh by rarity (inverse document frequency), counted in the mentions at hand and in the background counts of
``background.json`` (training passages of the corpus), so that few mentions have sensible weights too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from scipy import sparse

from coopclaims.records.merging.context import folded_words
from coopclaims.records.merging.mention import Mention

VIEWS = ("context", "parties", "topic", "trigger", "places")
_GRAM = 4


def view_keys(mention: Mention, view: str) -> Iterable[str]:
    """The keys of a mention in one view."""
    if view == "context":
        return mention.context
    if view == "parties":
        return [*_entities(mention), *_word_keys(mention.quotes("PARTY"))]
    if view == "topic":
        return _grams(mention.quotes("FIELD", "INSTRUMENT"))
    if view == "trigger":
        return _grams([mention.trigger])
    return [f"@{code}" for v in mention.values("PLACE") for code in v["countries"]] + _word_keys(
        mention.quotes("PLACE")
    )


def unit_rows(rows: Sequence[Iterable[str]], counts: Counter[str], total: int) -> sparse.csr_array:
    """Rows of length one (zero where a row has no key), a column a key, weighted by rarity.

    ``counts`` says in how many of ``total`` mentions or passages each key is.
    """
    columns: dict[str, int] = {}
    indices, data, ends = [], [], [0]
    for row in rows:
        keys = sorted(set(row))
        weights = np.log((total + 1) / (np.array([counts[key] for key in keys], dtype=float) + 0.5))
        norm = float(np.sqrt((weights**2).sum())) or 1.0
        indices += [columns.setdefault(key, len(columns)) for key in keys]
        data += (weights / norm).tolist()
        ends.append(len(indices))
    shape = (len(rows), max(1, len(columns)))
    return sparse.csr_array((np.array(data, dtype=float), np.array(indices, dtype=np.int64), np.array(ends)), shape)


def matrices(mentions: Sequence[Mention]) -> dict[str, sparse.csr_array]:
    """The matrix of each view."""
    found = {}
    for view in VIEWS:
        rows = [set(view_keys(mention, view)) for mention in mentions]
        counts = Counter(key for row in rows for key in row)
        counts.update(background()[view])
        found[view] = unit_rows(rows, counts, len(mentions) + background()["total"]["mentions"])
    return found


@cache
def background() -> dict[str, dict[str, int]]:
    """Counts of frequent keys by view, and under ``total`` the number of mentions they were counted in."""
    text = files("coopclaims.records.merging").joinpath("background.json").read_text(encoding="utf-8")
    counts: dict[str, dict[str, int]] = json.loads(text)
    return counts


def _entities(mention: Mention) -> list[str]:
    values = mention.values("PARTY")
    return [f"@{code}" for v in values for code in v["countries"]] + [f"&{v['entity']}" for v in values if v["entity"]]


def _word_keys(quotes: Iterable[str]) -> list[str]:
    return [word for quote in quotes for word in folded_words(quote)]


def _grams(quotes: Iterable[str]) -> list[str]:
    """Beginnings and inner stretches of words, so that inflections, compounds and cognates share keys."""
    found = []
    for word in _word_keys(quotes):
        found += [word[at : at + _GRAM] for at in range(max(1, len(word) - _GRAM + 1))]
        found.append(f"{word}$")
    return found
