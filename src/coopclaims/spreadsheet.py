"""What a file of comma-separated values needs so that Excel opens it as it is.

A byte order mark (without it, Excel takes UTF-8 for the system's code page), CRLF, and an apostrophe before a cell of
text that a spreadsheet would take for a formula: one that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage
return (OWASP, "CSV Injection").
"""

from __future__ import annotations

from typing import Any

BYTE_ORDER_MARK = "\ufeff"
LINE_END = "\r\n"
LIST_SEPARATOR = "; "

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def cell_text(value: Any) -> Any:
    """A cell: several values joined, and an apostrophe before what a spreadsheet would run."""
    text = LIST_SEPARATOR.join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA_STARTS) else text
