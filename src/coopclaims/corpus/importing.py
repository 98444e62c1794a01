"""Annotations of other tools as a file of records, with an account of what could not be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from coopclaims.corpus.brat import read_brat
from coopclaims.corpus.conll import SUFFIXES, read_sentences
from coopclaims.corpus.doccano import read_doccano
from coopclaims.corpus.jsonl import Problem, report, write_passages
from coopclaims.corpus.labelstudio import read_labelstudio
from coopclaims.corpus.unique_ids import UniqueIds
from coopclaims.errors import UserError
from coopclaims.schema import LABELS, Passage, RecordError, validate

Reader = Callable[[Path, list[Problem] | None], Iterator[Passage]]


@dataclass
class ImportSummary:
    """What an import wrote, and what it had to leave out."""

    records: int = 0
    spans: int = 0
    claims: int = 0
    skipped: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        counts = f"records: {self.records}, spans: {self.spans}, claims: {self.claims}"
        return f"{counts}, left out: {len(self.skipped)}"


def import_records(format: str, inputs: Sequence[Path], output: Path, strict: bool = False) -> ImportSummary:
    """Write what the files or folders ``inputs`` of ``format`` hold to ``output`` as records, a line each.

    An id that comes again gets a number. Raises UserError for an unknown format, an input that cannot be read, an
    output that is an input, inputs without any record, and, if ``strict``, for the first thing that cannot be kept.
    The file is written only without errors.
    """
    if format not in READERS:
        raise UserError(f"unknown format {format!r}; formats are {', '.join(READERS)}")
    if output.resolve() in [path.resolve() for path in inputs]:
        raise UserError(f"{output}: is also the input; choose another output")
    summary = ImportSummary()
    problems = None if strict else summary.skipped
    ids = UniqueIds()
    passages = (passage for path in inputs for passage in _usable(path, READERS[format](path, problems), ids, problems))
    summary.records = write_passages(output, _counted(iter(tqdm(passages, desc="import", disable=None)), summary))
    return summary


def _usable(
    path: Path, passages: Iterator[Passage], ids: UniqueIds, problems: list[Problem] | None
) -> Iterator[Passage]:
    """The valid passages, each under an id of its own: tools name all their exports alike, and count from 1 in each."""
    for passage in passages:
        try:
            validate(passage)
        except RecordError as error:
            report(problems, Problem(str(path), 1, passage.id, f"document skipped: {error}"))
            continue
        name = ids.take(passage.id)
        if name != passage.id:
            report(problems, Problem(str(path), 1, passage.id, f"id was used before; written as {name!r}"))
            passage.id = name
        yield passage


def _counted(passages: Iterator[Passage], summary: ImportSummary) -> Iterator[Passage]:
    empty = True
    for passage in passages:
        empty = False
        summary.spans += len(passage.spans)
        summary.claims += len(passage.claims)
        yield passage
    # Raised before the file takes its final name.
    if empty:
        first = f"; the first reason of {len(summary.skipped)}: {summary.skipped[0]}" if summary.skipped else ""
        raise UserError(f"no record in the input{first}")


def _read_conll(path: Path, problems: list[Problem] | None) -> Iterator[Passage]:
    """Sentences in CoNLL columns; spans of labels that are none of ours are left out and reported."""
    files = sorted(file for suffix in SUFFIXES for file in path.rglob(f"*{suffix}")) if path.is_dir() else [path]
    if not files:
        raise UserError(f"{path}: no {', '.join(f'*{suffix}' for suffix in SUFFIXES)} file in this folder")
    for file in files:
        for line, found in read_sentences(file):
            if isinstance(found, str):
                report(problems, Problem(str(file), line, None, f"sentence skipped: {found}"))
                continue
            for label in sorted({span.label for span in found.spans} - set(LABELS)):
                report(problems, Problem(str(file), line, found.id, f"unknown label {label!r}; its spans skipped"))
            found.spans = [span for span in found.spans if span.label in LABELS]
            yield found


READERS: dict[str, Reader] = {
    "brat": read_brat,
    "labelstudio": read_labelstudio,
    "conll": _read_conll,
    "doccano": read_doccano,
}
