from __future__ import annotations

from typing import Any

import pytest

from coopclaims.records.value_text import readable, value_text


def test_large_figures_get_commas_years_and_decimals_none() -> None:
    assert readable("over 2400000 EUR") == "over 2,400,000 EUR"
    assert readable("2024 or 0.123456 or 1000000/3") == "2024 or 0.123456 or 1,000,000/3"
    assert readable("9" * 5000) == "9" * 5000


@pytest.mark.parametrize(
    ("label", "value", "text"),
    [
        ("DATE", {"edtf": "2019-05"}, "2019-05"),
        ("AMOUNT", {"value": "12000", "qualifier": "over", "currency": "EUR"}, "over 12,000 EUR"),
        ("AMOUNT", {"low": "3", "high": "5", "unit": "person"}, "3–5 person"),
        ("PARTY", {"name": "Ghana", "countries": ["GH"]}, "Ghana (GH)"),
        ("PLACE", {"countries": ["GH", "TG"]}, "(GH, TG)"),
        ("PARTY", {"kind": "person"}, ""),
    ],
)
def test_values_are_told_in_a_few_characters(label: str, value: Any, text: str) -> None:
    assert value_text(label, value) == text


@pytest.mark.parametrize("label", ["DATE", "AMOUNT", "PARTY", "PLACE"])
@pytest.mark.parametrize(
    "value", [None, 3, "x", [], {}, {"countries": 3, "value": [1], "name": {}}, {"countries": [3]}]
)
def test_values_of_any_form_do_no_harm(label: str, value: Any) -> None:
    assert value_text(label, value) == ""
