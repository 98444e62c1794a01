"""One claim a row as comma-separated values that Excel opens as they are.

UTF-8 with a byte order mark (without it, Excel takes the file for the system's code page), commas, CRLF, quotes where
needed (RFC 4180). A cell of text that a spreadsheet would take for a formula gets an apostrophe in front: one that
begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from coopclaims.inference.formats.losses import FLAT_ROWS
from coopclaims.inference.writers import ARGUMENT_COLUMNS, LineFormat, claim_rows, write_lines
from coopclaims.schema import Passage

BYTE_ORDER_MARK = "\ufeff"
LIST_SEPARATOR = "; "
LINE_END = "\r\n"
COLUMNS = (
    *("doc", "lang", "date", "claim", "type", "status", "trigger"),
    *ARGUMENT_COLUMNS.values(),
    *("quote", "start", "end", "score", "model"),
)

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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


def cell_text(value: Any) -> Any:
    """A cell: several values joined, and an apostrophe before what a spreadsheet would run."""
    text = LIST_SEPARATOR.join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA_STARTS) else text
