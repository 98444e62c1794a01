"""Words around the number of an amount: qualifiers, fractions, vague numbers, ranges and rates, by language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction


def _one_of(words: str) -> re.Pattern[str]:
    """A pattern for any of the phrases, which are separated by "|", followed by white space."""
    return re.compile(rf"(?:{words})(?:\s+|(?=[0-9$€£¥₫]))", re.IGNORECASE)


# What a qualifier says of the number: "almost" is a little less, "under" and "over" exclude it.
QUALIFIERS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "vi": {
        "at least": _one_of(r"ít nhất|tối thiểu|không dưới|chí ít"),
        "up to": _one_of(r"tối đa|lên tới|lên đến|nhiều nhất|không quá|tới|đến"),
        "over": _one_of(r"hơn|trên|quá|vượt"),
        "under": _one_of(r"dưới|chưa đến|chưa đầy|chưa tới"),
        "almost": _one_of(r"gần|ngót|suýt soát"),
        "about": _one_of(r"khoảng|chừng|xấp xỉ|độ|ước|ước tính|ước khoảng|cỡ|tầm"),
    },
    "de": {
        "at least": _one_of(r"mindestens|wenigstens|nicht weniger als"),
        "up to": _one_of(r"bis zu|höchstens|maximal|nicht mehr als|bis"),
        "over": _one_of(r"mehr als|über|gut"),
        "under": _one_of(r"weniger als|unter"),
        "almost": _one_of(r"knapp|fast|beinahe|nahezu"),
        "about": _one_of(r"rund|etwa|circa|ca\.|zirka|ungefähr|gegen|an die|schätzungsweise"),
    },
    "en": {
        "at least": _one_of(r"at least|no fewer than|no less than|not less than|a minimum of|minimum"),
        "up to": _one_of(r"up to|at most|no more than|not more than|a maximum of|as many as|as much as"),
        "over": _one_of(r"more than|over|upwards of|in excess of|above|just over|well over"),
        "under": _one_of(r"less than|fewer than|under|below"),
        "almost": _one_of(r"nearly|almost|just under|close to|just short of"),
        "about": _one_of(r"about|around|approximately|roughly|some|circa|ca\.|an estimated|estimated"),
    },
}

# Words before the number that do not change it.
IGNORED: Mapping[str, re.Pattern[str]] = {
    "vi": _one_of(r"thêm|tổng cộng|tổng số|cả thảy|trị giá|mỗi|từ|giữa|số tiền|khoản"),
    "de": _one_of(
        r"(?:weitere|zusätzliche|restliche|letzte|erste)[nrs]?|insgesamt|zusammen|zunächst|umgerechnet|jeweils|je|"
        r"noch|von|zwischen|gerade(?: mal)?|allein|die|der|den|das|dem"
    ),
    "en": _one_of(
        r"another|an additional|an extra|additional|a further|further|a total of|total of|a combined|an initial|"
        r"initial|"
        r"from|between|the|its|their|only|just"
    ),
}

PERIODS_BEFORE: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "vi": {
        "year": _one_of(r"mỗi năm|hằng năm|hàng năm"),
        "month": _one_of(r"mỗi tháng|hằng tháng|hàng tháng"),
        "week": _one_of(r"mỗi tuần|hằng tuần|hàng tuần"),
        "day": _one_of(r"mỗi ngày|hằng ngày|hàng ngày"),
    },
    "de": {
        "year": _one_of(r"jährlich|jedes Jahr|pro Jahr"),
        "month": _one_of(r"monatlich|jeden Monat"),
        "week": _one_of(r"wöchentlich|jede Woche"),
        "day": _one_of(r"täglich|jeden Tag"),
    },
    "en": {"year": _one_of(r"annually|every year|each year"), "day": _one_of(r"daily|every day|each day")},
}
_PERIOD_NAMES = {
    "vi": {"year": "năm", "month": "tháng", "week": "tuần", "day": "ngày", "hour": "giờ"},
    "de": {"year": "Jahr", "month": "Monat", "week": "Woche", "day": "Tag", "hour": "Stunde"},
    "en": {"year": "year", "month": "month", "week": "week", "day": "day", "hour": "hour"},
}
_RATES = {
    "vi": r"\s*(?:mỗi|một|hằng|hàng|/)\s*{name}$",
    "de": r"(?:^|\s+)(?:im|pro|in der|am|je|jede[nrs]?)\s+{name}$",
    "en": r"(?:^|\s+)(?:a|an|per|each|every)\s+{name}$",
}
PERIODS_AFTER: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    lang: {
        period: re.compile(_RATES[lang].format(name=name), re.IGNORECASE)
        for period, name in _PERIOD_NAMES[lang].items()
    }
    for lang in _RATES
}

RANGE: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(r"\s*(?:-|–|—|đến|tới|hoặc)\s*", re.IGNORECASE),
    "de": re.compile(r"\s*(?:-|–|—|\bbis(?: zu)?\b|\boder\b)\s*", re.IGNORECASE),
    "en": re.compile(r"\s*(?:-|–|—|\bto\b|\bor\b)\s*", re.IGNORECASE),
}
# In "between 3 and 5" the word in the middle is "and", which elsewhere joins two amounts.
BETWEEN: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(r"(?:\S+\s)?giữa\s.*?\s(và)\s", re.IGNORECASE),
    "de": re.compile(r"(?:\S+\s)?zwischen\s.*?\s(und)\s", re.IGNORECASE),
    "en": re.compile(r"(?:\S+\s)?between\s.*?\s(and)\s", re.IGNORECASE),
}

PARTS: Mapping[str, Fraction] = {
    word: Fraction(1, denominator)
    for denominator, words in {
        2: "nửa hälfte half halves",
        3: "drittel third thirds",
        4: "viertel quarter quarters",
        5: "fünftel fifth fifths",
        6: "sechstel sixth sixths",
        8: "achtel eighth eighths",
        10: "zehntel tenth tenths",
    }.items()
    for word in words.split()
}
# "two thirds", "ein Viertel", "die Hälfte", "một nửa": an optional count, and the part.
FRACTION: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(r"(?:(\w+)\s+phần\s+(?!trăm\b)(\w+)|(?:một|phân)\s+(nửa))\b\s*", re.IGNORECASE),
    "de": re.compile(
        r"(?:(ein|eine[mnrs]?|zwei|drei|vier|die|der|das|dem)\s+)?()(hälfte|drittel|viertel|fünftel|sechstel|"
        r"achtel|zehntel)n?\b\s*",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?:(an?|one|two|three|four|the)[\s-]+)?()(half|thirds?|quarters?|fifths?|sixths?|eighths?|tenths?)"
        r"(?=\s+(?:of|the|stake|share|interest)\b|$)\s*",
        re.IGNORECASE,
    ),
}

# "hàng trăm", "several million", "Hunderte": only the order of magnitude is said.
VAGUE: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(
        r"(?:hàng|(?:một )?vài|mấy|nhiều)\s+(?=(?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)\b)", re.IGNORECASE
    ),
    "de": re.compile(
        r"(?:mehrere[nr]?|einige[nr]?|viele[nr]?|ein paar)\s+(?=(?:hundert|tausend|milli|dutzend))", re.IGNORECASE
    ),
    "en": re.compile(
        r"(?:several|a few|many|a couple of)\s+(?=(?:hundred|thousand|million|billion|dozen)\b)", re.IGNORECASE
    ),
}
# Words that look like a number and name none; and what may not follow one: a product, a fraction, an ordinal's ending.
NO_NUMBER: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile(r"một\s+(?:vài|số|ít)\b", re.IGNORECASE),
    "de": re.compile(r"ein(?:ige[nrs]?|\s+paar|\s+wenig)\b", re.IGNORECASE),
    "en": re.compile(r"one\s+of\b|an?\s+couple\b", re.IGNORECASE),
}
NOT_AFTER = re.compile(r"\s*(?:[x×*/:^]\s*[0-9]|[0-9]+/[0-9]|phẩy\b|(?:st|nd|rd|th)\b)", re.IGNORECASE)
DIGIT_FRACTION = re.compile(r"([1-9])/([2-9]|10)(?![\w/.,]*[0-9])\s*")
PLURAL_SCALES: Mapping[str, re.Pattern[str]] = {
    "de": re.compile(r"(hunderte|tausende|dutzende|(?:zehn|hundert)tausende)[nr]?\b\s*(?:von\b)?", re.IGNORECASE),
    "en": re.compile(r"(dozens|hundreds|thousands|millions|billions|tens of thousands)\b\s*(?:of\b)?", re.IGNORECASE),
}
PLURAL_VALUES: Mapping[str, int] = {
    "hunderte": 100,
    "tausende": 1000,
    "dutzende": 12,
    "zehntausende": 10**4,
    "hunderttausende": 10**5,
    "dozens": 12,
    "hundreds": 100,
    "thousands": 1000,
    "tens of thousands": 10**4,
    "millions": 10**6,
    "billions": 10**9,
}
# "dreistelliger Millionenbetrag": a number of so many digits.
DIGITS_NAMED = re.compile(
    r"(?:eine[nmrs]?\s+|mittlere[nmrs]?\s+|hohe[nmrs]?\s+|niedrige[nmrs]?\s+)*"
    r"(ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)stellige[nmrs]?\s+(tausend|million|milliard)?\w*",
    re.IGNORECASE,
)
DIGIT_COUNTS: Mapping[str, int] = {
    word: count
    for count, word in enumerate(["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"], 1)
}
DIGIT_UNITS: Mapping[str, int] = {"": 1, "tausend": 10**3, "million": 10**6, "milliard": 10**9}
