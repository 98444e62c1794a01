"""What the rules for words of date expressions are made of.

A rule is a name and a pattern in lower case. The name is a kind of token with its number ("direction:1"), or a kind
alone whose numbers the pattern's groups capture. German adjective endings are written ``~``.
"""

from __future__ import annotations

from collections.abc import Mapping

EARLY, MID, LATE = 0, 1, 2
DAY, WEEK, MONTH, QUARTER, HALF, YEAR, DECADE, WEEKEND, SCHOOL_YEAR, FISCAL_YEAR, CENTURY = range(11)
SPRING, SUMMER, AUTUMN, WINTER = 21, 22, 23, 24
CHRISTMAS, EASTER, ORTHODOX_EASTER, PENTECOST, NEW_YEAR, TET = range(6)

# Digits, in any language. The number of groups decides what they are; ``dates`` checks that the date exists. Four
# digits that begin with 0 are no year, while two digits may be one: "0000" is not 2000, as "00" can be.
NUMERIC: tuple[tuple[str, str], ...] = (
    ("iso", r"([1-9]\d{3})-(\d{1,2})-(\d{1,2})(?![\d])(?:t[\d:.]+z?)?"),
    ("dmy", r"(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?([1-9]\d{3}|\d{2})(?![\d/])"),
    ("years", r"([1-9]\d{3})\s?[-–—]\s?([1-9]\d{3})(?!\d)"),
    ("years", r"([1-9]\d{3})/([1-9]\d{3}|\d{2})(?![\d/])"),
    ("year_dash", r"([1-9]\d{3})[-–](\d{2})(?![\d/-])"),
    ("month_year", r"(\d{1,2})\s?[/.-]\s?([1-9]\d{3})(?!\d)"),
    ("day_month", r"(\d{1,2})[/](\d{1,2})(?![\d/])"),
    ("day_month", r"(\d{1,2})\.\s?(\d{1,2})(?:\.(?!\d)|(?![\d.]))"),
    ("decade", r"(?:những\s+năm\s+|thập\s+(?:niên|kỷ)\s+(?:năm\s+)?|the\s+)?([1-9]\d{2}0)(?:s|er)\b(?:[\s-]*jahren?)?"),
    ("decade", r"(?:những\s+năm|thập\s+(?:niên|kỷ)(?:\s+năm)?)\s+([1-9]\d{2}0)\b"),
    ("short_decade", r"(?:những\s+năm|thập\s+(?:niên|kỷ)(?:\s+năm)?)\s+(\d0)\b"),
    ("short_decade", r"['’]?(\d0)(?:s|er)\b(?:[\s-]*jahren?)?"),
    ("year", r"([1-9]\d{3})(?!\d)"),
    ("number", r"(\d{1,2})(?:st|nd|rd|th)?\b\.?"),
    ("to", r"[-–—]"),
    ("skip", r"[,.()]"),
)


def numbered(kind: str, pattern: str, values: Mapping[str, int]) -> list[tuple[str, str]]:
    """A rule for each word and its number, the word put in the place of ``{word}``."""
    return [(f"{kind}:{value}", pattern.format(word=word)) for word, value in values.items()]
