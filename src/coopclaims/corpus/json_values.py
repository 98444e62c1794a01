"""JSON values of a file of any size, one at a time: the items of one array, or values one after another."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from coopclaims.corpus.jsonl import Problem, report
from coopclaims.errors import UserError

_CHUNK = 1 << 16  # Bytes; doubled while a value is not yet whole, so that reading stays linear.
_BETWEEN = re.compile(r"[\s,\]]*")


def read_json_values(path: Path | str, problems: list[Problem] | None = None) -> Iterator[tuple[int, Any]]:
    """Yield (line, value) for each item of a JSON array, or each value of JSON Lines; UTF-8.

    An array that breaks off gives the items before the break, and a problem; of JSON Lines, only bad lines are lost.
    Raises UserError for a file that cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            yield from _values(str(path), file, problems)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8; convert the file to UTF-8") from error


def _values(path: str, file: IO[bytes], problems: list[Problem] | None) -> Iterator[tuple[int, Any]]:
    decode, scan = codecs.getincrementaldecoder("utf-8-sig")().decode, json.JSONDecoder().raw_decode
    text, size, line, ended = "", _CHUNK, 1, False
    in_array: bool | None = None
    reason = ""
    while True:
        between = _BETWEEN.match(text)
        skipped = between.end() if between else 0
        line, text = line + text.count("\n", 0, skipped), text[skipped:]
        if in_array is None and text:
            in_array = text[0] == "["
            text = text.removeprefix("[")
            continue
        try:
            value, end = scan(text)
            # A number may go on in the next chunk.
            whole = ended or end < len(text)
        except (ValueError, RecursionError) as error:
            whole, end, reason = False, 0, str(error).partition(":")[0]
        if whole:
            yield line, value
            line, text, size = line + text.count("\n", 0, end), text[end:], _CHUNK
        elif not in_array and "\n" in text:
            report(problems, Problem(path, line, None, f"not JSON: {reason}"))
            line, text = line + 1, text.partition("\n")[2]
        elif not ended:
            chunk = file.read(size)
            size, ended = size * 2, not chunk
            text += decode(chunk, final=ended)
        else:
            if text:
                report(problems, Problem(path, line, None, f"not JSON: {reason}; what follows was not read"))
            return
