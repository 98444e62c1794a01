"""Merged records as one HTML page: charts, and a table to sort and filter, whose rows unfold to all tellings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from coopclaims.charts import bar_chart
from coopclaims.html_elements import Html, contents, element, filters, joined, page, section, separated, table_script
from coopclaims.records.merging.country_matrix import countries_of, country_matrix
from coopclaims.records.merging.tellings import conflict_list, telling
from coopclaims.records.value_text import amount_text, readable
from coopclaims.schema import STATUSES, TYPES

Record = dict[str, Any]

# The names of columns, and whether they are sorted as words.
COLUMNS = {
    "parties": True,
    "type": True,
    "status": True,
    "field": True,
    "instrument": True,
    "amount": False,
    "date": False,
    "told": False,
    "conflicts": False,
}
# How the cells of columns break: anywhere, or not at all.
_WRAPPING = {"field": "free", "instrument": "free", "told": "free", "status": "exact"}
NO_CONFLICT = "none"
CONFLICTS = ("type", "status", "date", "amount")
# Languages in the order in which a cell takes the words of one of them.
_LANGUAGES = ("en", "de", "vi")
_MOST_MONTHS = 24
_GREATEST = Fraction(10**30)


def render_records(records: Sequence[Record]) -> str:
    """A page that needs no network, is complete without script, and escapes all text of documents."""
    sections = {"Overview": section("Overview", *_overview(records)), "Records": section("Records", *_records(records))}
    return page("Acts of cooperation", contents(sections), *sections.values(), script=table_script())


def _overview(records: Sequence[Record]) -> list[Html]:
    mentions = [mention for record in records for mention in record["mentions"]]
    documents = len({mention["document"] for mention in mentions})
    disagreeing = sum(bool(record["conflicts"]) for record in records)
    summary = (
        f"{len(records)} acts, told {len(mentions)} times in {documents} documents; the tellings of {disagreeing} "
        "disagree on type, status, date or amount."
    )
    charts = [
        bar_chart("Acts by type", "How many acts are of each type.", _counted(record["type"] for record in records)),
        bar_chart("Acts by time", "How many acts are of each month or year.", _by_time(records)),
    ]
    drawn = [element("div", *charts, class_="charts")] if records else []
    return [element("p", summary), *drawn, *country_matrix(records)]


def _counted(values: Any) -> list[tuple[str, float]]:
    return [(name, float(count)) for name, count in sorted(Counter(values).items(), key=lambda item: (-item[1], item))]


def _by_time(records: Sequence[Record]) -> list[tuple[str, float]]:
    """By month, where these are few, otherwise by year; acts that begin on no known day are left out."""
    days = [record["time"]["start"] for record in records if record["time"] and "start" in record["time"]]
    length = len("2024-05") if len({day[:7] for day in days}) <= _MOST_MONTHS else len("2024")
    return sorted(_counted(day[:length] for day in days))


def _records(records: Sequence[Record]) -> list[Html]:
    if not records:
        return [element("p", "No record.", class_="none")]
    note = "Choose a row to see all its tellings. A cell has words in one language; the tellings have all."
    head = [
        element("th", name, scope="col", **({"data-sort": "words"} if words else {})) for name, words in COLUMNS.items()
    ]
    languages = sorted({language for record in records for language in record["languages"]} - {""})
    countries = sorted({code for record in records for code in countries_of(record)})
    controls = filters(
        {
            "Type": ("type", TYPES),
            "Status": ("status", STATUSES),
            "Conflict": ("conflict", [*CONFLICTS, NO_CONFLICT]),
            "Language": ("language", languages),
            "Country": ("country", countries),
            "and country": ("country", countries),
        }
    )
    bodies = map(_body, records)
    listed = element("table", element("thead", element("tr", *head)), *bodies, class_="grouped")
    return [element("p", note), controls, element("div", listed, class_="scroll")]


def _body(record: Record) -> Html:
    """A row, and a second one that it unfolds; filters find it by its own values and by those of its tellings."""
    mentions = record["mentions"]
    conflicts = [conflict["kind"] for conflict in record["conflicts"]]
    unfolded = element("div", conflict_list(record), *map(telling, mentions), class_="unfolded")
    values = {
        "type": {record["type"], *(mention["type"] for mention in mentions)},
        "status": {record["status"], *(mention["status"] for mention in mentions)},
        "conflict": set(conflicts) or {NO_CONFLICT},
        "language": set(record["languages"]),
        "country": set(countries_of(record)),
    }
    return element(
        "tbody",
        element("tr", element("th", _parties(record), scope="row"), *_cells(record, conflicts)),
        element("tr", element("td", unfolded, colspan=str(len(COLUMNS)))),
        id=record["id"],
        # Never empty, or it would be left out and the row with it: filters look for data-language.
        **{f"data-{name}": "|".join(sorted(some)) or "-" for name, some in values.items()},
    )


def _cells(record: Record, conflicts: Sequence[str]) -> list[Html]:
    amounts, time = record["amounts"], record["time"] or {}
    told = len(record["mentions"])
    cells: dict[str, tuple[str, str]] = {
        "type": (record["type"], ""),
        "status": (_status(record), ""),
        "field": (_words(record["fields"]), ""),
        "instrument": (_words(record["instruments"]), ""),
        "amount": ("; ".join(readable(amount_text(value)) for value in amounts), _figure(amounts)),
        "date": (_date(time.get("edtf", "")), time.get("start", time.get("end", "")).replace("-", "")),
        "told": (f"{told} × {', '.join(filter(None, record['languages']))}", str(told)),
        "conflicts": (
            element("span", ", ".join(conflicts), class_="conflict") if conflicts else "",
            str(len(conflicts)),
        ),
    }
    return [
        element("td", content, class_=_WRAPPING.get(name, ""), **{"data-column": name, "data-value": value})
        for name, (content, value) in cells.items()
    ]


def _parties(record: Record) -> Html:
    names = "; ".join(party.get("name") or party["told_as"][0] for party in record["parties"])
    codes = ", ".join(countries_of(record))
    return joined([names or "nobody named", *([" ", element("small", codes)] if codes else [])])


def _status(record: Record) -> Html:
    """The status as told over time, each change with the day of the document that tells it."""
    changes: list[dict[str, str]] = []
    for told in record["status_over_time"]:
        if not changes or changes[-1]["status"] != told["status"]:
            changes.append(told)
    if len(changes) < 2:
        return joined([record["status"]])
    shown = [joined([told["status"], " ", element("small", told["date"])]) for told in changes]
    return separated(shown, " → ")


def _date(edtf: str) -> Html:
    """An EDTF value that breaks at its slash only."""
    return separated([element("span", half, class_="exact") for half in edtf.split("/")], " / ") if edtf else Html()


def _words(by_language: dict[str, list[str]]) -> Html:
    language = next((one for one in (*_LANGUAGES, *by_language) if one in by_language), "")
    return element("span", "; ".join(by_language[language]), lang=language) if by_language else Html()


def _figure(amounts: Sequence[dict[str, Any]]) -> str:
    """The first amount as a number to sort by."""
    bounds = [value.get("value") or value.get("high") for value in amounts]
    return str(float(min(Fraction(bounds[0]), _GREATEST))) if bounds and bounds[0] else ""
