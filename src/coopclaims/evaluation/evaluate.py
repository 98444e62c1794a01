"""The content of metrics.json: every score with its interval, from gold and predicted passages."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from coopclaims.errors import UserError
from coopclaims.evaluation.bootstrap import LEVEL, SAMPLES, SEED, percentile_interval, resampled_sums
from coopclaims.evaluation.confusion import span_confusion
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.scores import (
    COLUMNS,
    FIGURES,
    count_labels,
    count_passages,
    exact_items,
    f1,
    other_labels,
    precision,
    recall,
)
from coopclaims.schema import LANGUAGES, Passage

UNKNOWN_LANGUAGE = "unknown"

Pairs = Sequence[tuple[Passage, Passage]]
Column = TypeVar("Column", bound=Hashable)


def evaluate_passages(
    gold: Iterable[Passage], predicted: Iterable[Passage], samples: int = SAMPLES, seed: int = SEED
) -> dict[str, Any]:
    """All scores of ``predicted`` against ``gold``, as JSON values.

    Keys: ``passages``, ``passages_by_language`` and ``claims`` (counts); ``overall`` and ``by_language`` (a dict
    of the six figures each); ``by_label`` (span figures); ``by_type`` and ``by_status`` (typed trigger figures
    of that type or status); ``false_alarms``; ``confusion`` (see ``span_confusion``); ``bootstrap``. A figure
    holds f1, precision, recall, correct, gold, predicted and the bootstrap interval of f1; in the soft figures
    ``correct`` is a sum of pair scores. The language of a passage is that of its gold record.

    Raises UserError if the two sides do not pair (see ``pair_passages``), if there is nothing to score, or if
    ``samples`` is not positive.
    """
    if samples < 1:
        raise UserError(f"samples must be at least 1, not {samples}")
    pairs = pair_passages(gold, predicted)
    if not pairs:
        raise UserError("gold: no passage to score; a figure needs at least one")
    counts = count_passages(pairs)
    languages = _rows_by_language(pairs)
    claims = counts[:, COLUMNS.index(("overall", "soft_claim"))].sum(axis=0)
    grouped = _grouped_figures(counts, samples, seed)
    if labels := other_labels(pairs):
        # An ordinary tagger: its labels in place of ours, and no claims that could have types.
        by_label = _figures(labels, count_labels(pairs, labels), samples, seed)
        grouped |= {"by_label": by_label, "by_type": {}, "by_status": {}}
    return {
        "passages": len(pairs),
        "passages_by_language": {language: len(rows) for language, rows in languages.items()},
        "claims": {"gold": int(claims[1]), "predicted": int(claims[2])},
        "overall": grouped.pop("overall"),
        "by_language": {
            language: _grouped_figures(counts[rows, : len(FIGURES)], samples, seed)["overall"]
            for language, rows in languages.items()
        },
        **grouped,
        "false_alarms": {
            **_false_alarms(pairs, samples, seed),
            "by_language": {
                language: _false_alarms([pairs[row] for row in rows], samples, seed)
                for language, rows in languages.items()
            },
        },
        "confusion": span_confusion(pairs),
        "bootstrap": {"samples": samples, "seed": seed, "level": LEVEL},
    }


def exact_f1(gold: Iterable[Passage], predicted: Iterable[Passage], figure: str = "argument") -> float:
    """One of the exact figures alone, without intervals: cheap enough to watch during training.

    Raises UserError if the two sides do not pair (see ``pair_passages``).
    """
    correct = total = 0
    for wanted, found in pair_passages(gold, predicted):
        gold_items = exact_items(wanted)["overall", figure]
        predicted_items = exact_items(found)["overall", figure]
        correct += len(gold_items & predicted_items)
        total += len(gold_items) + len(predicted_items)
    return 2 * correct / total if total else 1.0


def _rows_by_language(pairs: Pairs) -> dict[str, list[int]]:
    """Rows of each language, the project's languages first, then others by name."""
    rows: dict[str, list[int]] = {}
    for row, (gold, _) in enumerate(pairs):
        rows.setdefault(gold.lang or UNKNOWN_LANGUAGE, []).append(row)
    names = [*LANGUAGES, *sorted(rows.keys() - set(LANGUAGES))]
    return {name: rows[name] for name in names if name in rows}


def _grouped_figures(counts: NDArray[np.float64], samples: int, seed: int) -> dict[str, dict[str, Any]]:
    """Figures keyed by group and name, for counts of the first columns of COLUMNS: (passages, columns, 3)."""
    columns = COLUMNS[: counts.shape[1]]
    figures = _figures(columns, counts, samples, seed)
    groups: dict[str, dict[str, Any]] = {}
    for group, name in columns:
        groups.setdefault(group, {})[name] = figures[group, name]
    return groups


def _figures(
    columns: Sequence[Column], counts: NDArray[np.float64], samples: int, seed: int
) -> dict[Column, dict[str, Any]]:
    """The figure of each column, for counts of shape (passages, columns, 3)."""
    sums = counts.sum(axis=0)
    intervals = percentile_interval(f1(resampled_sums(counts, samples, seed))).T.tolist()
    values = zip(f1(sums).tolist(), precision(sums).tolist(), recall(sums).tolist(), strict=True)
    return {
        column: {
            **dict(zip(("f1", "precision", "recall"), figures, strict=True)),
            # Exact figures count items; only the soft ones can hold a fraction.
            **{
                key: int(n) if n == int(n) else n
                for key, n in zip(("correct", "gold", "predicted"), sizes, strict=True)
            },
            "interval": interval,
        }
        for column, figures, sizes, interval in zip(columns, values, sums.tolist(), intervals, strict=True)
    }


def _false_alarms(pairs: Pairs, samples: int, seed: int) -> dict[str, Any]:
    """Share of passages without a gold claim that got a predicted one; null where there is no such passage."""
    alarms = np.array([float(bool(predicted.claims)) for gold, predicted in pairs if not gold.claims])
    if not len(alarms):
        return {"claim_free": 0, "alarmed": 0, "rate": None, "interval": None}
    # Resampled among claim-free passages only, as the rate of a sample without any would be undefined.
    rates = resampled_sums(alarms, samples, seed) / len(alarms)
    return {
        "claim_free": len(alarms),
        "alarmed": int(alarms.sum()),
        "rate": float(alarms.mean()),
        "interval": percentile_interval(rates).tolist(),
    }
