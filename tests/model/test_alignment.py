from __future__ import annotations

import unicodedata

import pytest

from coopclaims.model.alignment import find_words, normalise
from coopclaims.schema import WORD


def quoted(text: str) -> list[str]:
    words = find_words(text)
    return [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]


@pytest.mark.parametrize(
    "text", ["Việt Nam và CHLB Đức ký kết.", "„Kooperation“ – für Übermorgen (2030)!", "a_b c-d 5,5 %"]
)
def test_words_of_plain_text_are_the_guidelines(text: str) -> None:
    assert quoted(text) == WORD.findall(text)


@pytest.mark.parametrize("text", ["Việt Nam và Đức ký kết thỏa thuận", "Überall größere Flüsse", "각 나라"])
def test_decomposed_text_has_the_same_words(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert len(decomposed) > len(text)
    assert [unicodedata.normalize("NFC", word) for word in quoted(decomposed)] == quoted(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\n\tb", ["a", "b"]),
        ("Zusammen\u00adarbeit jetzt", ["Zusammen\u00adarbeit", "jetzt"]),
        ("ký\u200bkết xong", ["ký\u200bkết", "xong"]),
        ("\ufeffViệt\u200b Nam", ["Việt", "Nam"]),
        ("👩\u200d🚀 fliegt ❤\ufe0f.", ["👩", "🚀", "fliegt", "❤", "."]),
        ("\u0301x", ["\u0301", "x"]),
        ("", []),
        (" \u200b \n", []),
    ],
)
def test_invisible_and_odd_characters(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


def test_words_never_overlap_in_the_given_text() -> None:
    samples = [
        "e\u0301\u0323\u0302a\u20dd b",
        "Đ\u0301\u0327\u200d\u0301ức",
        "\u1100\u1161\u11a8x",
        "q\u0307\u0323 q\u0323\u0307",
    ]
    for text in samples:
        words = find_words(text)
        assert all(words.ends[:-1] <= words.starts[1:])
        assert all(words.starts < words.ends)


def test_internal_text_is_nfc_and_maps_back() -> None:
    text = unicodedata.normalize("NFD", "Lễ ký kết\u200b ở Đà Nẵng")
    internal = normalise(text)
    assert internal.text == "Lễ ký kết ở Đà Nẵng"
    for position, character in enumerate(internal.text):
        given = text[internal.starts[position] : internal.ends[position]]
        assert unicodedata.normalize("NFC", given) == character
