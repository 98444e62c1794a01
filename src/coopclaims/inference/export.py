"""Records that are there already in any of the output formats, one record held at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tqdm import tqdm

from coopclaims.corpus.jsonl import Problem, read_passages
from coopclaims.corpus.record_inputs import input_files, no_usable_record
from coopclaims.files import STANDARD_OUTPUT
from coopclaims.inference.formats.registry import find_writer
from coopclaims.schema import Passage


@dataclass
class ExportSummary:
    """What an export read: records and their claims, and the lines that could not be used."""

    records: int = 0
    claims: int = 0
    skipped: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        return f"records: {self.records}, claims: {self.claims}, skipped: {len(self.skipped)}"


def export_records(
    inputs: Sequence[str], format: str, output: str, model_name: str = "", strict: bool = False
) -> ExportSummary:
    """Write the records of JSON Lines files and folders (``-``: standard input) to ``output`` in ``format``.

    ``model_name`` fills the column ``model``. Raises UserError for an unknown format, an input that cannot be read,
    an output that is an input, inputs without a usable record, and, if ``strict``, for the first bad line.
    """
    writer = find_writer(format)
    files = input_files(inputs, output)
    summary = ExportSummary()
    problems = None if strict else summary.skipped
    passages = (passage for file in files for passage in read_passages(file, problems))
    hidden = True if output == STANDARD_OUTPUT and sys.stdout.isatty() else None
    writer(_counted(iter(tqdm(passages, desc="export", unit=" records", disable=hidden)), summary), model_name, output)
    return summary


def _counted(passages: Iterator[Passage], summary: ExportSummary) -> Iterator[Passage]:
    for passage in passages:
        summary.records += 1
        summary.claims += len(passage.claims)
        yield passage
    # Raised before the writer ends, so that no empty output takes its final name.
    if not summary.records:
        raise no_usable_record(summary.skipped)
