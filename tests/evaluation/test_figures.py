from __future__ import annotations

import numpy as np

from coopclaims.evaluation.figures import Bootstrap, Counts, make_figures, make_rate

ONCE = Bootstrap(400, 0)


def width(bounds: list[float]) -> float:
    return bounds[1] - bounds[0]


def test_passages_alike_within_documents_widen_the_interval() -> None:
    """Ten documents of ten equal passages, half of them all wrong: only ten independent outcomes."""
    right = np.repeat([1.0, 0.0] * 5, 10)
    values = np.stack([right, np.ones(100), np.ones(100)], axis=-1)[:, None]
    documents = np.repeat([f"d{number}" for number in range(10)], 10)
    figure = make_figures(["span"], Counts(values, documents), ONCE)["span"]
    assert figure["f1"] == 0.5
    assert width(figure["interval_by_document"]) > 2 * width(figure["interval"])
    rate = make_rate(Counts(right, documents), ONCE)
    assert width(rate["interval_by_document"]) > 2 * width(rate["interval"])


def test_documents_of_one_passage_change_nothing() -> None:
    generator = np.random.default_rng(1)
    values = np.stack([generator.integers(0, 2, 30), np.ones(30), np.ones(30)], axis=-1)[:, None].astype(float)
    figure = make_figures(["span"], Counts(values, np.array([f"d{n}" for n in range(30)])), ONCE)["span"]
    assert figure["interval"] == figure["interval_by_document"]


def test_an_unevenly_filled_document_keeps_rates_below_one() -> None:
    alarms = Counts(np.array([1.0, 1.0, 1.0, 0.0]), np.array(["a", "a", "a", "b"]))
    low, high = make_rate(alarms, ONCE)["interval_by_document"]
    assert 0 <= low <= 0.75 <= high <= 1
