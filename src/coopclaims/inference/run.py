"""A run of extraction: documents in, claims out, in batches, with an account of what could not be used."""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from tqdm import tqdm

from coopclaims import __version__
from coopclaims.errors import UserError
from coopclaims.files import STANDARD_INPUT, STANDARD_OUTPUT
from coopclaims.inference.documents import read_sources
from coopclaims.inference.formats.losses import Losses
from coopclaims.inference.formats.registry import LINE_FORMATS, find_writer
from coopclaims.inference.inputs import Source, find_sources, in_folder
from coopclaims.inference.json_documents import Document
from coopclaims.inference.languages import NOTE_KEY, is_readable, passed_through, with_language
from coopclaims.inference.problems import ProblemLog
from coopclaims.inference.progress_bar import SHOWN_AFTER, with_progress
from coopclaims.inference.restart import PARTIAL_SUFFIX, RestartableOutput
from coopclaims.inference.streams import Meter
from coopclaims.records.document_dates import UNUSABLE_DATE, has_unusable_date
from coopclaims.schema import Passage

# What a stopped run hands on to the next beside the number of documents.
COUNTED = ("claims", "other_language", "unusable_dates", "cut_pieces")


class NoUsableInputError(UserError):
    """There were problems, and no document."""


class Extractor(Protocol):
    """What finds claims in texts: the neural extractor, or a stand-in; ``cut_pieces`` counts what it dropped so far."""

    cut_pieces: int

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
    """What a run did: documents and claims written, those in other languages, and by kind what could not be used.

    ``unusable_dates`` are documents whose date is none, ``cut_pieces`` the word pieces that the extractor dropped.
    """

    documents: int = 0
    claims: int = 0
    other_language: int = 0
    unusable_dates: int = 0
    cut_pieces: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        counts = f"documents: {self.documents}, claims: {self.claims}, skipped: {self.skipped.total()}"
        kinds = ", ".join(f"{kind}: {count}" for kind, count in self.skipped.most_common())
        counts += f" ({kinds})" if kinds else ""
        further = {"other language": self.other_language, UNUSABLE_DATE: self.unusable_dates}
        return counts + "".join(f", {name}: {count}" for name, count in further.items() if count)


@dataclass
class _Run:
    """A run under way: what it reads, with what, and its account."""

    sources: Sequence[Source]
    extractor: Extractor
    output: str
    language: str | None
    strict: bool
    log: ProblemLog
    summary: Summary
    meter: Meter = field(default_factory=Meter)

    def documents(self) -> Iterator[Document]:
        """All documents of the sources."""
        return read_sources(self.sources, None if self.strict else self.log, self.meter)

    def passages(self, documents: Iterator[Document]) -> Iterator[Passage]:
        """Their records, counted, under a bar."""
        passages = _extracted(documents, self.extractor, self.language)
        shown = with_progress(passages, self.sources, self.meter, self.output)
        return _count(shown, self.summary, self.log, self.extractor)


def run_extraction(
    inputs: Sequence[str],
    extractor: Extractor,
    output: str,
    format: str,
    strict: bool = False,
    language: str | None = None,
    resume: bool = False,
    settings: Mapping[str, object] | None = None,
) -> Summary:
    """Extract the claims of all documents of ``inputs`` and write them to ``output`` (``-``: standard output).

    Only some documents are held at a time. ``language`` overrides what the documents say or show; one in a language
    that the model does not read is written without claims and with a note (languages.py).

    What cannot be used is told on standard error as it is met, and at the end a line of counts. Raises UserError for
    an unknown format, an input that does not exist, an output that cannot be written or is itself an input, input of
    which nothing is usable, and, if ``strict``, for the first problem. A file is written only if no error occurs;
    standard output has by then received what came before the error.

    With ``resume``, a run that was stopped can be repeated with the same arguments, and goes on where it was
    (restart.py); UserError where format, inputs or output do not allow that, or are not those of the earlier run.
    ``settings`` are what else has to be the same, as JSON: the precision and the weights of the model.
    """
    find_writer(format)
    _check_output(output, inputs)
    log = ProblemLog()
    sources = find_sources(inputs, None if strict else log)
    if resume:
        run = _Run(sources, extractor, output, language, strict, log, Summary(skipped=log.skipped))
        _write_restartable(run, format, settings or {})
        summary = run.summary
    else:
        summary = extract_sources(sources, extractor, output, format, log, language, strict)
    print(summary, file=sys.stderr)
    return summary


def extract_sources(
    sources: Sequence[Source],
    extractor: Extractor,
    output: str,
    format: str,
    log: ProblemLog,
    language: str | None = None,
    strict: bool = False,
) -> Summary:
    """``run_extraction`` from ``sources``, with problems told to ``log``, without the line of counts at the end.

    Raises NoUsableInputError, and makes no output, where there were problems and no document.
    """
    run = _Run(sources, extractor, output, language, strict, log, Summary(skipped=log.skipped))
    find_writer(format)(run.passages(run.documents()), extractor.name, output)
    return run.summary


def _write_restartable(run: _Run, format: str, settings: Mapping[str, object]) -> None:
    _check_resumable(run, format)
    lines = LINE_FORMATS[format]
    output = RestartableOutput(run.output, {**_identity(run, format), **settings})
    counts = Counter(output.progress.counts)
    losses = Losses(format, lines.lost)
    losses.counts.update({kind: counts[kind] for kind in lines.lost})
    run.summary.documents = output.started_at
    for name in COUNTED:
        setattr(run.summary, name, counts[name])
    if output.finish_earlier():
        print(f"{run.output}: was complete already", file=sys.stderr)
        return
    with _told_when_stopped(run, output), output:
        documents = _after(run.documents(), output.started_at)
        if not output.progress.bytes:
            output.add(lines.head, counts, documents=0)
        for passage in losses.watch(run.passages(documents)):
            known = {name: getattr(run.summary, name) for name in COUNTED}
            output.add(lines.lines(passage, run.extractor.name), Counter(known) + losses.counts)
    losses.tell()


def _check_resumable(run: _Run, format: str) -> None:
    if format not in LINE_FORMATS:
        raise UserError(f"--resume: format {format} cannot be continued; use {', '.join(LINE_FORMATS)}")
    if run.output == STANDARD_OUTPUT:
        raise UserError("--resume: standard output cannot be continued; name a file with --output")
    for source in run.sources:
        if source.size is None:
            raise UserError(f"--resume: {source.name} cannot be read again; store it in a file")


def _identity(run: _Run, format: str) -> dict[str, object]:
    """What a run must share with an earlier one to go on with its output, in the form that JSON gives back."""
    return {
        "inputs": [[source.name.encode("utf-8", "replace").decode(), source.size] for source in run.sources],
        "model": run.extractor.name,
        "format": format,
        "language": run.language,
        "version": __version__,
    }


def _after(documents: Iterator[Document], count: int) -> Iterator[Document]:
    """``documents`` after the first ``count``, which are read again for their ids but not extracted from."""
    skipping = tqdm(islice(documents, count), desc="skip documents done", total=count, delay=SHOWN_AFTER, disable=None)
    found = sum(1 for _ in skipping)
    if found < count:
        raise UserError(f"--resume: the inputs hold {found} documents, but {count} are done; start over without it")
    return documents


@contextmanager
def _told_when_stopped(run: _Run, output: RestartableOutput) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if output.progress.documents:
            kept = f"kept: {output.progress.documents} documents in {run.output}{PARTIAL_SUFFIX}"
            print(f"{kept}; the same command with --resume goes on from there", file=sys.stderr)
        raise


def _check_output(output: str, inputs: Sequence[str]) -> None:
    if output == STANDARD_OUTPUT:
        return
    path = Path(output).resolve()
    partial = path.with_name(path.name + PARTIAL_SUFFIX)
    for name in inputs:
        source = Path(name).resolve()
        listed = path.is_file() and in_folder(path.name) and source in path.parents
        same = (path.is_file() and source == path) or source == partial
        if name != STANDARD_INPUT and (same or listed):
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


def _count(passages: Iterator[Passage], summary: Summary, log: ProblemLog, extractor: Extractor) -> Iterator[Passage]:
    # The extractor may have been used before, and a stopped run may have cut some.
    cut_elsewhere = summary.cut_pieces - extractor.cut_pieces
    for passage in passages:
        summary.cut_pieces = cut_elsewhere + extractor.cut_pieces
        summary.documents += 1
        summary.claims += len(passage.claims)
        summary.other_language += NOTE_KEY in (passage.meta or {})
        summary.unusable_dates += has_unusable_date(passage)
        yield passage
    # Raised here, before the writer ends, so that no empty output takes its final name.
    if log.first and not summary.documents:
        problems = log.skipped.total() + log.notices
        raise NoUsableInputError(f"no usable input; the first problem of {problems}: {log.first}")
