"""One claim a row as comma-separated values (RFC 4180) that Excel opens as they are (``coopclaims.spreadsheet``)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from coopclaims.inference.formats.losses import FLAT_ROWS
from coopclaims.inference.writers import ARGUMENT_COLUMNS, LineFormat, claim_rows, write_lines
from coopclaims.schema import Passage
from coopclaims.spreadsheet import BYTE_ORDER_MARK, LINE_END, cell_text

COLUMNS = (
    *("doc", "lang", "date", "claim", "type", "status", "trigger"),
    *ARGUMENT_COLUMNS.values(),
    *("quote", "start", "end", "score", "model"),
)


def csv_lines(passage: Passage, model_name: str) -> str:
    """The rows of ``claim_rows``; cells of several values are joined by "; "."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator=LINE_END)
    for row in claim_rows(passage, model_name):
        writer.writerow({name: cell_text(row[name]) for name in COLUMNS})
    return file.getvalue()


CSV = LineFormat(
    head=BYTE_ORDER_MARK + ",".join(COLUMNS) + LINE_END,
    lines=csv_lines,
    lost=FLAT_ROWS,
)


def write_csv(passages: Iterable[Passage], model_name: str, output: str) -> None:
    """Write the claims of all passages under one row of headings."""
    write_lines("csv", CSV, passages, model_name, output)
