"""One claim a row as comma-separated values that Excel opens as they are.

UTF-8 with a byte order mark (without it, Excel takes the file for the system's code page), commas, CRLF, quotes where
needed (RFC 4180). A cell of text that a spreadsheet would take for a formula gets an apostrophe in front: one that
begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from coopclaims.inference.formats.losses import ROWS_ONLY, Losses
from coopclaims.inference.writers import ARGUMENT_COLUMNS, claim_rows, open_output
from coopclaims.schema import Passage

BYTE_ORDER_MARK = "\ufeff"
LIST_SEPARATOR = "; "
COLUMNS = (
    *("doc", "lang", "date", "claim", "type", "status", "trigger"),
    *ARGUMENT_COLUMNS.values(),
    *("quote", "start", "end", "score", "model"),
)

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(passages: Iterable[Passage], model_name: str, output: str) -> None:
    """The rows of ``claim_rows``, and the record's ``date``; cells of several values are joined by "; "."""
    losses = Losses("csv", (*ROWS_ONLY, "span scores", "other keys of spans", "other keys of claims"))
    with open_output(output) as file:
        file.write(BYTE_ORDER_MARK)
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        for passage in losses.watch(passages):
            for row in claim_rows(passage, model_name):
                cells = {name: _cell(row.get(name)) for name in COLUMNS}
                writer.writerow({**cells, "date": _cell(passage.extra.get("date"))})
    losses.tell()


def _cell(value: Any) -> Any:
    text = LIST_SEPARATOR.join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA_STARTS) else text
