"""The day a document is of, by the key ``date`` of its record."""

from __future__ import annotations

from datetime import date

from coopclaims.schema import Passage

# What records with an unusable date are counted under.
UNUSABLE_DATE = "date is not ISO 8601 (YYYY-MM-DD)"


def document_date(passage: Passage) -> date | None:
    """The day of the record's key ``date`` (ISO 8601, a time after it does not matter); None if it is none."""
    written = passage.extra.get("date")
    try:
        return date.fromisoformat(written[:10]) if isinstance(written, str) else None
    except ValueError:
        return None


def has_unusable_date(passage: Passage) -> bool:
    """Whether the record states a date that is no day for ``document_date``."""
    return passage.extra.get("date") not in (None, "") and document_date(passage) is None
