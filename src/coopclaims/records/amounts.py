"""AMOUNT arguments in normal form: numbers as exact decimal strings, with currency, unit, qualifier and rate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from coopclaims.records.amount_words import (
    BETWEEN,
    DIGIT_COUNTS,
    DIGIT_FRACTION,
    DIGIT_UNITS,
    DIGITS_NAMED,
    FRACTION,
    IGNORED,
    NO_NUMBER,
    NOT_AFTER,
    PARTS,
    PERIODS_AFTER,
    PERIODS_BEFORE,
    PLURAL_SCALES,
    PLURAL_VALUES,
    QUALIFIERS,
    RANGE,
    VAGUE,
)
from coopclaims.records.numbers import Number, format_number, read_number, read_scale
from coopclaims.records.quotes import Confidence, clean_quote, least_sure
from coopclaims.records.units import Currency, counted_unit, currency_after, currency_before, measure_at
from coopclaims.schema import LANGUAGES

STATED = "stated"
MAGNITUDE = "order of magnitude"
INSIDE = "first number of the quote"


@dataclass(frozen=True)
class AmountValue:
    """An amount between ``low`` and ``high`` (equal for a single figure), both exact decimal strings or "1/3".

    ``kind`` is money, measure, share, count or number (nothing counted). ``qualifier`` says how the text hedges the
    figure: "about", "over", "under", "almost", "at least", "up to", or None. ``currency`` is an ISO 4217 code, ``unit``
    one of units.yaml, ``unit_text`` the words after the number, ``per`` a period for rates ("30,000 tonnes a year").
    """

    kind: str
    low: str
    high: str
    qualifier: str | None = None
    currency: str | None = None
    unit: str | None = None
    unit_text: str | None = None
    per: str | None = None
    method: str = STATED
    confidence: Confidence = "certain"

    def to_json(self) -> dict[str, Any]:
        """The fields that are set; ``value`` stands for both bounds where they are equal."""
        bounds = {"value": self.low} if self.low == self.high else {"low": self.low, "high": self.high}
        rest = {key: getattr(self, key) for key in ("qualifier", "currency", "unit", "unit_text", "per")}
        sureness = {"method": self.method, "confidence": self.confidence}
        return {"kind": self.kind, **bounds, **{k: v for k, v in rest.items() if v is not None}, **sureness}


@dataclass(frozen=True)
class _Figure:
    """The number or range of an amount: bounds, where it ends in the text, and a currency met on the way."""

    low: Fraction
    high: Fraction
    end: int
    method: str = STATED
    confidence: Confidence = "certain"
    currency: Currency | None = None
    share: bool = False


def normalise_amount(quote: str, lang: str) -> AmountValue | None:
    """The value of an AMOUNT quote in "vi", "de" or "en"; None if it names no number, or none that can be relied on."""
    text = clean_quote(quote)
    if text is None or lang not in LANGUAGES:
        return None
    if lang == "en":  # "46-million-dollar", "9,000-square-metre"
        text = re.sub(r"(?<=[0-9])-(?=[a-z])|(?<=million|billion)-|(?<=square)-|(?<=cubic)-", " ", text)
    start, qualifier, per = _read_prefix(text, lang)
    figure = _read_figure(text, start, lang)
    if figure is None and not NO_NUMBER[lang].match(text, start):
        figure = _figure_inside(text, start, lang)
    if figure is None or figure.low > figure.high or NOT_AFTER.match(text, figure.end):
        return None
    value = _with_unit(text, figure, lang)
    return replace(value, qualifier=qualifier, per=per or value.per)


def _read_prefix(text: str, lang: str) -> tuple[int, str | None, str | None]:
    """Where the number begins, and the qualifier and period that stand before it."""
    start, qualifier, per = 0, None, None
    while True:
        for period, pattern in PERIODS_BEFORE[lang].items():
            if match := pattern.match(text, start):
                start, per = match.end(), period
                break
        else:
            for name, pattern in QUALIFIERS[lang].items():
                if match := pattern.match(text, start):
                    start, qualifier = match.end(), name
                    break
            else:
                match = IGNORED[lang].match(text, start)
                if match is None or FRACTION[lang].match(text, start):
                    return start, qualifier, per
                start = match.end()


def _read_figure(text: str, start: int, lang: str) -> _Figure | None:
    figure = _fraction(text, start, lang) or _magnitude(text, start, lang)
    if figure is not None or NO_NUMBER[lang].match(text, start):
        return figure
    return _number_or_range(text, start, lang, between=BETWEEN[lang].match(text))


def _figure_inside(text: str, start: int, lang: str) -> _Figure | None:
    """The first digits of a quote that begins with other words ("a detachment of 38 people")."""
    match = re.compile(r"(?<![\w.,/-])[0-9]").search(text, start)
    figure = _number_or_range(text, match.start(), lang) if match else None
    return replace(figure, method=INSIDE, confidence=least_sure("likely", figure.confidence)) if figure else None


def _fraction(text: str, start: int, lang: str) -> _Figure | None:
    if digits := DIGIT_FRACTION.match(text, start):
        share = Fraction(int(digits.group(1)), int(digits.group(2)))
        return _Figure(share, share, digits.end(), share=True) if share < 1 else None
    match = FRACTION[lang].match(text, start)
    if match is None:
        return None
    count = read_number(match.group(1), 0, lang) if match.group(1) else None
    times = count.value if count else Fraction(1)
    if match.group(3):
        share = times * PARTS[match.group(3).lower()]
    else:  # Vietnamese "một phần ba"
        denominator = read_number("bốn" if match.group(2).lower() == "tư" else match.group(2), 0, lang)
        if denominator is None or denominator.value < 2 or count is None:
            return None
        share = times / denominator.value
    return _Figure(share, share, match.end(), share=True) if share < 1 else None


def _magnitude(text: str, start: int, lang: str) -> _Figure | None:
    """Figures of which only the order is said: the power named and ten times as much as bounds."""
    if (named := DIGITS_NAMED.match(text, start)) and lang == "de":
        digits, unit = DIGIT_COUNTS[named.group(1).lower()], DIGIT_UNITS[(named.group(2) or "").lower()]
        low, high = 10 ** (digits - 1) * unit, (10**digits - 1) * unit
        return _Figure(Fraction(low), Fraction(high), named.end(), MAGNITUDE, "likely", Currency(None, "likely", 0))
    if vague := VAGUE[lang].match(text, start):
        factor, end = read_scale(text, vague.end() - 1, lang)
    elif (pattern := PLURAL_SCALES.get(lang)) and (plural := pattern.match(text, start)):
        factor, end = PLURAL_VALUES[plural.group(1).lower()], plural.end()
    else:
        return None
    return _Figure(Fraction(factor), Fraction(10 * factor), end, MAGNITUDE, "likely") if factor > 1 else None


def _number_or_range(text: str, start: int, lang: str, between: re.Match[str] | None = None) -> _Figure | None:
    read = _with_currency(text, start, lang)
    if read is None:
        return None
    first, currency = read
    middle, link = _after_unit(text, first.end, lang), None
    if between:
        link = re.compile(rf"\s*{between.group(1)}\s+").match(text, middle)
    link = link or RANGE[lang].match(text, middle)
    second = _with_currency(text, link.end(), lang) if link else None
    if second is None:
        return _Figure(first.value, first.value, first.end, STATED, first.confidence, currency)
    last, last_currency = second
    low = first.value
    if first.scale == 1 and last.scale > 1 and low < 1000 and middle == first.end:
        low *= last.scale  # "50-60 million"
    sureness = least_sure(first.confidence, last.confidence)
    return _Figure(low, last.value, last.end, STATED, sureness, last_currency or currency)


def _with_currency(text: str, start: int, lang: str) -> tuple[Number, Currency | None] | None:
    """A number, with the currency that stands before it ("$18 million") or right after it."""
    before = currency_before(text, start)
    number = read_number(text, before.end if before else start, lang, money=before is not None)
    if number is None:
        return None
    if before and (after := currency_after(text, number.end)):  # "$2 million USD"
        return replace(number, end=after.end), after if before.confidence != "certain" else before
    return number, before


def _after_unit(text: str, end: int, lang: str) -> int:
    """Where a currency or measure after a number ends, so that "5 million euros to 6 million euros" is a range."""
    if currency := currency_after(text, end):
        return currency.end
    measure = measure_at(text, end, lang)
    return measure[1] if measure else end


def _with_unit(text: str, figure: _Figure, lang: str) -> AmountValue:
    low, high = format_number(figure.low), format_number(figure.high)
    value = AmountValue("number", low, high, method=figure.method, confidence=figure.confidence)
    currency = figure.currency or currency_after(text, figure.end)
    if figure.share:
        words, per = _rest(text, figure.end, lang)
        return replace(value, kind="share", unit="fraction", unit_text=words, per=per)
    if currency:
        words, per = _rest(text, max(figure.end, currency.end), lang)
        if figure.low < 1000:  # No scale word: money has two decimals, so three digits are a group.
            value = _whole(value, figure)
        sureness = least_sure(value.confidence, currency.confidence)
        return replace(value, kind="money", currency=currency.code, unit_text=words, per=per, confidence=sureness)
    if measure := measure_at(text, figure.end, lang):
        unit, end = measure
        words, per = _rest(text, end, lang)
        if words and lang == "en" and text[figure.end : end].strip() == "m":  # "5m people" has millions
            value = replace(value, confidence="ambiguous")
        return replace(value, kind="share" if unit == "percent" else "measure", unit=unit, unit_text=words, per=per)
    words, per = _rest(text, figure.end, lang)
    if words is None:
        return replace(value, per=per)
    return replace(_whole(value, figure), kind="count", unit=counted_unit(words, lang), unit_text=words, per=per)


def _whole(value: AmountValue, figure: _Figure) -> AmountValue:
    """Counted things are whole: "1,500 kỹ sư" is 1500 in the English way of writing, not one and a half."""
    if figure.confidence != "ambiguous" or figure.low != figure.high:
        return value
    thousands = format_number(figure.low * 1000)
    return replace(value, low=thousands, high=thousands, confidence="likely")


_LINK_WORDS: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(r"(?:của|số)\s+", re.IGNORECASE),
    "de": re.compile(r"(?:der|des|von|ihrer|seiner|weiteren?)\s+", re.IGNORECASE),
    "en": re.compile(r"(?:of (?:the|its|his|her|our|their)|of|more|the)\s+", re.IGNORECASE),
}


def _rest(text: str, end: int, lang: str) -> tuple[str | None, str | None]:
    """The words after number and unit, without what links them and without the period of a rate, and that period."""
    words = text[end:].strip(" ,.;:-")
    period = None
    for name, pattern in PERIODS_AFTER[lang].items():
        if match := pattern.search(words):
            words, period = words[: match.start()].strip(), name
            break
    if link := _LINK_WORDS[lang].match(words):
        words = words[link.end() :]
    return words or None, period
