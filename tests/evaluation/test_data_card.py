from __future__ import annotations

from dataclasses import replace

from coopclaims.evaluation.binning import rows_by_claims, rows_by_words
from coopclaims.evaluation.data_card import data_card
from coopclaims.evaluation.languages import rows_by_language
from coopclaims.schema import Passage


def test_counts_add_up_over_languages(passages: list[Passage]) -> None:
    card = data_card(passages, rows_by_language(passages))
    for name in ("passages", "documents", "without_claims", "words", "claims", "spans"):
        assert card["overall"][name] == sum(side[name] for side in card["by_language"].values())
    assert sum(card["overall"]["by_label"].values()) == card["overall"]["spans"]
    assert sum(card["overall"]["by_type"].values()) == card["overall"]["claims"] == 6
    assert sum(card["passages_by_words"].values()) == len(passages)


def test_a_document_of_several_passages_counts_once(passages: list[Passage]) -> None:
    together = [replace(passage, doc="one") for passage in passages]
    assert data_card(together, rows_by_language(together))["overall"]["documents"] == 1


def test_every_passage_is_in_one_bin() -> None:
    made = [Passage(str(n), " ".join(["w"] * n)) for n in (0, 24, 25, 49, 50, 149, 150, 999)]
    assert rows_by_words(made) == {"0–24": [0, 1], "25–49": [2, 3], "50–74": [4], "100–149": [5], "150+": [6, 7]}
    assert rows_by_claims(made) == {"0": list(range(8))}
