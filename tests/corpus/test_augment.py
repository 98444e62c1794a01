from __future__ import annotations

import numpy as np

from coopclaims.corpus.augment import MentionPool
from coopclaims.corpus.markup import format_markup, parse_markup
from coopclaims.schema import Passage, validate

PASSAGES = [
    parse_markup(marked, name, name[:2])
    for name, marked in {
        "en-1": "[[PARTY 1|Norway]] and [[PARTY 1|Chile]] [[TRIGGER 1 agreement actual|signed]] on [[DATE 1|3 May]].",
        "en-2": "[[PARTY 1|Ghana]] [[TRIGGER 1 investment planned|lends]] the [[PARTY 1|bank]] [[AMOUNT 1|5 tonnes]].",
        "en-3": "[[PARTY 1|both sides]] and [[PARTY 1|Ghana]] [[TRIGGER 1 dialogue actual|met]] on [[DATE 1|7 June]].",
        "de-1": "[[PARTY 1|Norwegen]] [[TRIGGER 1 dialogue actual|traf]] die [[PARTY 1|Bank]].",
        "de-2": "[[PARTY 1|Bank]] und [[PARTY 1|Chile]] [[TRIGGER 1 relation denied|kooperieren]] nicht.",
    }.items()
]


def replaced(passage: Passage, share: float = 1.0, seed: int = 0) -> Passage:
    return MentionPool(PASSAGES).replaced(passage, share, np.random.default_rng(seed))


def test_replacing_keeps_claims_and_moves_offsets() -> None:
    for passage in PASSAGES:
        for seed in range(20):
            variant = replaced(passage, seed=seed)
            validate(variant)
            assert variant.claims == passage.claims
            assert [span.label for span in variant.spans] == [span.label for span in passage.spans]
            assert parse_markup(format_markup(variant), passage.id, passage.lang).text == variant.text


def test_names_give_way_to_names_of_the_language_and_common_nouns_stay() -> None:
    seen = {format_markup(replaced(PASSAGES[1], seed=seed)) for seed in range(40)}
    subjects = {line.split("]]")[0] for line in seen}
    assert subjects == {"[[PARTY 1|Norway", "[[PARTY 1|Chile", "[[PARTY 1|Ghana"}
    assert all("[[PARTY 1|bank]]" in line for line in seen)
    # A noun that stands after an article somewhere is no name elsewhere.
    assert all("[[PARTY 1|Bank]] und" in format_markup(replaced(PASSAGES[4], seed=seed)) for seed in range(20))


def test_dates_give_way_to_dates_of_the_same_form() -> None:
    texts = {replaced(PASSAGES[0], seed=seed).text[-7:] for seed in range(40)}
    assert texts == {" 3 May.", "7 June."}


def test_nothing_is_replaced_at_share_zero() -> None:
    assert all(format_markup(replaced(passage, 0.0)) == format_markup(passage) for passage in PASSAGES)
