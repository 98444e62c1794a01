"""What the plan of the corpus asked for (data/grid.yaml) against what its passages hold."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from coopclaims.errors import UserError
from coopclaims.schema import Passage

# Axes whose value a passage carries as a key, since no program can tell it from the text.
KEYED_AXES = ("genre", "sector", "region", "shape", "hard_negative")
# Regions are planned by language, which is not compared.
PLANNED_AXES = ("genre", "sector", "shape", "hard_negative", "claims", "type", "status")
MOST_CLAIMS = 4
_WORD = re.compile(r"\w+")

# How an expression is written, most telling first; "other" is what is left.
DATE_FORMS = {
    "numeric (21/6, 3.4.2019)": r"\d{1,2}\s?[/.]\s?\d{1,2}",
    "quarter, half-year, season": (
        r"\bquý\b|nửa đầu|nửa cuối|quarter|half|Quartal|Halbjahr|Hälfte|Frühjahr|Sommer|Herbst|Winter|spring|summer|"
        r"autumn|\bfall\b|winter|\bmùa\b|\bQ[1-4]\b"
    ),
    "period": r"\d{4}\s?[-–]\s?(\d{2}|\d{4})|\bbis\b.*\d|\bto\b|\bđến\b|giai đoạn|between|zwischen",
    "month and day": (
        r"\d{1,2}\.? ?(Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|January|March|May|October|December)|"
        r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.? \d{1,2}\b|\bngày\b|\bmùng\b"
    ),
    "month": (
        r"\btháng\b|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.? ?|Januar|Februar|März|Mai\b|Juni|Juli|"
        r"Oktober|Dezember"
    ),
    "weekday or day": (
        r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend|thứ (hai|"
        r"ba|tư|năm|sáu|bảy)|chủ nhật|today|yesterday|tomorrow|heute|gestern|morgen|hôm nay|hôm qua|sáng|chiều|tối"
    ),
    "year": r"\b(19|20)\d{2}\b",
    "relative": (
        r"last|next|this|recent|ago|vergangen|kommend|nächst|vorig|letzt|dies|năm nay|năm ngoái|tuần|sang năm|năm tới|"
        r"năm sau|vừa qua"
    ),
}
AMOUNT_FORMS = {
    "two currencies or bracket": r"\(",
    "symbol or code": r"[$€£¥₫₩]|\b(USD|EUR|VND|GBP|JPY|CHF|KRW|AUD|CAD)\b",
    "currency word": (
        r"Euro|Dollar|pound|Pfund|Franken|franc|yen|won\b|rupee|đồng|đô la|yên|krone|peso|shilling|Baht|Rubel|rouble|"
        r"rand\b|dirham|riyal|nhân dân tệ|yuan|bảng Anh"
    ),
    "percent or share": r"%|percent|per cent|Prozent|phần trăm",
    "measure": (
        r"\b(MW|GW|kWh|km|m²|ha|hectares?|Hektar|tonnes?|Tonnen|tấn|mét|metres?|Meter|Kilometer|Quadratmeter|héc-ta)\b"
    ),
    "counted": r"\w",
}


@dataclass(frozen=True)
class Reached:
    """One value of one axis: its share by plan (None where the plan has none), its share and number in the corpus."""

    axis: str
    value: str
    planned: float | None
    reached: float
    count: int


def read_grid(path: Path | str) -> dict[str, Any]:
    """The grid of a plan. Raises UserError where it is missing or malformed."""
    try:
        grid = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(f"{path}: not a grid in YAML: {' '.join(str(error).split())}") from error
    if not isinstance(grid, dict):
        raise UserError(f"{path}: not a grid: it must map axes to values")
    for axis in PLANNED_AXES:
        if not _can_be_weighed(grid.get(axis, {})):
            raise UserError(f"{path}: not a grid: {axis!r} must list values, or map them to weights that are not all 0")
    return grid


def measure_coverage(grid: Mapping[str, Any], passages: Sequence[Passage]) -> list[Reached]:
    """Planned and reached shares of every value of every axis, in the order of the grid.

    Shares of genre, sector, region and shape are of the passages that carry the key; of claims, of all passages; of
    types, statuses and sources, of all claims; of surface forms, of all spans with that label.
    """
    rows: list[Reached] = []
    for axis in KEYED_AXES:
        rows += _shares(axis, _planned(grid, axis), (str(p.extra[axis]) for p in passages if axis in p.extra))
    rows += _shares("claims", _planned(grid, "claims"), (str(min(len(p.claims), MOST_CLAIMS)) for p in passages))
    claims = [(passage, claim) for passage in passages for claim in passage.claims]
    rows += _shares("type", _planned(grid, "type"), (claim.type for _, claim in claims))
    rows += _shares("status", _planned(grid, "status"), (claim.status for _, claim in claims))
    sourced = ("yes" if _has_source(passage, claim.args) else "no" for passage, claim in claims)
    rows += _shares("claim with SOURCE", {}, sourced)
    rows += _shares("length in words", {}, (_length_bin(passage) for passage in passages))
    rows += _shares("date form", {}, _forms(passages, "DATE", _classifier(DATE_FORMS)))
    rows += _shares("amount form", {}, _forms(passages, "AMOUNT", _classifier(AMOUNT_FORMS)))
    return rows


def format_coverage(rows: Iterable[Reached]) -> str:
    """A table of plain text."""
    lines = [f"{'axis':<18}{'value':<82}{'planned':>8}{'reached':>8}{'count':>7}"]
    for row in rows:
        planned = "" if row.planned is None else f"{row.planned:.1%}"
        lines.append(f"{row.axis:<18}{row.value:<82}{planned:>8}{row.reached:>8.1%}{row.count:>7}")
    return "\n".join(lines)


def _can_be_weighed(values: Any) -> bool:
    if not isinstance(values, dict):
        return isinstance(values, list) and all(isinstance(value, Hashable) for value in values)
    weights = list(values.values())
    numbers = all(isinstance(weight, int | float) and weight >= 0 for weight in weights)
    return not weights or (numbers and 0 < sum(weights) < math.inf)


def _planned(grid: Mapping[str, Any], axis: str) -> dict[str, float]:
    """Shares of the values of an axis; a list weighs all alike. Regions also depend on the language: no shares."""
    if axis not in PLANNED_AXES:
        return {}
    values = grid.get(axis, {})
    weights = values if isinstance(values, dict) else dict.fromkeys(values, 1.0)
    total = sum(weights.values())
    return {str(value): weight / total for value, weight in weights.items()}


def _shares(axis: str, planned: Mapping[str, float], found: Iterable[str]) -> list[Reached]:
    counts = Counter(found)
    total = max(counts.total(), 1)
    # Values outside the plan come last; where there is no plan, by name.
    values = [*planned, *sorted(counts.keys() - planned.keys())]
    return [Reached(axis, v, planned.get(v), counts[v] / total, counts[v]) for v in values]


def _has_source(passage: Passage, arguments: Iterable[str]) -> bool:
    spans = passage.span_by_id()
    return any(spans[name].label == "SOURCE" for name in arguments)


def _length_bin(passage: Passage) -> str:
    words = len(_WORD.findall(passage.text))
    return f"{words // 20 * 20:03}-{words // 20 * 20 + 19:03}"


def _forms(passages: Iterable[Passage], label: str, form: Callable[[str], str]) -> Iterable[str]:
    return (form(passage.quote(span)) for passage in passages for span in passage.spans if span.label == label)


def _classifier(forms: Mapping[str, str]) -> Callable[[str], str]:
    patterns = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in forms.items()}
    return lambda text: next((name for name, pattern in patterns.items() if pattern.search(text)), "other")
