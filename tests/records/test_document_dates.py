from __future__ import annotations

from datetime import date

import pytest

from coopclaims.records.document_dates import document_date, has_unusable_date
from coopclaims.schema import Passage


@pytest.mark.parametrize("written", ["2024-05-06", "2024-05-06T10:00:00Z", "2024-05-06 10:00", "20240506"])
def test_a_day_in_iso_8601_is_read(written: str) -> None:
    passage = Passage("p", "", extra={"date": written})
    assert document_date(passage) == date(2024, 5, 6)
    assert not has_unusable_date(passage)


@pytest.mark.parametrize("written", ["06.05.2024", "6 May 2024", "yesterday", "2024-13-45", "2024-05", 2024, ["2024"]])
def test_what_is_no_day_is_unusable(written: object) -> None:
    passage = Passage("p", "", extra={"date": written})
    assert document_date(passage) is None
    assert has_unusable_date(passage)


@pytest.mark.parametrize("extra", [{}, {"date": None}, {"date": ""}])
def test_a_record_without_a_date_has_no_unusable_one(extra: dict[str, object]) -> None:
    passage = Passage("p", "", extra=extra)
    assert document_date(passage) is None
    assert not has_unusable_date(passage)
