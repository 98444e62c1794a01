import pytest
from babel import Locale

from coopclaims.records.names import packaged_file
from coopclaims.records.units import (
    counted_unit,
    currency_after,
    currency_before,
    measure_at,
)


@pytest.mark.parametrize(
    ("phrase", "lang", "unit"),
    [
        ("kỹ sư vận hành", "vi", "engineer"),
        ("nữ công nhân", "vi", "worker"),
        ("mongolische Röntgentechniker", "de", "technician"),
        ("Studenten aus Mekelle", "de", "student"),
        ("members of the museum", "en", "person"),
        ("Korean doctoral students", "en", "doctoral_student"),
        ("bassoons", "en", None),
        ("", "en", None),
    ],
)
def test_counted_units_by_head_word(phrase, lang, unit):
    assert counted_unit(phrase, lang) == unit


def test_currencies_are_those_of_iso_4217():
    data = packaged_file("currencies.yaml")
    assert {*data["sure"], *data["usual"]} <= set(Locale("en").currencies)


def test_currency_words_end_where_words_end():
    assert currency_after("eurozone", 0) is None
    assert currency_after(" euros", 0).code == "EUR"
    assert currency_before("RM2 million", 0).code == "MYR"
    assert currency_before("room 2", 0) is None


def test_the_longest_measure_wins():
    assert measure_at(" km2", 0, "vi") == ("square_kilometre", 4)
    assert measure_at(" kmart", 0, "en") is None
