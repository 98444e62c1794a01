"""Which pairs of mentions are compared at all: those that share keys that few mentions have.

Keys are the words, numbers, countries and bodies around a claim, and combinations of type, parties and countries, as
countries alone are too common. Keys of more than MOST_SHARED mentions are left out, and each mention keeps its KEPT
best partners in each language, so that the work grows with the number of mentions, not with its square.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from coopclaims.records.merging.mention import Mention
from coopclaims.records.merging.views import background, unit_rows

MOST_SHARED = 200
KEPT = 12
_ROWS = 2048

Pairs = NDArray[np.int64]


def candidate_pairs(mentions: Sequence[Mention]) -> Pairs:
    """Pairs of indices (n, 2) of different passages, the smaller first, sorted."""
    rows = [set(_blocking_keys(mention)) for mention in mentions]
    counts = Counter(key for row in rows for key in row)
    rare = [{key for key in row if 2 <= counts[key] <= MOST_SHARED} for row in rows]
    known = background()
    counts.update(known["context"])
    matrix = unit_rows(rare, counts, len(mentions) + known["total"]["mentions"])
    passages, languages = passage_numbers(mentions), np.array([mention.lang for mention in mentions])
    found = [np.zeros((0, 2), dtype=np.int64)]
    for language in np.unique(languages):
        columns = np.flatnonzero(languages == language)
        partners = matrix[columns].T.tocsr()
        for start in range(0, len(mentions), _ROWS):
            products = (matrix[start : start + _ROWS] @ partners).tocsr()
            found.append(_best_partners(products, start, columns, passages))
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def passage_numbers(mentions: Sequence[Mention]) -> NDArray[np.int64]:
    """A number for each mention, the same for mentions of one passage."""
    names = [(mention.document, mention.passage) for mention in mentions]
    numbers = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.int64)


def _best_partners(
    products: sparse.csr_array, start: int, columns: NDArray[np.int64], passages: NDArray[np.int64]
) -> Pairs:
    """The KEPT heaviest partners of each row in other passages; row 0 is mention ``start``, column 0 ``columns[0]``."""
    pairs = [np.zeros((0, 2), dtype=np.int64)]
    for row in range(products.shape[0]):
        begin, end = products.indptr[row], products.indptr[row + 1]
        partners, weights = columns[products.indices[begin:end]], products.data[begin:end]
        others = passages[partners] != passages[start + row]
        partners, weights = partners[others], weights[others]
        # Rounded, so that the order of additions cannot change which of two equal partners is kept.
        best = np.lexsort((partners, -np.round(weights, 9)))[:KEPT]
        pairs.append(np.stack([np.full(len(best), start + row), partners[best]], axis=1))
    return np.concatenate(pairs)


def _blocking_keys(mention: Mention) -> Iterator[str]:
    yield from mention.context
    values = mention.values("PARTY")
    entities = sorted({v["entity"] for v in values if v["entity"]})
    countries = sorted({code for v in values for code in v["countries"]})
    for names in (entities, countries):
        yield from (f"{mention.type} {name}" for name in names)
        yield from (f"{mention.type} {first} {second}" for first, second in combinations(names, 2))
