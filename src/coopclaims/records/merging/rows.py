"""Merged records as rows of a table: one act a row, several values of a cell parted by "; "."""

from __future__ import annotations

from typing import Any

from coopclaims.records.value_text import amount_text
from coopclaims.spreadsheet import cell_text

COLUMNS = (
    *("id", "type", "status", "parties", "countries", "start", "end", "fields", "instruments", "amounts", "places"),
    *("mentions", "documents", "languages", "statuses", "conflicts", "quotes"),
)


def table_row(record: dict[str, Any]) -> dict[str, str]:
    """The cells of a merged record, by column."""
    mentions, time = record["mentions"], record["time"] or {}
    row: dict[str, str | list[str]] = {
        **{key: record[key] for key in ("id", "type", "status")},
        "parties": [party.get("name") or party["told_as"][0] for party in record["parties"]],
        "countries": sorted({code for party in record["parties"] for code in party.get("countries", ())}),
        "start": time.get("start", ""),
        "end": time.get("end", ""),
        **{key: [q for quotes in record[key].values() for q in quotes] for key in ("fields", "instruments", "places")},
        "amounts": [amount_text(value) for value in record["amounts"]],
        "mentions": str(len(mentions)),
        "documents": sorted({mention["document"] for mention in mentions}),
        "languages": record["languages"],
        "statuses": sorted({mention["status"] for mention in mentions}),
        "conflicts": sorted({conflict["kind"] for conflict in record["conflicts"]}),
        "quotes": [f"{m['passage']}:{m['claim']}:{m['start']}-{m['end']} {m['trigger']}" for m in mentions],
    }
    return {key: cell_text(cell) for key, cell in row.items()}
