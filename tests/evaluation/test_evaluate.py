from __future__ import annotations

import json
from dataclasses import replace

import pytest

from coopclaims.errors import UserError
from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.evaluation.report import format_table
from coopclaims.schema import STATUSES, TYPES, Passage


def bare(passages: list[Passage]) -> list[Passage]:
    return [replace(passage, spans=[], claims=[]) for passage in passages]


def test_counts_and_languages(passages: list[Passage]) -> None:
    metrics = evaluate_passages(passages, passages, samples=10)
    assert metrics["passages"] == len(passages)
    assert metrics["passages_by_language"] == {"vi": 2, "de": 2, "en": 2}
    assert metrics["claims"] == {"gold": 6, "predicted": 6}
    assert set(metrics["by_type"]) == set(TYPES)
    assert set(metrics["by_status"]) == set(STATUSES)
    assert metrics["overall"]["argument"]["interval"] == [1.0, 1.0]


def test_languages_add_up(passages: list[Passage]) -> None:
    predicted = [*passages[:2], *bare(passages[2:])]
    metrics = evaluate_passages(passages, predicted, samples=10)
    for key in ("correct", "gold", "predicted"):
        parts = sum(figures["argument"][key] for figures in metrics["by_language"].values())
        assert parts == metrics["overall"]["argument"][key]
    figure = metrics["overall"]["argument"]
    assert figure["f1"] == 2 * figure["correct"] / (figure["gold"] + figure["predicted"])
    assert figure["interval"][0] <= figure["f1"] <= figure["interval"][1]


def test_false_alarms_count_claim_free_passages(passages: list[Passage]) -> None:
    free = [passage for passage in passages if not passage.claims]
    assert len(free) == 1
    quiet = evaluate_passages(passages, bare(passages), samples=10)["false_alarms"]
    assert (quiet["claim_free"], quiet["alarmed"], quiet["rate"]) == (1, 0, 0.0)
    gold = [*bare(passages[:1]), *passages[1:]]
    loud = evaluate_passages(gold, passages, samples=10)["false_alarms"]
    assert (loud["claim_free"], loud["alarmed"], loud["rate"]) == (2, 1, 0.5)


def test_nothing_to_score_and_impossible_sampling_are_refused(passages: list[Passage]) -> None:
    with pytest.raises(UserError, match="no passage to score"):
        evaluate_passages([], [])
    with pytest.raises(UserError, match="samples must be at least 1"):
        evaluate_passages(passages, passages, samples=0)
    with pytest.raises(UserError, match="seed must be at least 0"):
        evaluate_passages(passages, passages, seed=-1)


def test_groups_split_their_figure(passages: list[Passage]) -> None:
    metrics = evaluate_passages(passages, [*passages[:3], *bare(passages[3:])], samples=10)
    parts = (("by_label", "span"), ("by_argument", "argument"), ("by_type", "typed_trigger"))
    for group, figure in (*parts, ("by_status", "typed_trigger")):
        for key in ("correct", "gold", "predicted"):
            assert sum(part[key] for part in metrics[group].values()) == metrics["overall"][figure][key]
    for group in ("by_words", "by_claims"):
        assert sum(part["span"]["gold"] for part in metrics[group].values()) == metrics["overall"]["span"]["gold"]


def test_everything_is_json(passages: list[Passage]) -> None:
    metrics = evaluate_passages(passages, bare(passages), samples=10)
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics


def test_table_names_every_figure_and_language(passages: list[Passage]) -> None:
    table = format_table(evaluate_passages(passages, bare(passages), samples=10))
    assert all(word in table for word in ("overall", "vi", "de", "en", "argument", "soft claim", "false alarms"))
    assert max(map(len, table.splitlines())) <= 80
