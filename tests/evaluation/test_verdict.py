from __future__ import annotations

import pytest

from coopclaims.evaluation.compare import OVERALL, Difference, Differences
from coopclaims.evaluation.verdict import p_value, signed, verdict


def difference(points: float, corrected: float, figure: str = "argument") -> Difference:
    interval = (points / 100 - 0.01, points / 100 + 0.01)
    return Difference(figure, 100, 90, 0.5, 0.5 + points / 100, interval, corrected / 4, corrected)


def differences(**sides: tuple[float, float]) -> Differences:
    return {side: {"argument": difference(*values)} for side, values in sides.items()}


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            differences(overall=(0.7, 0.2), de=(2.1, 0.01), vi=(0.1, 1.0)),
            "B is better than A on German arguments by 2.1 points (p = 0.01); no difference shown elsewhere.",
        ),
        (
            differences(overall=(-3.0, 0.0001), de=(-4.0, 0.02)),
            "B is worse than A on arguments by 3.0 points (p < 0.001; German 4.0).",
        ),
        (
            differences(overall=(0.0, 0.9), de=(2.0, 0.04), xx=(-2.5, 0.003)),
            "B is better than A on German arguments by 2.0 points (p = 0.04), and worse on xx arguments by 2.5 points "
            "(p = 0.003); no difference shown elsewhere.",
        ),
        (
            differences(overall=(1.2, 0.3)),
            "No difference between A and B is shown: arguments +1.2 points (95% interval +0.2 to +2.2), p = 0.3.",
        ),
    ],
)
def test_the_verdict_is_a_sentence(found: Differences, sentence: str) -> None:
    assert verdict("A", "B", found) == sentence


def test_several_figures_are_listed() -> None:
    figures = {name: difference(2.0, 0.01, name) for name in ("argument", "soft_claim", "span")}
    assert verdict("A", "B", {OVERALL: figures}).startswith(
        "B is better than A on arguments by 2.0 points (p = 0.01), soft claims by 2.0 points (p = 0.01) and spans by"
    )


def test_numbers_as_a_text_has_them() -> None:
    assert [signed(points) for points in (-0.04, 0.04, -2.15, 2.0)] == ["0.0", "0.0", "−2.1", "+2.0"]
    assert [p_value(p) for p in (0.0001, 0.001, 0.05, 1.0)] == ["p < 0.001", "p = 0.001", "p = 0.05", "p = 1"]
