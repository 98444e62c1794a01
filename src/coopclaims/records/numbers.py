"""Numbers in Vietnamese, German and English text: digits with the marks of the language, number words, scales.

Values are fractions, so that "1,1 Millionen" is exactly 1100000 and a third stays a third. German Billion is 10^12,
English billion 10^9.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from coopclaims.records.number_words import SCALES, read_small
from coopclaims.records.quotes import Confidence, least_sure

# Above any sum of money or count in the news (the world's yearly product is about 3·10^18 đồng).
LIMIT = 10**19
_MAX_DIGITS = 20

_LITERAL = re.compile(r"[0-9]{1,3}(?:[ '’][0-9]{3})+(?:[.,][0-9]{1,2})?(?![.,]?[0-9])|[0-9]+(?:[.,][0-9]+)*")
_EXPONENT = re.compile(r"\s?(?:\^|\*\*|e[+-]?[0-9]|[⁰¹⁴⁵⁶⁷⁸⁹])", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\s?(k|mn?|bn|trn|tn)\b\.?", re.IGNORECASE)
_ABBREVIATIONS = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12, "trn": 10**12}
_HALF_MORE = re.compile(r"\s+rưỡi\b", re.IGNORECASE)
_ARTICLE = re.compile(r"an?", re.IGNORECASE)  # counts only before a scale word: "a million"
_AND = re.compile(r"(,)?[\s-]*(?:(?:and|und)\b)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Number:
    """A number read from text up to ``end``; ``scale`` is the factor of its last scale words (1 without any)."""

    value: Fraction
    end: int
    scale: int = 1
    confidence: Confidence = "certain"


def read_number(text: str, start: int, lang: str, money: bool = False) -> Number | None:
    """The number that begins at ``start``, with its scale, or None.

    ``text`` as from ``clean_quote``. ``money`` says that a currency stands before it, where "m" is million, not metre.
    """
    number = _read_term(text, start, lang, money)
    while number is not None and number.scale > 1:
        joint = _AND.match(text, number.end)
        term = _read_term(text, joint.end() if joint else number.end, lang, money)
        if term is not None and term.scale > number.scale > term.value / term.scale and joint and not joint[0].strip():
            # "một nghìn năm trăm tỷ": the greater scale counts both.
            value = number.value * term.scale + term.value
            number = Number(value, term.end, term.scale, least_sure(number.confidence, term.confidence))
            continue
        # A term without a scale belongs to the number only in words: "two thousand and five", not "2 million 300".
        if term is None or term.value >= number.scale or text[term.end - 1].isdigit():
            break
        if joint and joint.group(1) and term.value < 100:  # "two million, three of them"
            break
        confidence = least_sure(number.confidence, term.confidence)
        number = Number(number.value + term.value, term.end, term.scale, confidence)
    return number if number is not None and number.value < LIMIT else None


def _read_term(text: str, start: int, lang: str, money: bool) -> Number | None:
    """Digits or small number words and the scale words after them; a scale word alone counts once ("tausend")."""
    confidence: Confidence = "certain"
    literal = _LITERAL.match(text, start)
    if literal is not None:
        parsed = parse_literal(literal.group(), lang)
        if parsed is None or _EXPONENT.match(text, literal.end()):
            return None
        (value, confidence), end = parsed, literal.end()
    elif (words := read_small(text, start, lang)) is not None:
        value, end = words
    elif _scale_word(lang).match(text, start):
        value, end = Fraction(1), start
    else:
        return None
    scale, end = read_scale(text, end, lang, money)
    if scale == 1 and _ARTICLE.fullmatch(text, start, end):
        return None
    value *= scale
    if lang == "vi" and (half := _HALF_MORE.match(text, end)):
        value, end = value + Fraction(scale, 2), half.end()
    return Number(value, end, scale, confidence)


def read_scale(text: str, start: int, lang: str, money: bool = False) -> tuple[int, int]:
    """The factor of the scale words at ``start`` ("nghìn tỷ" is 10^12) and where they end."""
    factor, end = 1, start
    while (word := _scale_word(lang).match(text, end)) is not None:
        factor *= SCALES[lang][word.group(1).lower()]
        end = word.end()
    short = _ABBREVIATED.match(text, end) if factor == 1 else None
    # Without a currency "5 m" is a length and "5 k" too little to go by.
    if short and (money or len(short.group(1)) > 1):
        return _ABBREVIATIONS[short.group(1).lower()], short.end()
    return factor, end


@cache
def _scale_word(lang: str) -> re.Pattern[str]:
    words = "|".join(sorted(SCALES[lang], key=len, reverse=True))
    return re.compile(rf"[\s-]*({words})\b\.?", re.IGNORECASE)


def parse_literal(literal: str, lang: str) -> tuple[Fraction, Confidence] | None:
    """The value of digits with marks, read as ``lang`` writes them (1.234,5 in vi and de, 1,234.5 in en).

    None if the digits are too many or the marks fit no reading. "likely" where only the other convention fits,
    "ambiguous" where three digits follow the decimal mark and may be a group after all.
    """
    if sum(map(str.isdigit, literal)) > _MAX_DIGITS:
        return None
    bare = re.sub(r"[ '’]", "", literal)
    group, decimal = (",", ".") if lang == "en" else (".", ",")
    own, other = _read_marks(bare, group, decimal), _read_marks(bare, decimal, group)
    if own is None:
        return None if other is None else (other, "likely")
    grouped = re.fullmatch(rf"[1-9][0-9]{{0,2}}{re.escape(decimal)}[0-9]{{3}}", bare)
    return own, "ambiguous" if grouped else "certain"


def _read_marks(bare: str, group: str, decimal: str) -> Fraction | None:
    whole, _, part = bare.partition(decimal)
    if group in part or decimal in part:
        return None
    if group in whole and not re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+", whole):
        return None
    return Fraction(f"{whole.replace(group, '')}.{part or 0}")


def format_number(value: Fraction) -> str:
    """A decimal string without exponent, or "1/3" where no finite decimal is exact."""
    for digits in range(_MAX_DIGITS + 1):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            text = str(scaled.numerator).rjust(digits + 1, "0")
            return f"{text[:-digits]}.{text[-digits:]}" if digits else text
    return f"{value.numerator}/{value.denominator}"
