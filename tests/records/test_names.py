"""Keys of names."""

import unicodedata

import pytest

from coopclaims.records.names import key, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cộng hoà Séc", "Cộng hòa Séc"),
        ("Thuỵ Sĩ", "Thụy Sĩ"),
        ("Côte d’Ivoire", "Côte d'Ivoire"),
        ("U.S.", "US"),
        ("Kenya’s", "Kenya"),
        ("Timor–Leste", "Timor-Leste"),
        ("Straße", "STRASSE"),
        ("a\u200bb", "ab"),
        ("two  words\n", "two words"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert key(one) == key(other)
    assert key(unicodedata.normalize("NFD", one)) == key(one)


def test_marks_that_part_names_are_kept() -> None:
    assert key("Hòa") != key("Hóa")
    assert key("quý") == "quý"


def test_words_know_what_joins_them() -> None:
    assert [word.joined for word in words("Viet-Duc, A")] == ["", "-", ", "]
