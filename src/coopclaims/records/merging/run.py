"""The commands ``normalise`` and ``merge``: records in, records or merged records out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tqdm import tqdm

from coopclaims.corpus.jsonl import Problem, read_json_lines, read_passages
from coopclaims.corpus.record_inputs import input_files, no_usable_record
from coopclaims.errors import UserError
from coopclaims.files import open_output
from coopclaims.language_tags import reduced_tag
from coopclaims.records.aliases import load_aliases
from coopclaims.records.document_dates import UNUSABLE_DATE, has_unusable_date
from coopclaims.records.merging.grouping import group_mentions
from coopclaims.records.merging.mention import Mention, mention_from_json, mentions_of
from coopclaims.records.merging.record import merged_record
from coopclaims.records.merging.records_page import render_records
from coopclaims.records.merging.rows import COLUMNS, table_row
from coopclaims.records.values import Normaliser
from coopclaims.schema import Passage, passage_to_json
from coopclaims.spreadsheet import BYTE_ORDER_MARK


@dataclass
class RunSummary:
    """What a command read and wrote, the records whose date is none, and the lines that could not be used."""

    records: int = 0
    claims: int = 0
    merged: int | None = None
    unusable_dates: int = 0
    skipped: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        merged = "" if self.merged is None else f", merged records: {self.merged}"
        dates = f", {UNUSABLE_DATE}: {self.unusable_dates}" if self.unusable_dates else ""
        return f"records: {self.records}, claims: {self.claims}{merged}, skipped: {len(self.skipped)}{dates}"


def normalise_records(inputs: Sequence[str], output: str, aliases: Path | None, strict: bool = False) -> RunSummary:
    """Write the records of ``inputs`` with the values of their arguments; raises as ``merge_records`` does."""
    summary = RunSummary()
    passages = _passages(inputs, output, aliases, summary, strict)
    with open_output(output) as file:
        _write_lines(file, map(passage_to_json, passages))
    return summary


def merge_records(
    inputs: Sequence[str],
    output: str,
    format: str = "jsonl",
    aliases: Path | None = None,
    into: Path | None = None,
    strict: bool = False,
) -> RunSummary:
    """Write one record an act; the mentions of ``into`` (merged records) count too, but for documents in ``inputs``.

    Without ``inputs``, those of ``into`` are written anew, for example in another format.

    Raises UserError for a format or alias file that cannot be used, an input that cannot be read or is the output,
    inputs without a usable record, and, if ``strict``, for the first bad line.
    """
    if format not in _WRITERS:
        raise UserError(f"--format {format}: must be one of {', '.join(_WRITERS)}")
    summary = RunSummary()
    documents: set[str] = set()
    mentions: list[Mention] = []
    passages = _passages(inputs, output, aliases, summary, strict) if inputs or not into else ()
    for passage in passages:
        documents.add(passage.doc or passage.id)
        mentions += mentions_of(passage)
    mentions += [m for m in (_read_mentions(into) if into else ()) if m.document not in documents]
    records = [merged_record(group) for group in group_mentions(mentions)]
    summary.merged = len(records)
    with open_output(output) as file:
        _WRITERS[format](file, records)
    return summary


def _passages(
    inputs: Sequence[str], output: str, aliases: Path | None, summary: RunSummary, strict: bool
) -> Iterator[Passage]:
    normaliser = Normaliser(load_aliases(aliases))
    problems = None if strict else summary.skipped
    passages = (passage for file in input_files(inputs, output) for passage in read_passages(file, problems))
    for passage in tqdm(passages, desc="normalise", unit=" records", disable=None, delay=2):
        passage.lang = reduced_tag(passage.lang)
        normaliser.add_values(passage)
        summary.unusable_dates += has_unusable_date(passage)
        summary.records += 1
        summary.claims += len(passage.claims)
        yield passage
    if not summary.records:
        raise no_usable_record(summary.skipped)


def _read_mentions(path: Path) -> Iterator[Mention]:
    for number, record in read_json_lines(path):
        where = f"{path}:{number}"
        if not isinstance(record, dict) or not isinstance(record.get("mentions"), list):
            raise UserError(f"{where}: not a record that coopclaims merge has written (it has no list of mentions)")
        for mention in record["mentions"]:
            yield mention_from_json(mention, where)


def _write_lines(file: IO[str], records: Iterable[dict[str, Any]]) -> None:
    for record in records:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _write_rows(file: IO[str], records: Iterable[dict[str, Any]]) -> None:
    """As ``coopclaims export --to csv`` writes tables."""
    file.write(BYTE_ORDER_MARK)
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(table_row(record) for record in records)


def _write_page(file: IO[str], records: Sequence[dict[str, Any]]) -> None:
    file.write(render_records(records))


_WRITERS: dict[str, Callable[[IO[str], Sequence[dict[str, Any]]], None]] = {
    "jsonl": _write_lines,
    "csv": _write_rows,
    "html": _write_page,
}
