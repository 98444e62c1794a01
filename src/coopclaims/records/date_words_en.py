"""English words of date expressions: rules of ``date_words``, in the order in which they are tried."""

from __future__ import annotations

from coopclaims.records.date_rules import numbered

_MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6,
    "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
_DAYS = {
    "monday": 1, "mon": 1, "tuesday": 2, "tues": 2, "tue": 2, "wednesday": 3, "wed": 3, "thursday": 4, "thurs": 4,
    "thu": 4, "friday": 5, "fri": 5, "saturday": 6, "sat": 6, "sunday": 7, "sun": 7,
}  # fmt: skip
_ORDINALS_EN = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_DECADES = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70}
_DECADES |= {"eighties": 80, "nineties": 90}
_CENTURIES_EN = {"twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17}
_CENTURIES_EN |= {"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twenty-first": 21}
_TIME_EN = r"(?:morning|afternoon|evening|night|dawn|noon|midday)"

RULES: list[tuple[str, str]] = [
    ("day_offset:-1", rf"yesterday(?: {_TIME_EN})?|last night"),
    ("day_offset:0", rf"today|tonight|this {_TIME_EN}"),
    ("day_offset:1", rf"tomorrow(?: {_TIME_EN})?"),
    *numbered("weekday", rf"{{word}}\b\.?(?: {_TIME_EN})?", _DAYS),
    *numbered("month", r"{word}\b\.?", _MONTHS),
    *numbered("quarter", r"{word}[ -]quarter\b", _ORDINALS_EN),
    ("quarter:4", r"(?:last|final) quarter(?= of)"),
    ("quarter", r"q([1-4])\b"),
    ("quarter", r"([1-4])q\b"),
    *numbered("half", r"{word} half\b", {"first": 1, "1st": 1, "second": 2, "2nd": 2, "latter": 2, "last": 2}),
    ("half", r"h([12])\b"),
    ("half", r"([12])h\b"),
    ("first_week:1", r"first week(?= of)"),
    *numbered("short_decade", r"{word}\b", _DECADES),
    *numbered("century", r"{word}[ -]century", _CENTURIES_EN),
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
    ("part:2", r"late\b|(?:the )?end(?: of|-)?"),
    ("skip:0", r"later(?= (?:this|in))"),
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
