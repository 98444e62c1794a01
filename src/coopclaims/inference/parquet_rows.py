"""Rows of a Parquet file as JSON objects, a small batch at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

from coopclaims.corpus.jsonl import ProblemSink, report
from coopclaims.errors import first_line
from coopclaims.inference.problems import DAMAGED, NO_DOCUMENT, UNREADABLE, DocumentError, Skipped
from coopclaims.inference.streams import Meter

BATCH_ROWS = 64
# Columns are read in pieces of this many bytes, not a row group at a time.
READ_BYTES = 2**20
TEXT_COLUMNS = ("text", "id", "lang", "date")


def parquet_rows(name: str, label: str, problems: ProblemSink | None, meter: Meter) -> Iterator[tuple[int, Any]]:
    """Yield (row number from 1, the row as an object of JSON values, or the DocumentError that it is).

    Empty cells are left out. Dates and times become text as in ISO 8601, and so do bytes in ``TEXT_COLUMNS``, which
    some writers leave without the mark of text. What keeps the file from being read, or read on, is reported to
    ``problems`` under ``label`` with the row it would have come to.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    row, start = 0, meter.done
    try:
        size = Path(name).stat().st_size
        with pq.ParquetFile(name, buffer_size=READ_BYTES, pre_buffer=False) as file:
            if "text" not in file.schema_arrow.names:
                report(problems, Skipped(label, 1, None, "has no column 'text'", NO_DOCUMENT))
                return
            for batch in file.iter_batches(BATCH_ROWS, use_threads=False):
                for index in range(batch.num_rows):
                    row += 1
                    yield row, _row(batch, index)
                meter.done = start + size * row // file.metadata.num_rows
    except pa.ArrowException as error:
        reason = f"no Parquet, or damaged from here on: {first_line(error)}"
        report(problems, Skipped(label, row + 1, None, reason, DAMAGED))
    except OSError as error:
        # Damage comes as an OSError without a number.
        kind = UNREADABLE if error.errno else DAMAGED
        reason = f"cannot be read on: {error.strerror or first_line(error)}"
        report(problems, Skipped(label, row + 1, None, reason, kind))


def _row(batch: Any, index: int) -> dict[str, Any] | DocumentError:
    cells = {}
    for column, values in zip(batch.schema.names, batch.columns, strict=True):
        try:
            value = values[index].as_py()
            if isinstance(value, bytes) and column in TEXT_COLUMNS:
                value = value.decode("utf-8")
            value = _json_value(value)
        except (ValueError, OverflowError, TypeError) as error:
            return DocumentError(NO_DOCUMENT, f"column {column!r}: {error}")
        if value is not None:
            cells[column] = value
    return cells


def _json_value(value: Any) -> Any:
    """``value`` as JSON can hold it: dates as text, NaN as null, lists of key and value pairs as they are."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    return str(value)
