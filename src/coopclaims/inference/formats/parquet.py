"""One claim a row as Parquet: typed columns, arguments as lists of structs, written in row groups."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from coopclaims.errors import UserError
from coopclaims.files import STANDARD_OUTPUT, atomic_path
from coopclaims.inference.formats.losses import ROWS_ONLY, Losses
from coopclaims.inference.writers import ARGUMENT_COLUMNS, claim_rows
from coopclaims.schema import Passage, Span

ROW_GROUP = 10_000  # Claims held at a time, a few megabytes.


def claim_schema() -> Any:
    """The Arrow schema of a row: the columns of the JSON Lines rows, arguments as structs.

    An argument is {text, start, end (code points of the record's text), score, value (JSON, its normal form)}.
    """
    import pyarrow as pa

    text, number, score = pa.string(), pa.int64(), pa.float64()
    argument = pa.struct([("text", text), ("start", number), ("end", number), ("score", score), ("value", text)])
    required = [pa.field(name, text, nullable=False) for name in ("claim", "type", "status")]
    return pa.schema(
        [
            pa.field("doc", text, nullable=False),
            ("lang", text),
            ("date", text),
            *required,
            ("trigger", argument),
            *((name, pa.list_(argument)) for name in ARGUMENT_COLUMNS.values()),
            ("quote", text),
            ("start", number),
            ("end", number),
            ("score", score),
            ("model", text),
        ]
    )


def write_parquet(passages: Iterable[Passage], model_name: str, output: str) -> None:
    """Write the claims to the file ``output``; memory holds one row group, whatever the size of the input.

    Raises UserError where pyarrow is not installed, and for standard output.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UserError("parquet needs pyarrow: pip install 'coopclaims[parquet]'") from error
    if output == STANDARD_OUTPUT:
        raise UserError("parquet is binary: name a file with --output")
    losses = Losses("parquet", (*ROWS_ONLY, "other keys of claims"))
    schema = claim_schema()
    rows = (row for passage in losses.watch(passages) for row in _rows(passage, model_name))
    with atomic_path(output) as path, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _groups(rows):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
    losses.tell()


def _groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    for row in rows:
        group.append(row)
        if len(group) == ROW_GROUP:
            yield group
            group = []
    if group:
        yield group


def _rows(passage: Passage, model_name: str) -> Iterator[dict[str, Any]]:
    spans = passage.span_by_id()
    claims = {claim.id: claim for claim in passage.claims}
    for row in claim_rows(passage, model_name):
        claim = claims[row["claim"]]
        arguments = sorted((spans[name] for name in claim.args), key=lambda span: span.start)
        columns = {
            column: [_argument(passage, span) for span in arguments if span.label == label]
            for label, column in ARGUMENT_COLUMNS.items()
        }
        trigger = _argument(passage, spans[claim.trigger])
        yield {**row, "trigger": trigger, **columns}


def _argument(passage: Passage, span: Span) -> dict[str, Any]:
    value = span.extra.get("value")
    return {
        "text": passage.quote(span),
        "start": span.start,
        "end": span.end,
        "score": span.score,
        "value": None if value is None else json.dumps(value, ensure_ascii=False),
    }
