"""Quotes made ready for reading, and the levels of sureness that every normalised value carries."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

# certain: the words say it outright. likely: one convention or inference fills a gap. ambiguous: another reading is
# about as good. docs/values.md lists what falls under which.
Confidence = Literal["certain", "likely", "ambiguous"]
_LEVELS: tuple[Confidence, ...] = ("certain", "likely", "ambiguous")

# The longest DATE or AMOUNT of the corpus has under 80 code points; beyond this a quote is no single value.
MAX_LENGTH = 200
# Letters of other languages that re.IGNORECASE takes for i and s, but lower() does not: look-ups of a match would miss.
_LOOKALIKES = str.maketrans("ıİſ", "iIs")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")


def clean_quote(quote: str) -> str | None:
    """NFC, without invisible characters, white space single, dotless and dotted i and long s as i and s.

    None for what is empty, too long or in foreign digits.
    """
    if len(quote) > 4 * MAX_LENGTH:  # NFD needs up to four code points for one
        return None
    text = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", quote)).translate(_LOOKALIKES).split())
    foreign_digits = any(character.isdigit() and not character.isascii() for character in text if character not in "²³")
    return None if not text or len(text) > MAX_LENGTH or foreign_digits else text


def least_sure(*levels: Confidence) -> Confidence:
    """The weakest of the levels: a value is as sure as its least sure part."""
    return max(levels, key=_LEVELS.index)
