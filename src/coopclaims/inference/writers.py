"""Writers of extracted claims: whole records, one claim a row as JSON Lines, and a table to read.

A writer takes the passages one at a time, the name of the model and the output (a path, or ``-`` for standard
output). ``coopclaims.inference.formats`` has the formats that other programs read, and the registry of all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from coopclaims.files import open_output
from coopclaims.inference.formats.losses import FLAT_ROWS, Losses
from coopclaims.printable import printable
from coopclaims.schema import Passage, Span, passage_to_json

Row = dict[str, Any]
Writer = Callable[[Iterable[Passage], str, str], None]


@dataclass(frozen=True)
class LineFormat:
    """A format of a head and then, for each passage, lines of its own: what is written can be cut between any two.

    ``lines`` takes a passage and the name of the model; ``lost`` names what the format does not hold (losses.KINDS).
    """

    head: str
    lines: Callable[[Passage, str], str]
    lost: tuple[str, ...] = ()


ARGUMENT_COLUMNS = {
    "PARTY": "parties",
    "SOURCE": "sources",
    "INSTRUMENT": "instruments",
    "FIELD": "fields",
    "AMOUNT": "amounts",
    "DATE": "dates",
    "PLACE": "places",
}

TABLE_WIDTH = 140  # Characters, for a table that is not written to a terminal.
NARROW_WIDTH = 90  # Below it, four columns of text would be a word wide each.
TABLE_COLUMNS = {"who": 4, "what": 5, "when, where, how much": 3, "said by": 2}  # Their shares of the width.
STATUS_STYLES = {"actual": "green", "planned": "cyan", "proposed": "yellow", "denied": "red"}


def claim_rows(passage: Passage, model_name: str) -> list[Row]:
    """One row a claim, in the order of the triggers in the text; argument columns are lists in text order.

    ``doc`` is the id of the record, ``lang`` and ``date`` are the document's own (a date that is no text is none),
    ``quote`` is the text from the first to the last part of the claim, and ``start`` and ``end`` its code points in
    that record's text (half-open).
    """
    spans = passage.span_by_id()
    date = passage.extra.get("date")
    claims = sorted(passage.claims, key=lambda claim: spans[claim.trigger].start)
    rows = []
    for claim in claims:
        parts = sorted((spans[name] for name in (claim.trigger, *claim.args)), key=lambda span: span.start)
        start, end = parts[0].start, max(part.end for part in parts)
        rows.append(
            {
                "doc": passage.id,
                "lang": passage.lang,
                "date": date if isinstance(date, str) else None,
                "claim": claim.id,
                "type": claim.type,
                "status": claim.status,
                "trigger": passage.quote(spans[claim.trigger]),
                **_argument_columns(passage, parts),
                "quote": passage.text[start:end],
                "start": start,
                "end": end,
                "score": claim.score,
                "model": model_name,
            }
        )
    return rows


def _argument_columns(passage: Passage, parts: Iterable[Span]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {name: [] for name in ARGUMENT_COLUMNS.values()}
    for part in parts:
        if part.label in ARGUMENT_COLUMNS:
            columns[ARGUMENT_COLUMNS[part.label]].append(passage.quote(part))
    return columns


def record_line(passage: Passage, _model_name: str) -> str:
    """The JSON record of a passage, with ``claims: []`` where there is none."""
    return _json_line(passage_to_json(passage))


def row_lines(passage: Passage, model_name: str) -> str:
    """One JSON object a claim, with the columns of ``claim_rows``."""
    return "".join(_json_line(row) for row in claim_rows(passage, model_name))


RECORDS = LineFormat("", record_line)
ROWS = LineFormat("", row_lines, FLAT_ROWS)


def write_records(passages: Iterable[Passage], model_name: str, output: str) -> None:
    """One JSON record a passage, in order."""
    write_lines("records", RECORDS, passages, model_name, output)


def write_rows(passages: Iterable[Passage], model_name: str, output: str) -> None:
    """One JSON object a claim."""
    write_lines("jsonl", ROWS, passages, model_name, output)


def write_lines(name: str, format: LineFormat, passages: Iterable[Passage], model_name: str, output: str) -> None:
    """The head of ``format`` and the lines of each passage, in order; what is lost is told under ``name``."""
    losses = Losses(name, format.lost)
    with open_output(output) as file:
        file.write(format.head)
        for passage in losses.watch(passages):
            file.write(format.lines(passage, model_name))
    losses.tell()


def write_table(passages: Iterable[Passage], model_name: str, output: str) -> None:
    """Claims to read in a terminal or a text file: a block a document, a row a claim, long cells wrapped.

    Colours appear only in a terminal. Text of the documents is shown as plain text: no markup, and no control
    character, is acted upon.
    """
    without_claims = 0
    # It says by itself how many documents have no claim, and a model scores everything.
    losses = Losses("table", ("spans in no claim", "other keys of spans", "other keys of claims"))
    with open_output(output) as file:
        console = _console(file)
        narrow = console.width < NARROW_WIDTH
        console.print(_claim_table([], show_header=True, narrow=narrow))
        for passage in losses.watch(passages):
            rows = claim_rows(passage, model_name)
            if not rows:
                without_claims += 1
                continue
            heading = passage.id if passage.lang is None else f"{passage.id} ({passage.lang})"
            console.print(Text(printable(heading), style="bold"), soft_wrap=True)
            console.print(_claim_table(rows, show_header=False, narrow=narrow))
        if without_claims:
            console.print(f"Documents without a claim: {without_claims}")
    losses.tell()


WRITERS: dict[str, Writer] = {"records": write_records, "jsonl": write_rows, "table": write_table}


def _json_line(value: Row) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _console(file: IO[str]) -> Console:
    terminal = file.isatty()
    return Console(
        file=file,
        force_terminal=terminal,
        width=None if terminal else TABLE_WIDTH,
        markup=False,
        highlight=False,
        emoji=False,
    )


def _claim_table(rows: Iterable[Row], show_header: bool, narrow: bool) -> Table:
    """A table of ``rows``; ``narrow`` stacks the cells after the first in one column, each with its heading."""
    table = Table(box=box.SIMPLE_HEAD, expand=True, show_header=show_header, leading=1)
    table.add_column("act", min_width=10, max_width=10)
    for name, ratio in {"claim": 1}.items() if narrow else TABLE_COLUMNS.items():
        table.add_column(name, ratio=ratio, overflow="fold")
    for row in rows:
        act = Text.assemble(row["type"], "\n", (row["status"], STATUS_STYLES[row["status"]]))
        cells = dict(zip(TABLE_COLUMNS, _cells(row), strict=True))
        if narrow:
            stacked = (Text.assemble(name, ": ", cell) for name, cell in cells.items() if cell)
            table.add_row(act, Text("\n").join(stacked))
        else:
            table.add_row(act, *cells.values())
    return table


def _cells(row: Row) -> tuple[Text, ...]:
    """The cells of a row under ``TABLE_COLUMNS``."""
    return (
        _cell(row["parties"]),
        Text("\n").join(part for part in (_act(row), _cell(row["fields"])) if part),
        Text("\n").join(_cell(row[name]) for name in ("dates", "places", "amounts") if row[name]),
        _cell(row["sources"]),
    )


def _act(row: Row) -> Text:
    trigger = Text(printable(row["trigger"]), style="bold")
    return Text(": ").join([trigger, _cell(row["instruments"])]) if row["instruments"] else trigger


def _cell(words: Iterable[str]) -> Text:
    return Text("; ".join(map(printable, words)))
