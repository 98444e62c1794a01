"""Words of date expressions, by language, as tokens that ``dates`` combines in any order.

A token is a kind and a number: ("month", 9), ("part", EARLY), ("direction", 1) for "next", ("unit", WEEK). Patterns are
tried in order at each position, so longer phrases stand first. German adjective endings are written ``~``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

Token = tuple[str, tuple[int, ...]]

EARLY, MID, LATE = 0, 1, 2
DAY, WEEK, MONTH, QUARTER, HALF, YEAR, DECADE, WEEKEND, SCHOOL_YEAR, FISCAL_YEAR, CENTURY = range(11)
SPRING, SUMMER, AUTUMN, WINTER = 21, 22, 23, 24
CHRISTMAS, EASTER, ORTHODOX_EASTER, PENTECOST, NEW_YEAR, TET = range(6)

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

# Digits, in any language. The number of groups decides what they are; ``dates`` checks that the date exists.
_NUMERIC: tuple[tuple[str, str], ...] = (
    ("iso", r"(\d{4})-(\d{1,2})-(\d{1,2})(?![\d])(?:t[\d:.]+z?)?"),
    ("dmy", r"(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{2})(?![\d/])"),
    ("years", r"(\d{4})\s?[-–—]\s?(\d{4})(?!\d)"),
    ("years", r"(\d{4})/(\d{4}|\d{2})(?![\d/])"),
    ("year_dash", r"(\d{4})[-–](\d{2})(?![\d/-])"),
    ("month_year", r"(\d{1,2})\s?[/.-]\s?(\d{4})(?!\d)"),
    ("day_month", r"(\d{1,2})[/](\d{1,2})(?![\d/])"),
    ("day_month", r"(\d{1,2})\.\s?(\d{1,2})(?:\.(?!\d)|(?![\d.]))"),
    ("decade", r"(?:những\s+năm\s+|thập\s+(?:niên|kỷ)\s+(?:năm\s+)?|the\s+)?(\d{3}0)(?:s|er)\b(?:[\s-]*jahren?)?"),
    ("decade", r"(?:những\s+năm|thập\s+(?:niên|kỷ)(?:\s+năm)?)\s+(\d{3}0)\b"),
    ("short_decade", r"(?:những\s+năm|thập\s+(?:niên|kỷ)(?:\s+năm)?)\s+(\d0)\b"),
    ("short_decade", r"['’]?(\d0)(?:s|er)\b(?:[\s-]*jahren?)?"),
    ("year", r"(\d{4})(?!\d)"),
    ("number", r"(\d{1,2})(?:st|nd|rd|th)?\b\.?"),
    ("to", r"[-–—]"),
    ("skip", r"[,.()]"),
)

_SAID_MONTHS = {"giêng": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_VI_MONTHS = {"mười hai": 12, "mười một": 11, **_SAID_MONTHS, "một": 1, "bốn": 4}
_VI_WEEKDAYS = {"hai": 1, "ba": 2, "tư": 3, "năm": 4, "sáu": 5, "bảy": 6}
_TIME_VI = r"(?:sáng sớm|rạng sáng|sáng|trưa|chiều tối|chiều|tối|đêm)"


def _numbered(kind: str, pattern: str, values: Mapping[str, int]) -> list[tuple[str, str]]:
    return [(f"{kind}:{value}", pattern.format(word=word)) for word, value in values.items()]


_VI: list[tuple[str, str]] = [
    ("to:0", r"(?:(?<=\d)|(?<=\d ))(?:, )?rạng sáng(?= \d)"),
    *_numbered("weekday", r"thứ {word}\b(?! thập)", _VI_WEEKDAYS),
    *_numbered("weekday", r"thứ {word}\b", {str(day + 1): day for day in range(1, 7)}),
    ("weekday:7", r"chủ nhật"),
    *_numbered("month", r"tháng {word}\b", _VI_MONTHS),
    ("month", r"tháng (0?[1-9]|1[0-2])\b(?![/.\d])"),
    ("quarter_roman", r"quý (iv|i{1,3})\b(?:[-/](?=\d{4}))?"),
    ("quarter", r"quý ([1-4])\b(?:[-/](?=\d{4}))?"),
    ("day_month", r"(\d{1,2})-(0?[1-9]|1[0-2])(?![\d/.-])(?! tháng)"),
    *_numbered("quarter", r"quý {word}\b", {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "đầu": 1, "cuối": 4}),
    ("first_months", r"(\d{1,2}) tháng đầu(?: năm)?\b"),
    ("last_months", r"(\d{1,2}) tháng cuối(?: năm)?\b"),
    *_numbered("first_months", r"{word} tháng đầu(?: năm)?\b", {"hai": 2, "ba": 3, "sáu": 6, "chín": 9}),
    *_numbered("last_months", r"{word} tháng cuối(?: năm)?\b", {"hai": 2, "ba": 3, "sáu": 6}),
    ("half:1", r"nửa (?:đầu|đầu tiên)\b"),
    ("half:2", r"nửa (?:cuối|sau|cuối cùng)\b"),
    ("first_week:1", r"tuần (?:đầu tiên|đầu)(?: của)?(?= tháng)"),
    ("week_third:2", r"trung tuần"),
    ("week_third:1", r"thượng tuần"),
    ("week_third:3", r"hạ tuần"),
    ("day_offset:-1", rf"hôm qua|{_TIME_VI} (?:hôm )?qua"),
    ("day_offset:0", rf"hôm nay|{_TIME_VI} (?:hôm )?nay"),
    ("day_offset:1", rf"(?:ngày )?mai|{_TIME_VI} mai"),
    ("day_offset:-2", r"hôm kia"),
    ("day_offset:2", r"ngày kia"),
    ("now:0", r"(?:từ )?(?:nay|bây giờ)(?= (?:đến|tới|cho))"),
    ("last_unit:5", r"năm ngoái"),
    ("this_unit:5", r"năm nay"),
    ("next_unit:5", r"sang năm"),
    ("season:21", r"(?:mùa )?xuân\b"),
    ("season:22", r"mùa hè|mùa hạ|hè\b"),
    ("season:23", r"mùa thu"),
    ("season:24", r"mùa đông"),
    ("unit:7", r"(?:dịp )?cuối tuần"),
    ("unit:8", r"năm học|niên khóa"),
    ("unit:9", r"năm tài (?:khóa|chính)|tài khóa"),
    ("part:0", r"đầu\b"),
    ("part:1", r"giữa\b"),
    ("part:2", r"cuối\b"),
    ("until_end:0", r"(?:đến |tới |trước )?hết\b"),
    ("before:0", r"trước(?= (?:cuối |giữa |hết |ngày |tháng |quý |năm |mùa |thứ |\d))"),
    ("after:0", r"sau(?= (?:ngày |tháng |quý |năm |\d))"),
    ("since:0", r"kể từ|từ"),
    ("direction:1", r"(?:sắp )?tới(?=\s*$|\s*,)|sau(?=\s*$)|kế tiếp|tiếp theo|sắp tới"),
    ("direction:-1", r"(?:vừa |mới )?(?:qua|rồi)|trước(?=\s*$)"),
    ("direction:0", r"này"),
    ("to:0", r"đến|tới"),
    ("and:0", r"và|,(?= (?:ngày )?\d)"),
    ("unit:10", r"thế kỷ"),
    ("unit:6", r"thập (?:niên|kỷ)"),
    ("skip:0", r"ngày\b|mùng|mồng|hôm\b|giai đoạn|vào|trong|của|khoảng|dịp|cho|" + _TIME_VI + r"|hai (?=ngày \d|năm \d)"),
    ("clock:0", r"\d{1,2}\s?(?:h|giờ)\s?\d{0,2}\b"),
    ("unit:1", r"tuần"),
    ("unit:2", r"tháng"),
    ("unit:3", r"quý"),
    ("unit:5", r"năm\b"),
    ("holiday:0", r"(?:lễ )?giáng sinh|noel"),
    ("holiday:1", r"(?:lễ )?phục sinh"),
    ("holiday:5", r"tết(?: nguyên đán| âm lịch)?"),
]

_DE_MONTHS = {
    "januar": 1, "jänner": 1, "jan": 1, "februar": 2, "feber": 2, "feb": 2, "märz": 3, "mär": 3, "mrz": 3, "april": 4,
    "apr": 4, "mai": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9,
    "sep": 9, "oktober": 10, "okt": 10, "november": 11, "nov": 11, "dezember": 12, "dez": 12,
}  # fmt: skip
_DE_DAYS = {"montag": 1, "dienstag": 2, "mittwoch": 3, "donnerstag": 4, "freitag": 5, "samstag": 6, "sonnabend": 6}
_DE_DAYS |= {"sonntag": 7}
_TIME_DE = r"(?:morgen|früh|vormittag|mittag|nachmittag|abend|nacht)s?"
_ORDINALS_DE = {"erst~": 1, "zweit~": 2, "dritt~": 3, "viert~": 4, "letzt~": 4}
_DE_DECADES = {"zwanziger": 20, "dreißiger": 30, "vierziger": 40, "fünfziger": 50, "sechziger": 60, "siebziger": 70}
_DE_DECADES |= {"achtziger": 80, "neunziger": 90}

_DE: list[tuple[str, str]] = [
    ("day_offset:-2", r"vorgestern"),
    ("day_offset:-1", rf"gestern(?: {_TIME_DE})?\b"),
    ("day_offset:0", rf"heute(?: {_TIME_DE})?\b"),
    ("day_offset:2", r"übermorgen"),
    ("day_offset:1", r"morgen\b"),
    *_numbered("weekday", rf"{{word}}s?(?:{_TIME_DE})?\b(?: {_TIME_DE}\b)?", _DE_DAYS),
    *_numbered("month", r"{word}s?\b\.?", _DE_MONTHS),
    *_numbered("month_first_half", r"erst~ {word}hälfte", _DE_MONTHS),
    *_numbered("month_second_half", r"zweit~ {word}hälfte", _DE_MONTHS),
    *_numbered("month_first_week", r"erst~ {word}woche", _DE_MONTHS),
    *_numbered("quarter", r"{word} quartals?\b", _ORDINALS_DE),
    ("quarter", r"([1-4])\. ?quartals?\b"),
    ("quarter_roman", r"(iv|i{1,3})\. ?quartals?\b"),
    ("quarter", r"q([1-4])\b"),
    *_numbered("half", r"{word} (?:halbjahre?s?|jahreshälfte|hälfte)\b", {"erst~": 1, "zweit~": 2, "letzt~": 2}),
    ("half", r"([12])\. ?(?:halbjahre?s?|jahreshälfte)\b"),
    ("half", r"h([12])\b"),
    *_numbered("short_decade", r"{word}[ -]?jahren?\b", _DE_DECADES),
    ("this_unit:5", r"heuer|diesjährig~"),
    ("last_unit:5", r"vorjahre?s?\b|vorjährig~"),
    ("last_unit:1", r"vorwoche"),
    ("last_unit:2", r"vormonate?s?\b"),
    ("year_end:0", r"(?:des )?jahresende"),
    ("year_start:0", r"jahresbeginn|jahresanfang"),
    ("year_middle:0", r"jahresmitte"),
    ("month_end:0", r"monatsende"),
    ("month_start:0", r"monatsbeginn|monatsanfang"),
    ("week_start:0", r"wochenbeginn|wochenanfang|wochenmitte"),
    ("holiday:4", r"jahreswechsel|neujahr"),
    ("holiday:0", r"(?:weihnachten|weihnachts(?:tage?n?|fest)|heiligabend)"),
    ("holiday:1", r"ostern"),
    ("holiday:3", r"pfingsten"),
    ("winter_term:0", r"wintersemesters?"),
    ("summer_term:0", r"sommersemesters?"),
    ("season:21", r"(?:früh|spät)?(?:frühjahre?s?|frühlings?)(?:smonaten?)?\b"),
    ("season:22", r"(?:früh|spät|hoch)?sommers?(?:monaten?)?\b"),
    ("season:23", r"(?:früh|spät)?herbste?s?(?:monaten?)?\b"),
    ("season:24", r"(?:früh|spät)?winters?(?:monaten?)?\b"),
    ("unit:7", r"wochenendes?\b"),
    ("unit:8", r"(?:schul|studien|lehr)jahre?s?\b"),
    ("unit:9", r"(?:geschäfts|haushalts|budget|finanz|rechnungs)jahre?s?\b"),
    ("part:0", r"(?:zu )?(?:anfang|beginn)\b|frühen|früh\b"),
    ("part:1", r"mitte\b"),
    ("part:2", r"(?:zum )?ende\b|späten|spät\b"),
    ("now:0", r"(?:ab|von) (?:jetzt|nun|sofort|heute) (?=bis)"),
    ("before:0", r"(?:noch )?(?:vor|bevor)(?: dem| der| den)?\b"),
    ("after:0", r"(?:der )?(?:zeit )?nach(?: dem| der| den)?\b"),
    ("since:0", r"seit(?: dem| der)?\b|ab(?: dem| der)?\b"),
    ("from:0", r"von|vom|zwischen(?: dem)?"),
    ("to:0", r"bis(?: zum?| zur| spätestens| einschließlich| in| an| auf| ins?)*\b"),
    ("skip:0", r"spätestens"),
    ("direction:2", r"übernächst~"),
    ("direction:1", r"(?:kommend|nächst|künftig)~"),
    ("direction:-1", r"(?:vergangen|letzt|vorig|vorherig|abgelaufen)~"),
    ("direction:0", r"(?:dies|laufend|aktuell)~"),
    ("and:0", r"und|sowie"),
    ("unit:10", r"jahrhunderts?\b"),
    ("unit:6", r"jahrzehnte?s?\b"),
    ("unit:0", r"tage?s?\b"),
    ("unit:1", r"wochen?\b"),
    ("unit:2", r"monate?s?\b"),
    ("unit:3", r"quartale?s?\b"),
    ("unit:4", r"halbjahre?s?\b"),
    ("unit:5", r"jahre?s?\b"),
    ("clock:0", r"\d{1,2}(?:[.:]\d{2})? uhr\b"),
    ("skip:0", r"der|die|das|des|dem|den|im|in|am|an|noch|um|gegen|etwa|rund|ungefähr|nacht (?:auf|zum)|zum?|zur"),
    ("skip:0", rf"{_TIME_DE}(?: des)?\b"),
]

_EN_MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6,
    "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
_EN_DAYS = {
    "monday": 1, "mon": 1, "tuesday": 2, "tues": 2, "tue": 2, "wednesday": 3, "wed": 3, "thursday": 4, "thurs": 4,
    "thu": 4, "friday": 5, "fri": 5, "saturday": 6, "sat": 6, "sunday": 7, "sun": 7,
}  # fmt: skip
_ORDINALS_EN = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_EN_DECADES = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70}
_EN_DECADES |= {"eighties": 80, "nineties": 90}
_CENTURIES_EN = {"twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17}
_CENTURIES_EN |= {"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twenty-first": 21}
_TIME_EN = r"(?:morning|afternoon|evening|night|dawn|noon|midday)"

_EN: list[tuple[str, str]] = [
    ("day_offset:-1", rf"yesterday(?: {_TIME_EN})?|last night"),
    ("day_offset:0", rf"today|tonight|this {_TIME_EN}"),
    ("day_offset:1", rf"tomorrow(?: {_TIME_EN})?"),
    *_numbered("weekday", rf"{{word}}\b\.?(?: {_TIME_EN})?", _EN_DAYS),
    *_numbered("month", r"{word}\b\.?", _EN_MONTHS),
    *_numbered("quarter", r"{word}[ -]quarter\b", _ORDINALS_EN),
    ("quarter:4", r"(?:last|final) quarter(?= of)"),
    ("quarter", r"q([1-4])\b"),
    ("quarter", r"([1-4])q\b"),
    *_numbered("half", r"{word} half\b", {"first": 1, "1st": 1, "second": 2, "2nd": 2, "latter": 2, "last": 2}),
    ("half", r"h([12])\b"),
    ("half", r"([12])h\b"),
    ("first_week:1", r"first week(?= of)"),
    *_numbered("short_decade", r"{word}\b", _EN_DECADES),
    *_numbered("century", r"{word}[ -]century", _CENTURIES_EN),
    ("century", r"(\d{1,2})(?:st|nd|rd|th)[ -]century"),
    ("year_end:0", r"year[ -]?end|end[ -]of[ -]year|end-year"),
    ("month_end:0", r"month[ -]?end"),
    ("holiday:0", r"christmas"),
    ("holiday:2", r"orthodox easter"),
    ("holiday:1", r"easter"),
    ("holiday:3", r"pentecost|whitsun"),
    ("holiday:5", r"lunar new year|tet\b"),
    ("holiday:4", r"new year(?:'s day|’s day)?\b"),
    ("winter_term:0", r"winter semester"),
    ("summer_term:0", r"summer semester"),
    ("season:21", r"spring(?:time)?\b"),
    ("season:22", r"summer(?:time)?\b"),
    ("season:23", r"autumn|fall\b"),
    ("season:24", r"winter\b"),
    ("unit:7", r"weekend"),
    ("unit:8", r"(?:academic|school) year"),
    ("unit:9", r"(?:fiscal|financial|budget)(?: year)?|fy\s?(?=\d)"),
    ("before:0", r"before|prior to|ahead of"),
    ("after:0", r"after"),
    ("since:0", r"since|starting(?: in)?|as of"),
    ("now:0", r"(?:from )?now(?= (?:to|until|till|through))"),
    ("from:0", r"from|between"),
    ("until:0", r"(?:no later than|not later than|by|until|till)(?: the)?\b"),
    ("to:0", r"to|through|thru"),
    ("part:0", r"early|(?:the )?(?:beginning|start)(?: of)?\b"),
    ("part:1", r"mid[ -]?|middle(?: of)?\b"),
    ("part:2", r"late\b|(?:the )?end(?: of|-)?|later(?= (?:this|in))"),
    ("direction:1", r"next|coming|upcoming"),
    ("direction:-1", r"last|past"),
    ("direction:0", r"this|the current|current"),
    ("and:0", r"and|&"),
    ("unit:6", r"decades?\b"),
    ("unit:0", r"days?\b"),
    ("unit:1", r"weeks?\b"),
    ("unit:2", r"months?\b"),
    ("unit:3", r"quarters?\b"),
    ("unit:5", r"years?\b"),
    ("clock:0", r"\d{1,2}(?::\d{2})? ?(?:am|pm|a\.m\.|p\.m\.)|\d{1,2}:\d{2}"),
    ("skip:0", rf"the|of|in|on|at|around|about|{_TIME_EN}(?: of| on)?\b"),
]

_BY_LANG = {"vi": _VI, "de": _DE, "en": _EN}


@cache
def _patterns(lang: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """One pattern with a named group a rule, and the rules' names. Word rules must begin where a word begins."""
    rules: list[tuple[str, str]] = []
    for kind, source in _BY_LANG[lang]:
        body = source.replace("~", "(?:e[nmrs]?)?")
        rules.append((kind, rf"(?:{body})(?!(?<=[^\W\d_])[^\W\d_])"))
    decades = [rule for rule in _NUMERIC if "decade" in rule[0]]
    numeric = [rule for rule in _NUMERIC if "decade" not in rule[0]]
    ordered = [*decades, *rules, *numeric]
    clocks = [rule for rule in ordered if rule[0] == "clock:0"]
    ordered = [*clocks, *(rule for rule in ordered if rule[0] != "clock:0")]
    pattern = "|".join(f"(?P<r{index}>{source})" for index, (_, source) in enumerate(ordered))
    return re.compile(rf"\s*(?:{pattern})"), tuple(kind for kind, _ in ordered)


def read_tokens(text: str, lang: str) -> list[Token] | None:
    """The tokens of a whole expression, or None where a part of it is no date word."""
    pattern, kinds = _patterns(lang)
    tokens: list[Token] = []
    text = text.lower()
    position, end = 0, len(text)
    while position < end:
        match = pattern.match(text, position)
        if match is None or match.end() == position:
            return None
        position = match.end()
        tokens.append(_token(kinds[int((match.lastgroup or 'r0')[1:])], match))
    return [token for token in tokens if token[0] not in ("skip", "clock")]


def _token(kind: str, match: re.Match[str]) -> Token:
    name, _, value = kind.partition(":")
    if value:
        return name, (int(value),)
    first = match.re.groupindex[match.lastgroup or "r0"]
    captured = [group for group in match.groups()[first:] if group is not None]
    if name == "quarter_roman":
        return "quarter", (_ROMAN[captured[0].lower()],)
    return name, tuple(int(group) for group in captured if group.isdigit())
