"""The content of metrics.json: every score with its intervals, and what stands behind the scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from coopclaims.corpus.split import document_of
from coopclaims.errors import UserError
from coopclaims.evaluation.alignment import FOUND, OVERLAPPING, align_pairs
from coopclaims.evaluation.binning import rows_by_claims, rows_by_words
from coopclaims.evaluation.bootstrap import LEVEL, SAMPLES, SEED
from coopclaims.evaluation.boundaries import boundary_profile
from coopclaims.evaluation.calibration import calibration
from coopclaims.evaluation.confusion import link_confusion, span_confusion, status_confusion, type_confusion
from coopclaims.evaluation.curves import score_curve
from coopclaims.evaluation.data_card import data_card
from coopclaims.evaluation.errors_by_kind import count_errors, errors
from coopclaims.evaluation.figures import Bootstrap, Counts, make_figures, make_rate
from coopclaims.evaluation.languages import rows_by_language
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.scored_items import scored_items
from coopclaims.evaluation.scores import COLUMNS, FIGURES, count_labels, count_passages, exact_items, other_labels
from coopclaims.schema import Passage

Pairs = Sequence[tuple[Passage, Passage]]

# Which scores should be probabilities of being right: that of a span of its bounds and label, that of a claim of its
# trigger, type and status.
CALIBRATED = ("span", "typed_trigger")


def evaluate_passages(
    gold: Iterable[Passage], predicted: Iterable[Passage], samples: int = SAMPLES, seed: int = SEED
) -> dict[str, Any]:
    """All scores of ``predicted`` against ``gold``, as JSON values; docs/metrics.md defines each key.

    The language of a passage is that of its gold record. The same passages in any order give the same result.

    Raises UserError if the two sides do not pair (see ``pair_passages``), if there is nothing to score, if
    ``samples`` is not positive or ``seed`` negative.
    """
    if samples < 1:
        raise UserError(f"samples must be at least 1, not {samples}")
    if seed < 0:
        raise UserError(f"seed must be at least 0, not {seed}")
    pairs = pair_passages(gold, predicted)
    if not pairs:
        raise UserError("gold: no passage to score; a figure needs at least one")
    wanted = [passage for passage, _ in pairs]
    languages = rows_by_language(wanted)
    return {
        "passages": len(pairs),
        "passages_by_language": {language: len(rows) for language, rows in languages.items()},
        **_scores(pairs, languages, Bootstrap(samples, seed)),
        **_causes(pairs),
        **_by_score(pairs, languages),
        "data": data_card(wanted, languages),
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


def _scores(pairs: Pairs, languages: Mapping[str, list[int]], bootstrap: Bootstrap) -> dict[str, Any]:
    """The figures, overall and by everything."""
    documents = np.array([document_of(gold) for gold, _ in pairs])
    counts = Counts(count_passages(pairs), documents)
    claims = counts.values[:, COLUMNS.index(("overall", "soft_claim"))].sum(axis=0)
    groups: dict[str, dict[str, Any]] = {}
    for (group, name), figure in make_figures(COLUMNS, counts, bootstrap).items():
        groups.setdefault(group, {})[name] = figure
    if labels := other_labels(pairs):
        # An ordinary tagger: its labels in place of ours, and no claims that could have types.
        by_label = make_figures(labels, Counts(count_labels(pairs, labels), documents), bootstrap)
        groups |= {"by_label": by_label, "by_argument": {}, "by_type": {}, "by_status": {}}
    headline = counts.columns(len(FIGURES))
    gold = [passage for passage, _ in pairs]

    def by(rows: Mapping[str, list[int]]) -> dict[str, Any]:
        return {name: make_figures(FIGURES, headline.rows(numbers), bootstrap) for name, numbers in rows.items()}

    return {
        "documents": len(set(documents.tolist())),
        "claims": {"gold": int(claims[1]), "predicted": int(claims[2])},
        "overall": groups.pop("overall"),
        "by_language": by(languages),
        **groups,
        "by_words": by(rows_by_words(gold)),
        "by_claims": by(rows_by_claims(gold)),
        "false_alarms": _false_alarms(pairs, documents, languages, bootstrap),
    }


def _false_alarms(
    pairs: Pairs,
    documents: np.ndarray[Any, np.dtype[np.str_]],
    languages: Mapping[str, list[int]],
    bootstrap: Bootstrap,
) -> dict[str, Any]:
    """Share of passages without a gold claim that got a predicted one.

    Resampled among claim-free passages only, as the rate of a sample without any would be undefined.
    """
    alarms = Counts(np.array([float(bool(predicted.claims)) for _, predicted in pairs]), documents)
    free = {row for row, (gold, _) in enumerate(pairs) if not gold.claims}

    def rate(rows: Iterable[int]) -> dict[str, Any]:
        return make_rate(alarms.rows([row for row in rows if row in free]), bootstrap)

    by_language = {language: rate(rows) for language, rows in languages.items()}
    return {**rate(range(len(pairs))), "by_language": by_language}


def _causes(pairs: Pairs) -> dict[str, Any]:
    """What is taken for what, and what goes wrong."""
    found = align_pairs(pairs, FOUND)
    return {
        "confusion": span_confusion(found),
        "type_confusion": type_confusion(found),
        "status_confusion": status_confusion(found),
        "link_confusion": link_confusion(found),
        "boundaries": boundary_profile(align_pairs(pairs, OVERLAPPING)),
        "errors": count_errors(errors(pairs)),
    }


def _by_score(pairs: Pairs, languages: Mapping[str, list[int]]) -> dict[str, Any]:
    """What the scores of the predicted records are worth; null where there are none."""
    items = scored_items(pairs)
    in_language = {name: scored_items([pairs[row] for row in rows]) for name, rows in languages.items()}
    return {
        "curves": {figure: score_curve(found) for figure, found in items.items()},
        "calibration": {
            figure: {
                "overall": calibration(items[figure]),
                "by_language": {name: calibration(found[figure]) for name, found in in_language.items()},
            }
            for figure in CALIBRATED
        },
    }
