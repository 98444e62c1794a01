"""What the passages are that a system was scored on: how many of everything, by language, and how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from coopclaims.corpus.counts import TOTALS, count_passages
from coopclaims.corpus.split import document_of
from coopclaims.evaluation.binning import rows_by_claims, rows_by_words
from coopclaims.schema import LABELS, STATUSES, TYPES, Passage


def data_card(gold: Sequence[Passage], languages: dict[str, list[int]]) -> dict[str, Any]:
    """Counts over all passages and by language, and how many passages are of each length and number of claims.

    ``languages`` holds the rows of each language. Counts are of passages, documents, passages without claims, words,
    claims and spans, and of spans by label, claims by type and by status.
    """
    return {
        "overall": _counts(gold),
        "by_language": {name: _counts([gold[row] for row in rows]) for name, rows in languages.items()},
        "passages_by_words": {name: len(rows) for name, rows in rows_by_words(gold).items()},
        "passages_by_claims": {name: len(rows) for name, rows in rows_by_claims(gold).items()},
    }


def _counts(passages: Sequence[Passage]) -> dict[str, Any]:
    # Languages and splits added up.
    counts = sum(count_passages(replace(passage, extra={}) for passage in passages).values(), Counter[str]())
    labels = {span.label for passage in passages for span in passage.spans}
    names = LABELS if labels <= set(LABELS) else sorted(labels)
    return {
        **{name.replace(" ", "_"): counts[name] for name in TOTALS},
        "documents": len({document_of(passage) for passage in passages}),
        "by_label": {name: counts[f"label {name}"] for name in names},
        "by_type": {name: counts[f"type {name}"] for name in TYPES},
        "by_status": {name: counts[f"status {name}"] for name in STATUSES},
    }
