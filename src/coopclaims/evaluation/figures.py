"""Figures with their intervals: F1, precision and recall of counts, bootstrapped over passages and over documents."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from coopclaims.evaluation.bootstrap import percentile_interval, resampled_sums
from coopclaims.evaluation.scores import f1, precision, recall

Column = TypeVar("Column", bound=Hashable)


@dataclass(frozen=True)
class Bootstrap:
    """How to resample."""

    samples: int
    seed: int


@dataclass(frozen=True)
class Counts:
    """Counts of passages, shape (passages, …), and the document of each, shape (passages,)."""

    values: NDArray[np.float64]
    documents: NDArray[np.str_]

    def rows(self, rows: Sequence[int]) -> Counts:
        """The counts of some passages."""
        return Counts(self.values[rows], self.documents[rows])

    def columns(self, number: int) -> Counts:
        """The first ``number`` columns of counts of shape (passages, columns, 3)."""
        return Counts(self.values[:, :number], self.documents)

    def by_document(self) -> NDArray[np.float64]:
        """Sums of each document, shape (documents, …); ``values`` itself where every document holds one passage."""
        names, numbers = np.unique(self.documents, return_inverse=True)
        if len(names) == len(self.values):
            return self.values
        sums = np.zeros((len(names), *self.values.shape[1:]))
        np.add.at(sums, numbers, self.values)
        return sums


def make_figures(columns: Sequence[Column], counts: Counts, bootstrap: Bootstrap) -> dict[Column, dict[str, Any]]:
    """The figure of each column, for counts of shape (passages, columns, 3).

    ``interval`` is over passages, ``interval_by_document`` over documents, whose passages are drawn together (cluster
    bootstrap: Davison and Hinkley 1997, "Bootstrap Methods and their Application", section 3.8).
    """
    sums = counts.values.sum(axis=0)
    clustered = counts.by_document()
    intervals = _intervals(counts.values, bootstrap)
    by_document = intervals if clustered is counts.values else _intervals(clustered, bootstrap)
    values = zip(f1(sums).tolist(), precision(sums).tolist(), recall(sums).tolist(), strict=True)
    return {
        column: {
            **dict(zip(("f1", "precision", "recall"), figures, strict=True)),
            **dict(zip(("correct", "gold", "predicted"), map(_whole, sizes), strict=True)),
            "interval": interval,
            "interval_by_document": wider,
        }
        for column, figures, sizes, interval, wider in zip(
            columns, values, sums.tolist(), intervals, by_document, strict=True
        )
    }


def make_rate(alarms: Counts, bootstrap: Bootstrap) -> dict[str, Any]:
    """Share of passages that are 1 in ``alarms`` (passages,), with intervals as in ``make_figures``.

    Null where there is no passage.
    """
    if not len(alarms.values):
        return {"claim_free": 0, "alarmed": 0, "rate": None, "interval": None, "interval_by_document": None}
    pair = np.stack([alarms.values, np.ones(len(alarms.values))], axis=-1)
    clustered = Counts(pair, alarms.documents).by_document()
    return {
        "claim_free": len(alarms.values),
        "alarmed": int(alarms.values.sum()),
        "rate": float(alarms.values.mean()),
        "interval": _rate_interval(pair, bootstrap),
        "interval_by_document": _rate_interval(clustered, bootstrap),
    }


def _intervals(counts: NDArray[np.float64], bootstrap: Bootstrap) -> list[list[float]]:
    found: list[list[float]] = percentile_interval(
        f1(resampled_sums(counts, bootstrap.samples, bootstrap.seed))
    ).T.tolist()
    return found


def _rate_interval(pair: NDArray[np.float64], bootstrap: Bootstrap) -> list[float]:
    sums = resampled_sums(pair, bootstrap.samples, bootstrap.seed)
    bounds: list[float] = percentile_interval(sums[:, 0] / sums[:, 1]).tolist()
    return bounds


def _whole(count: float) -> float:
    """Exact figures count items; only the soft ones can hold a fraction."""
    return int(count) if count == int(count) else count
