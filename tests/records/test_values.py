"""Values on the arguments of a passage."""

from __future__ import annotations

import pytest

from coopclaims.corpus.jsonl import passage_from_line
from coopclaims.records.aliases import load_aliases
from coopclaims.records.values import VALUE, Normaliser
from coopclaims.schema import Passage, passage_from_json, passage_to_json

MARKED = (
    "[[DATE 1|Next year]] [[PARTY 1|Larkspur Institute]] and [[PARTY 1|Vietnam]] want to [[TRIGGER 1 investment "
    "planned|put]] [[AMOUNT 1|2.4 million euros]] into [[FIELD 1|tidal power]] near [[PLACE 1|Hanoi]], said "
    "[[SOURCE 1|Mai Anh]]."
)
NORMALISER = Normaliser(load_aliases())


def passage(**keys: object) -> Passage:
    return passage_from_line({"id": "p", "lang": "en", "marked": MARKED, **keys})


def test_each_kind_of_argument_gets_its_value_and_no_other() -> None:
    read = passage(date="2024-09-18T08:00:00Z")
    NORMALISER.add_values(read)
    values = {read.quote(span): span.extra.get(VALUE) for span in read.spans}
    assert values["Next year"]["edtf"] == "2025"
    assert values["Vietnam"]["entity"] == "country:VN"
    assert (values["2.4 million euros"]["value"], values["2.4 million euros"]["currency"]) == ("2400000", "EUR")
    assert values["Hanoi"]["countries"] == ["VN"]
    assert values["Mai Anh"]["kind"] == "person"
    assert values["tidal power"] is None
    assert values["put"] is None


def test_values_survive_a_round_trip_and_old_ones_go() -> None:
    read = passage(date="2024-09-18")
    NORMALISER.add_values(read)
    again = passage_from_json(passage_to_json(read))
    assert again == read
    again.extra["date"] = None
    NORMALISER.add_values(again)
    assert [VALUE in span.extra for span in again.spans if span.label == "DATE"] == [False]


def test_spans_do_not_share_a_value() -> None:
    one, two = passage(), passage()
    NORMALISER.add_values(one)
    NORMALISER.add_values(two)
    next(span for span in one.spans if span.label == "PARTY").extra[VALUE]["entity"] = "changed"
    assert next(span for span in two.spans if span.label == "PARTY").extra[VALUE]["entity"] != "changed"


@pytest.mark.parametrize("date", [None, 2024, "soon", "2024-13-45", "", ["2024-09-18"]])
def test_dates_that_are_none_do_not_stop_it(date: object) -> None:
    read = passage(date=date)
    NORMALISER.add_values(read)
    assert sum(VALUE in span.extra for span in read.spans) == 5


@pytest.mark.parametrize("lang", [None, "fr", "", "zz"])
def test_unknown_languages_still_get_parties(lang: str | None) -> None:
    read = passage()
    read.lang = lang
    NORMALISER.add_values(read)
    assert sum(VALUE in span.extra for span in read.spans if span.label == "PARTY") == 2


def office_values(text: str) -> list[str | None]:
    """The entities of the quotes in brackets of a text."""
    plain, spans = "", []
    for part in text.split("["):
        quote, bracket, rest = part.partition("]")
        if bracket:
            name = f"s{len(spans)}"
            spans.append({"id": name, "start": len(plain), "end": len(plain) + len(quote), "label": "PARTY"})
        plain += quote + rest
    record = passage_from_json({"id": "a", "text": plain, "lang": "en", "spans": spans, "claims": []})
    Normaliser(load_aliases()).add_values(record)
    return [span.extra[VALUE]["entity"] for span in record.spans]


def test_an_office_gets_the_country_that_the_text_names_with_it() -> None:
    text = "[Vietnam's Ministry of Health] met partners. The [Ministry of Health] signed."
    assert office_values(text) == ["body:ministry-health@VN"] * 2


def test_an_office_of_two_countries_stays_open() -> None:
    text = "[Vietnam's Ministry of Health] met [Kenya's Ministry of Health]. The [Ministry of Health] signed."
    assert office_values(text)[2] == "body:ministry-health"
