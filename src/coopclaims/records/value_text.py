"""Normalised values in a few characters, for readers."""

from __future__ import annotations

import re
from typing import Any

# Five digits and more, but years, days and what follows a decimal point.
_LARGE = re.compile(r"(?<![\d.])\d{5,40}(?!\d)")


def value_text(label: str, value: Any) -> str:
    """The value of an argument with ``label``; empty without one, or where another program gave it another form."""
    if not isinstance(value, dict) or not value:
        return ""
    try:
        if label == "DATE":
            return str(value["edtf"])
        if label == "AMOUNT":
            return readable(amount_text(value))
        countries = ", ".join(value.get("countries", ()))
        return " ".join(filter(None, (value.get("name"), countries and f"({countries})")))
    except (KeyError, TypeError):
        return ""


def amount_text(value: dict[str, Any]) -> str:
    """An amount in words and figures: "over 12000 EUR"."""
    figure = value.get("value") or f"{value['low']}–{value['high']}"
    return " ".join(filter(None, (value.get("qualifier"), figure, value.get("currency") or value.get("unit"))))


def readable(amount: str) -> str:
    """Large figures with commas."""
    return _LARGE.sub(lambda digits: f"{int(digits[0]):,}", amount)
