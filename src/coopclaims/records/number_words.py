"""Number words of the three languages: every spelling of 0 to 999, and the scale words beside them.

The spellings are generated, with their variants ("hai mươi tư" and "hai mươi bốn", "hundred and fifty"), so that
reading is a look-up. German writes them as one word, which also holds its thousands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache

SCALES: Mapping[str, Mapping[str, int]] = {
    "vi": {"chục": 10, "trăm": 100, "nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6}
    | {"tỷ": 10**9, "tỉ": 10**9},
    "de": {"dutzend": 12, "hundert": 100, "tausend": 10**3, "tsd": 10**3}
    | {"mio": 10**6, "mill": 10**6, "million": 10**6, "millionen": 10**6}
    | {"mrd": 10**9, "mia": 10**9, "milliarde": 10**9, "milliarden": 10**9}
    | {"bio": 10**12, "billion": 10**12, "billionen": 10**12, "billiarde": 10**15, "billiarden": 10**15},
    "en": {"dozen": 12, "hundred": 100, "thousand": 10**3, "lakh": 10**5, "lakhs": 10**5, "crore": 10**7}
    | {"crores": 10**7, "million": 10**6, "mln": 10**6, "billion": 10**9, "bln": 10**9, "trillion": 10**12},
}

_VI_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_DE_UNITS = (
    *("null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    *("dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"),
)
_DE_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_EN_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LONGEST = 6  # words in a spelling below a thousand


@cache
def small_numbers(lang: str) -> Mapping[str, Fraction]:
    """Spelling (lower case, single spaces, no hyphens) to value, for all numbers below a thousand."""
    spellings = {"vi": _vietnamese, "de": _german, "en": _english}[lang]()
    return {spelling: Fraction(value) for spelling, value in spellings}


def read_small(text: str, start: int, lang: str) -> tuple[Fraction, int] | None:
    """The longest number word or words that begin at ``start``, and where they end."""
    best, position, words = None, start, ""
    for _ in range(_LONGEST):
        match = _WORD.match(text, position)
        if match is None:
            break
        words = f"{words} {match.group(1).lower()}".strip()
        position = match.end()
        value = _german_thousands(words) if lang == "de" else small_numbers(lang).get(words)
        if value is not None:
            best = value, position
        if lang == "de" and " " in words:
            break
    return best


_WORD = re.compile(r"[\s-]*([^\W\d_]+)")


def _german_thousands(word: str) -> Fraction | None:
    """A German number word, with "tausend" inside ("zweihundertfünfzigtausend") and halves ("fünfeinhalb")."""
    small = small_numbers("de")
    if word in small:
        return small[word]
    if word.endswith("einhalb") and word.removesuffix("einhalb") in small:
        return small[word.removesuffix("einhalb")] + Fraction(1, 2)
    before, found, after = word.partition("tausend")
    after = after.removeprefix("und")
    if not found or (before and before not in small) or (after and after not in small):
        return None
    return (small[before] if before else 1) * 1000 + (small[after] if after else Fraction(0))


def _vietnamese() -> Iterator[tuple[str, int | Fraction]]:
    below_hundred = dict(_vietnamese_tens())
    yield from below_hundred.items()
    yield "nửa", Fraction(1, 2)
    for hundreds, digit in enumerate(_VI_DIGITS):
        yield f"{digit} trăm", 100 * hundreds
        for words, value in below_hundred.items():
            joined = (f"linh {words}", f"lẻ {words}", *((words,) if value >= 10 else ()))
            yield from ((f"{digit} trăm {tail}", 100 * hundreds + value) for tail in joined)
            yield from ((tail, value) for tail in joined)
    yield "bẩy", 7


def _vietnamese_tens() -> Iterator[tuple[str, int]]:
    yield from zip(_VI_DIGITS, range(10), strict=True)
    units = [*enumerate(_VI_DIGITS[1:], 1), (5, "lăm"), (5, "nhăm")]
    yield "mười", 10
    yield from ((f"mười {word}", 10 + unit) for unit, word in units if word != "năm")
    for tens, digit in enumerate(_VI_DIGITS[2:], 2):
        yield f"{digit} mươi", 10 * tens
        after = [*units, (1, "mốt"), (4, "tư")]
        yield from ((f"{digit} mươi {word}", 10 * tens + unit) for unit, word in after if word != "năm")


def _german() -> Iterator[tuple[str, int | Fraction]]:
    below_hundred = {**dict(_german_tens()), "eins": 1}
    yield from below_hundred.items()
    hundreds = [("hundert", 100), *((f"{word}hundert", 100 * n) for n, word in enumerate(_DE_UNITS[1:10], 1))]
    for prefix, hundred in hundreds:
        yield prefix, hundred
        yield from ((prefix + word, hundred + value) for word, value in below_hundred.items())
        yield from ((f"{prefix}und{word}", hundred + value) for word, value in below_hundred.items())
    yield from ((word, 1) for word in ("eine", "einem", "einen", "einer", "eines", "eins"))
    yield from ((word, 2) for word in ("zwo", "zweier", "zweien"))
    yield from ((word, 3) for word in ("dreier", "dreien"))
    halves = ("halbe", "halben", "halber", "einehalbe", "eine halbe", "einer halben", "einhalb")
    yield from ((word, Fraction(1, 2)) for word in halves)
    yield from ((word, Fraction(3, 2)) for word in ("anderthalb", "eineinhalb"))


def _german_tens() -> Iterator[tuple[str, int]]:
    yield from ((word, n) for n, word in enumerate(_DE_UNITS))
    for tens, word in zip(range(20, 100, 10), _DE_TENS, strict=True):
        for spelling in {word, word.replace("ß", "ss")}:
            yield spelling, tens
            yield from ((f"{unit}und{spelling}", tens + n) for n, unit in enumerate(_DE_UNITS[1:10], 1))


def _english() -> Iterator[tuple[str, int | Fraction]]:
    below_hundred = [(word, n) for n, word in enumerate(_EN_UNITS)]
    for tens, word in zip(range(20, 100, 10), _EN_TENS, strict=True):
        below_hundred += [(word, tens), *((f"{word} {unit}", tens + n) for n, unit in enumerate(_EN_UNITS[1:10], 1))]
    yield from below_hundred
    hundreds = [("hundred", 100), ("a hundred", 100)]
    hundreds += [(f"{word} hundred", 100 * n) for n, word in enumerate(_EN_UNITS[1:20], 1)]
    for prefix, hundred in hundreds:
        yield prefix, hundred
        yield from ((f"{prefix} {word}", hundred + value) for word, value in below_hundred if value)
        yield from ((f"{prefix} and {word}", hundred + value) for word, value in below_hundred if value)
    yield from (
        ("a", 1),
        ("an", 1),
        ("half", Fraction(1, 2)),
        ("half a", Fraction(1, 2)),
        ("a pair", 2),
        ("a couple", 2),
    )
