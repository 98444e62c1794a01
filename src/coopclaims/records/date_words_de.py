"""German words of date expressions: rules of ``date_words``, in the order in which they are tried."""

from __future__ import annotations

from coopclaims.records.date_rules import numbered

_MONTHS = {
    "januar": 1, "jänner": 1, "jan": 1, "februar": 2, "feber": 2, "feb": 2, "märz": 3, "mär": 3, "mrz": 3, "april": 4,
    "apr": 4, "mai": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9,
    "sep": 9, "oktober": 10, "okt": 10, "november": 11, "nov": 11, "dezember": 12, "dez": 12,
}  # fmt: skip
_DAYS = {"montag": 1, "dienstag": 2, "mittwoch": 3, "donnerstag": 4, "freitag": 5, "samstag": 6, "sonnabend": 6}
_DAYS |= {"sonntag": 7}
_TIME_DE = r"(?:morgen|früh|vormittag|mittag|nachmittag|abend|nacht)s?"
_ORDINALS_DE = {"erst~": 1, "zweit~": 2, "dritt~": 3, "viert~": 4, "letzt~": 4}
_DECADES = {"zwanziger": 20, "dreißiger": 30, "vierziger": 40, "fünfziger": 50, "sechziger": 60, "siebziger": 70}
_DECADES |= {"achtziger": 80, "neunziger": 90}

RULES: list[tuple[str, str]] = [
    ("day_offset:-2", r"vorgestern"),
    ("day_offset:-1", rf"gestern(?: {_TIME_DE})?\b"),
    ("day_offset:0", rf"heute(?: {_TIME_DE})?\b"),
    ("day_offset:2", r"übermorgen"),
    ("day_offset:1", r"morgen\b"),
    *numbered("weekday", rf"{{word}}s?(?:{_TIME_DE})?\b(?: {_TIME_DE}\b)?", _DAYS),
    *numbered("month", r"{word}s?\b\.?", _MONTHS),
    *numbered("month_first_half", r"erst~ {word}hälfte", _MONTHS),
    *numbered("month_second_half", r"zweit~ {word}hälfte", _MONTHS),
    *numbered("month_first_week", r"erst~ {word}woche", _MONTHS),
    *numbered("quarter", r"{word} quartals?\b", _ORDINALS_DE),
    ("quarter", r"([1-4])\. ?quartals?\b"),
    ("quarter_roman", r"(iv|i{1,3})\. ?quartals?\b"),
    ("quarter", r"q([1-4])\b"),
    *numbered("half", r"{word} (?:halbjahre?s?|jahreshälfte|hälfte)\b", {"erst~": 1, "zweit~": 2, "letzt~": 2}),
    ("half", r"([12])\. ?(?:halbjahre?s?|jahreshälfte)\b"),
    ("half", r"h([12])\b"),
    *numbered("short_decade", r"{word}[ -]?jahren?\b", _DECADES),
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
