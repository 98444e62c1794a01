from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from coopclaims.records.numbers import format_number, parse_literal, read_number


@pytest.mark.parametrize("lang", ["vi", "de", "en"])
def test_reads_all_number_words_below_two_thousand(lang):
    for number in range(2000):
        words = num2words(number, lang=lang)
        read = read_number(words, 0, lang)
        assert read is not None, words
        assert (read.value, read.end) == (number, len(words)), words


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9 - 1), st.sampled_from(["vi", "de", "en"]))
def test_reads_large_number_words(number, lang):
    words = num2words(number, lang=lang)
    read = read_number(words, 0, lang)
    assert read is not None
    assert (read.value, read.end) == (number, len(words))


@pytest.mark.parametrize(
    ("words", "lang", "value"),
    [
        ("hai mươi tư", "vi", 24),
        ("mười năm", "vi", 10),  # ten years, not fifteen
        ("một trăm lẻ năm", "vi", 105),
        ("hai nghìn tỷ", "vi", 2 * 10**12),
        ("zweihundertfünfzigtausend", "de", 250_000),
        ("anderthalb Millionen", "de", 1_500_000),
        ("hundred and fifty", "en", 150),
        ("half a billion", "en", 5 * 10**8),
        ("một nghìn năm trăm tỷ", "vi", 1500 * 10**9),
        ("hai nghìn ba trăm linh năm triệu hai trăm nghìn", "vi", 2305 * 10**6 + 200_000),
        ("1 nghìn 200 tỷ", "vi", 1200 * 10**9),
        ("one thousand five hundred million", "en", 1500 * 10**6),
        ("one thousand and two million", "en", 1000),
        ("two thousand, three million", "en", 2000),
        ("two million, three of them", "en", 2 * 10**6),
    ],
)
def test_number_words(words, lang, value):
    assert read_number(words, 0, lang).value == value


@pytest.mark.parametrize(
    ("literal", "lang", "value", "confidence"),
    [
        ("1.234,5", "de", "1234.5", "certain"),
        ("1.234,5", "vi", "1234.5", "certain"),
        ("1,234.5", "en", "1234.5", "certain"),
        ("1,234.5", "de", "1234.5", "likely"),
        ("12.000", "vi", "12000", "certain"),
        ("12.000", "en", "12", "ambiguous"),
        ("1,5", "en", "1.5", "likely"),
        ("450'000", "de", "450000", "certain"),
        ("400 000", "de", "400000", "certain"),
        ("0.250", "en", "0.25", "certain"),
    ],
)
def test_marks_by_language(literal, lang, value, confidence):
    assert parse_literal(literal, lang) == (Fraction(value), confidence)


@pytest.mark.parametrize("literal", ["1.2.3", "1,23,4", "1.234.56", "1" * 21])
def test_marks_that_fit_no_reading(literal):
    assert parse_literal(literal, "de") is None
    assert parse_literal(literal, "en") is None


@given(st.decimals(min_value=0, max_value=10**15, places=4))
def test_formatting_is_exact(number):
    text = format_number(Fraction(number))
    assert Fraction(text) == Fraction(number)
    assert "e" not in text.lower()


def test_thirds_stay_thirds():
    assert format_number(Fraction(2, 3)) == "2/3"
