"""Groups of mentions from pair scores: average linkage inside the connected parts of the graph of likely pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components

from coopclaims.records.merging.candidates import Pairs

# The log-odds of pairs that were not compared.
NOT_COMPARED = -6.0
# Average linkage takes the square of a part's size in memory; larger parts are taken apart at surer pairs.
LARGEST_PART = 2000
_STEP = 0.5
# Log-odds beyond are as good as certain. Two claims of one passage are two acts: they get the lowest.
_BOUND = 20.0

Floats = NDArray[np.float64]
Part = tuple[NDArray[np.int64], Pairs, Floats]


def cluster(passages: NDArray[np.int64], pairs: Pairs, log_odds: Floats, threshold: float) -> NDArray[np.int64]:
    """The group of each mention, named by its first member; ``passages`` has the number of each mention's passage.

    Two groups are joined while the mean log-odds over all pairs between them is at least ``threshold``.
    """
    groups = np.arange(len(passages))
    for members, inner, scores in _parts(len(passages), pairs, log_odds, threshold):
        tree = linkage(_distances(members, inner, scores, passages), method="average")
        inside = fcluster(tree, _BOUND - threshold, criterion="distance")
        for group in np.unique(inside):
            groups[members[inside == group]] = members[inside == group].min()
    return groups


def _parts(count: int, pairs: Pairs, log_odds: Floats, least: float) -> list[Part]:
    """The connected parts of two and more mentions, none larger than LARGEST_PART, with the pairs inside."""
    kept = pairs[log_odds >= least]
    graph = sparse.coo_array((np.ones(len(kept)), (kept[:, 0], kept[:, 1])), (count, count))
    _, labels = connected_components(graph, directed=False)
    inside = np.flatnonzero(labels[pairs[:, 0]] == labels[pairs[:, 1]])
    inside = inside[np.argsort(labels[pairs[inside, 0]], kind="stable")]
    found = []
    for rows in np.split(inside, np.flatnonzero(np.diff(labels[pairs[inside, 0]])) + 1) if len(inside) else ():
        members = np.unique(pairs[rows])
        if len(members) > LARGEST_PART:
            found += _parts(count, pairs[rows], log_odds[rows], least + _STEP)
        else:
            found.append((members, pairs[rows], log_odds[rows]))
    return found


def _distances(members: NDArray[np.int64], pairs: Pairs, log_odds: Floats, passages: NDArray[np.int64]) -> Floats:
    """How far the log-odds of all pairs of a part are below _BOUND, in the condensed order of scipy."""
    size = len(members)
    table = np.full((size, size), NOT_COMPARED)
    rows, columns = np.searchsorted(members, pairs).T
    table[rows, columns] = table[columns, rows] = np.clip(log_odds, -_BOUND, _BOUND)
    passage = passages[members]
    table[passage[:, None] == passage[None, :]] = -_BOUND
    return _BOUND - table[np.triu_indices(size, 1)]
