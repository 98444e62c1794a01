"""Normalised values on the arguments of a passage: key ``value`` of DATE, AMOUNT, PARTY, SOURCE and PLACE spans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from coopclaims.records.aliases import Aliases
from coopclaims.records.amounts import normalise_amount
from coopclaims.records.dates import normalise_date
from coopclaims.records.document_dates import document_date
from coopclaims.records.names import tidy
from coopclaims.records.parties import normalise_party
from coopclaims.records.party_offices import complete_offices
from coopclaims.records.places import normalise_place
from coopclaims.schema import LANGUAGES, Passage, Span

VALUE = "value"
_CACHED = 1 << 16


class Normaliser:
    """Gives spans their values; names that come back are read once."""

    def __init__(self, aliases: Aliases) -> None:
        self.aliases = aliases
        self._party = lru_cache(_CACHED)(self._read_party)
        self._place = lru_cache(_CACHED)(_read_place)

    def add_values(self, passage: Passage) -> None:
        """Put ``value`` into the ``extra`` of every span that has one, and take out what stood there otherwise."""
        # Only the acronyms of a text change how its quotes are read.
        acronyms = self.aliases.for_text(passage.text).acronyms
        day, lang = document_date(passage), passage.lang or ""
        for span in passage.spans:
            value = self._value(span, passage.quote(span), lang, day, acronyms)
            span.extra.pop(VALUE, None)
            if value is not None:
                # A copy: cached values are shared between spans.
                span.extra[VALUE] = dict(value)
        complete_offices([span.extra[VALUE] for span in passage.spans if VALUE in span.extra])

    def _value(
        self, span: Span, quote: str, lang: str, day: date | None, acronyms: Mapping[str, str]
    ) -> dict[str, Any] | None:
        if span.label in ("PARTY", "SOURCE"):
            return self._party(quote, lang, span.label, acronyms.get(tidy(quote)))
        if span.label == "PLACE":
            return self._place(quote, lang)
        if span.label == "DATE":
            when = normalise_date(quote, lang, day)
            return when.to_json() if when else None
        if span.label == "AMOUNT":
            amount = normalise_amount(quote, lang)
            return amount.to_json() if amount else None
        return None

    def _read_party(self, quote: str, lang: str, label: str, full_name: str | None) -> dict[str, Any]:
        aliases = self.aliases
        if full_name is not None:
            aliases = Aliases(aliases.by_language, {tidy(quote): full_name})
        return normalise_party(quote, lang, aliases, label).to_json()


def _read_place(quote: str, lang: str) -> dict[str, Any]:
    return normalise_place(quote, lang if lang in LANGUAGES else "en").to_json()
