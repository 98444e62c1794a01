"""A run of extraction: documents in, claims out, in batches, with an account of what could not be used."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from tqdm import tqdm

from coopclaims.corpus.jsonl import Problem
from coopclaims.errors import UserError
from coopclaims.inference.documents import FOLDER_SUFFIXES, STANDARD_INPUT, Document, Notice, read_documents
from coopclaims.inference.formats.registry import find_writer
from coopclaims.inference.languages import NOTE_KEY, is_readable, passed_through, with_language
from coopclaims.inference.writers import STANDARD_OUTPUT, printable
from coopclaims.schema import Passage


class Extractor(Protocol):
    """What finds claims in texts: the neural extractor, or a stand-in."""

    @property
    def name(self) -> str:
        """The name of the model, for the column ``model``."""
        ...

    def extract(self, texts: Sequence[str]) -> list[Passage]:
        """One Passage a text, in order, with spans and claims by offset into the text as given."""
        ...

    def stream(self, texts: Iterable[str]) -> Iterator[Passage]:
        """The same for texts without end, of which only some are held at a time."""
        ...


@dataclass
class Summary:
    """What a run did: documents and claims written, those in other languages, and what could not be used."""

    documents: int = 0
    claims: int = 0
    other_language: int = 0
    skipped: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        counts = f"documents: {self.documents}, claims: {self.claims}, skipped: {len(self.skipped)}"
        return f"{counts}, other language: {self.other_language}" if self.other_language else counts


def run_extraction(
    inputs: Sequence[str],
    extractor: Extractor,
    output: str,
    format: str,
    strict: bool = False,
    language: str | None = None,
) -> Summary:
    """Extract the claims of all documents of ``inputs`` and write them to ``output`` (``-``: standard output).

    Only some documents are held at a time. ``language`` overrides what the documents say or show; one in a language
    that the model does not read is written without claims and with a note (languages.py).

    What could not be used is told on standard error at the end, followed by a line of counts. Raises UserError for an
    unknown format, an input that does not exist, an output that cannot be written or is itself an input, input of
    which nothing is usable, and, if ``strict``, for the first problem. A file is written only if no error occurs;
    standard output has by then received what came before the error.
    """
    writer = find_writer(format)
    _check_output(output, inputs)
    problems: list[Problem] = []
    summary = Summary()
    documents = read_documents(inputs, None if strict else problems)
    passages = _show_progress(_extracted(documents, extractor, language), output)
    try:
        writer(_count(passages, summary, problems), extractor.name, output)
    finally:
        for problem in problems:
            print(f"{_severity(problem)}: {printable(str(problem))}", file=sys.stderr)
    summary.skipped = [problem for problem in problems if not isinstance(problem, Notice)]
    print(summary, file=sys.stderr)
    return summary


def _check_output(output: str, inputs: Sequence[str]) -> None:
    if output == STANDARD_OUTPUT or not Path(output).is_file():
        return
    path = Path(output).resolve()
    for name in inputs:
        source = Path(name).resolve()
        listed = path.suffix.lower() in FOLDER_SUFFIXES and source in path.parents
        if name != STANDARD_INPUT and (source == path or listed):
            raise UserError(f"{output}: the output is also read as input ({name}); choose another output")


def _extracted(documents: Iterator[Document], extractor: Extractor, language: str | None) -> Iterator[Passage]:
    """A record of each document, in order; those in other languages go through as they are."""
    waiting: deque[Document] = deque()

    def texts() -> Iterator[str]:
        for document in documents:
            waiting.append(with_language(document, language))
            # An empty text keeps the place of what is not read.
            yield waiting[-1].text if is_readable(waiting[-1]) else ""

    for passage in extractor.stream(texts()):
        document = waiting.popleft()
        yield _as_record(document, passage if is_readable(document) else passed_through(document))


def _as_record(document: Document, passage: Passage) -> Passage:
    """The passage as a record of its document: id, text, language, date and other keys are those of the input."""
    extra = {"date": document.date, **passage.extra} if document.date is not None else passage.extra
    return replace(
        passage,
        id=document.id,
        text=document.text,
        lang=document.lang or passage.lang,
        meta={**document.meta, **(passage.meta or {})} or None,
        extra=extra,
    )


def _show_progress(passages: Iterator[Passage], output: str) -> Iterator[Passage]:
    # On one terminal, a bar would be drawn into the output.
    hidden = output == STANDARD_OUTPUT and sys.stdout.isatty()
    return iter(tqdm(passages, desc="extract", unit=" documents", disable=True if hidden else None))


def _count(passages: Iterator[Passage], summary: Summary, problems: Sequence[Problem]) -> Iterator[Passage]:
    for passage in passages:
        summary.documents += 1
        summary.claims += len(passage.claims)
        summary.other_language += NOTE_KEY in (passage.meta or {})
        yield passage
    # Raised here, before the writer ends, so that no empty output takes its final name.
    if problems and not summary.documents:
        raise UserError(f"no usable input; the first problem of {len(problems)}: {problems[0]}")


def _severity(problem: Problem) -> str:
    return "notice" if isinstance(problem, Notice) else "skipped"
