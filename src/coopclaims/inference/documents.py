"""Documents from text, JSON Lines and Parquet, one at a time, their text as given."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from coopclaims.corpus.jsonl import ProblemSink, report
from coopclaims.corpus.unique_ids import UniqueIds
from coopclaims.errors import UserError
from coopclaims.files import STANDARD_INPUT
from coopclaims.inference.inputs import JSON_LINES_SUFFIXES, PARQUET_SUFFIX, Source, content_suffix
from coopclaims.inference.json_documents import Document, decode_line, document_from_json, is_json_object
from coopclaims.inference.parquet_rows import parquet_rows
from coopclaims.inference.problems import BINARY, NOT_UTF8, DocumentError, Notice, Skipped
from coopclaims.inference.streams import LONGEST_DOCUMENT, Meter, broken_off, numbered_lines, open_stream, whole_content

NOT_TEXT = "binary, or text in UTF-16 (it holds NUL bytes); convert it to UTF-8 text"
LONGEST_SHOWN_ID = 100  # Characters, in messages.


@dataclass(frozen=True, slots=True)
class _Located:
    """A document and the place it comes from, for messages."""

    path: str
    line: int
    document: Document


def read_sources(sources: Iterable[Source], problems: ProblemSink | None, meter: Meter) -> Iterator[Document]:
    """Yield the documents of ``sources``, in order, and count the bytes read in ``meter``.

    The name of a file says what it holds: Parquet, JSON Lines, otherwise one text; ``.gz`` and ``.zst`` are
    decompressed. Standard input is JSON Lines if its first line that is not blank is a JSON object, otherwise one
    text. The id of a text is its path, that of an object or row without ``id`` is ``path:line``; an id met again gets
    ``#2``, ``#3``, ….

    What cannot be used is appended to ``problems``; without it, the first such thing raises UserError.
    """
    located = chain.from_iterable(_read_source(source, problems, meter) for source in sources)
    return _with_unique_ids(located, problems)


def _read_source(source: Source, problems: ProblemSink | None, meter: Meter) -> Iterator[_Located]:
    if source.name == STANDARD_INPUT:
        yield from _read_standard_input(problems)
        return
    # A file name need not be Unicode, but an id must be.
    label = os.fsencode(source.name).decode("utf-8", "replace")
    suffix = content_suffix(source.name)
    if source.name.lower().endswith(PARQUET_SUFFIX):
        yield from _documents(parquet_rows(source.name, label, problems, meter), label, problems)
        return
    try:
        with open_stream(source.name, meter) as stream:
            if suffix in JSON_LINES_SUFFIXES:
                yield from _read_json_lines(numbered_lines(stream, label, problems), label, problems)
            else:
                yield from _read_text(whole_content(stream, label, problems), label, problems)
    except OSError as error:
        report(problems, broken_off(error, label, 1))


def _read_standard_input(problems: ProblemSink | None) -> Iterator[_Located]:
    if sys.stdin is None:
        raise UserError("-: standard input is closed; name files to read, or give it something to read")
    stream = sys.stdin.buffer
    blank = bytearray()
    number = 1
    while (line := stream.readline(LONGEST_DOCUMENT + 1)) and not line.strip() and len(blank) <= LONGEST_DOCUMENT:
        blank += line
        number += 1
    if is_json_object(line):
        lines = chain([(number, line)], numbered_lines(stream, STANDARD_INPUT, problems, number + 1))
        yield from _read_json_lines(lines, STANDARD_INPUT, problems)
    else:
        content = whole_content(stream, STANDARD_INPUT, problems, bytes(blank) + line)
        yield from _read_text(content, STANDARD_INPUT, problems)


def _read_text(content: bytes | None, name: str, problems: ProblemSink | None) -> Iterator[_Located]:
    if content is None:
        return
    if b"\0" in content:
        report(problems, Skipped(name, 1, None, NOT_TEXT, BINARY))
        return
    try:
        yield _Located(name, 1, Document(id=name, text=content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason = f"not UTF-8 (byte {error.start + 1} of the file); convert it, for example with iconv -t UTF-8"
        report(problems, Skipped(name, line, None, reason, NOT_UTF8))


def _read_json_lines(lines: Iterable[tuple[int, bytes]], name: str, problems: ProblemSink | None) -> Iterator[_Located]:
    usable = False
    for number, raw in lines:
        if not raw.strip():
            continue
        if b"\0" in raw and not usable:
            report(problems, Skipped(name, number, None, NOT_TEXT, BINARY))
            return
        for located in _documents([(number, _value(raw))], name, problems):
            usable = True
            yield located


def _value(raw: bytes) -> Any:
    """The JSON value of a line, or the DocumentError that it is."""
    try:
        return decode_line(raw)
    except DocumentError as error:
        return error


def _documents(values: Iterable[tuple[int, Any]], name: str, problems: ProblemSink | None) -> Iterator[_Located]:
    """The documents of numbered JSON values; errors among them, and what is no document, are reported."""
    for number, value in values:
        try:
            if isinstance(value, DocumentError):
                raise value
            document = document_from_json(value, default_id=f"{name}:{number}")
        except DocumentError as error:
            record = value.get("id") if isinstance(value, dict) else None
            shown = str(record)[:LONGEST_SHOWN_ID] if record else None
            report(problems, Skipped(name, number, shown, str(error), error.kind))
        else:
            yield _Located(name, number, document)


def _with_unique_ids(located: Iterable[_Located], problems: ProblemSink | None) -> Iterator[Document]:
    ids = UniqueIds()
    for item in located:
        document = item.document
        name = ids.take(document.id)
        if name != document.id:
            reason = f"this id was used before; the document is written as {name!r}"
            report(problems, Notice(item.path, item.line, document.id, reason))
            document = replace(document, id=name)
        yield document
