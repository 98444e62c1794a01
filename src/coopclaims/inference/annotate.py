"""Tasks for annotators out of a model's records, what the model is least sure of first.

A record is as uncertain as the lowest score of its claims and spans (least confidence: Lewis and Gale 1994, "A
Sequential Algorithm for Training Text Classifiers", carried over to the least certain decision of a text). Records
without any score, such as those in which the model found nothing, come last, in the order of the input.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from coopclaims.corpus import conll
from coopclaims.corpus.jsonl import Problem, passage_from_line, read_numbered_passages
from coopclaims.corpus.record_inputs import input_files, no_usable_record
from coopclaims.errors import UserError
from coopclaims.inference.formats.doccano import write_doccano
from coopclaims.inference.formats.labelstudio import predicted_task, write_tasks
from coopclaims.schema import Passage

TOOLS = ("labelstudio", "doccano")
NO_SCORE = 2.0  # Sorts after every score.


@dataclass
class PreparedSummary:
    """How many tasks were written, and the lines that could not be used."""

    tasks: int = 0
    skipped: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        return f"tasks: {self.tasks}, skipped: {len(self.skipped)}"


def prepare_tasks(
    inputs: Sequence[str], tool: str, output: str, model_name: str = "", limit: int | None = None, strict: bool = False
) -> PreparedSummary:
    """Write the records of ``inputs`` as pre-annotated tasks to ``output``, the most uncertain first.

    ``limit`` keeps that many. Memory holds a score and a place in the file for each record, and one record. Raises
    UserError for an unknown tool, an input that cannot be read, is standard input or CoNLL, and input without a record.
    """
    if tool not in TOOLS:
        raise UserError(f"unknown tool {tool!r}; tools are {', '.join(TOOLS)}")
    summary = PreparedSummary()
    files = input_files(inputs, output)
    order = sorted(_places(files, None if strict else summary.skipped))[:limit]
    if not order:
        raise no_usable_record(summary.skipped)
    summary.tasks = len(order)
    places = [(file, offset) for _, file, offset in order]
    passages = iter(tqdm(_read_again(files, places), desc="prepare", total=len(order), disable=None))
    if tool == "doccano":
        write_doccano(passages, model_name, output)
    else:
        write_tasks((predicted_task(passage, model_name, uncertainty(passage)) for passage in passages), output)
    return summary


def uncertainty(passage: Passage) -> float | None:
    """The lowest score of the passage's claims and spans, or None without any."""
    scores = [claim.score for claim in passage.claims] + [span.score for span in passage.spans]
    return min((score for score in scores if score is not None), default=None)


def _places(files: Sequence[Path], problems: list[Problem] | None) -> Iterator[tuple[float, int, int]]:
    """(lowest score, number of the file, byte where the line begins) of each record."""
    for number, file in enumerate(files):
        if not file.is_file():
            raise UserError(f"{file}: is read twice, so it must be a file; save the records first")
        if file.suffix in conll.SUFFIXES:
            command = f"coopclaims import {file} --from conll --output records.jsonl"
            raise UserError(f"{file}: CoNLL columns are no records; make some of them first: {command}")
        starts = _line_starts(file)
        line, start = 0, 0
        for wanted, passage in read_numbered_passages(file, problems):
            while line < wanted:
                line, start = line + 1, next(starts)
            score = uncertainty(passage)
            yield NO_SCORE if score is None else score, number, start


def _line_starts(file: Path) -> Iterator[int]:
    start = 0
    with file.open("rb") as stream:
        for line in stream:
            yield start
            start += len(line)


def _read_again(files: Sequence[Path], places: Sequence[tuple[int, int]]) -> Iterator[Passage]:
    for number, start in places:
        with files[number].open("rb") as stream:
            stream.seek(start)
            yield passage_from_line(json.loads(stream.readline().decode("utf-8-sig")))
