"""Documents from text files, folders, JSON Lines and standard input, one at a time, their text as given."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from stat import S_ISDIR
from typing import Any

from coopclaims.corpus.jsonl import Problem, report
from coopclaims.errors import UserError
from coopclaims.schema import RecordError

STANDARD_INPUT = "-"
JSON_LINES_SUFFIXES = (".jsonl", ".ndjson")
FOLDER_SUFFIXES = (".txt", *JSON_LINES_SUFFIXES)

NOT_TEXT = "binary, or text in UTF-16 (it holds NUL bytes); convert it to UTF-8 text"


@dataclass(frozen=True, slots=True)
class Document:
    """A text to extract from, exactly as given; ``meta`` holds what else its JSON object says."""

    id: str
    text: str
    lang: str | None = None
    date: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)


class Notice(Problem):
    """Something about the input worth telling that cost no document, such as an id that had to change."""


@dataclass(frozen=True, slots=True)
class _Located:
    """A document and the place it comes from, for messages."""

    path: str
    line: int
    document: Document


def read_documents(inputs: Sequence[str], problems: list[Problem] | None = None) -> Iterator[Document]:
    """Yield the documents of text files, folders, JSON Lines files and ``-`` (standard input), in order.

    A folder gives its ``*.txt``, ``*.jsonl`` and ``*.ndjson`` files, at any depth, sorted by name, without hidden
    ones. Standard input is JSON Lines if its first line that is not blank is a JSON object, otherwise one text.
    The id of a text is its path, that of a JSON object without ``id`` is ``path:line``; an id met again gets
    ``#2``, ``#3``, ….

    What cannot be used is appended to ``problems``; without a list, the first such thing raises UserError. An
    input that does not exist raises UserError at once, before anything is read.
    """
    if list(inputs).count(STANDARD_INPUT) > 1:
        raise UserError("-: standard input can be read only once; name it once")
    folders = {name for name in inputs if name != STANDARD_INPUT and _is_folder(name)}
    located = chain.from_iterable(_read_input(name, name in folders, problems) for name in inputs)
    return _with_unique_ids(located, problems)


def _is_folder(name: str) -> bool:
    try:
        return S_ISDIR(Path(name).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(f"{name}: no such file or folder; check the path") from error
    except OSError:
        return False  # Opening it will tell the reason.


def _read_input(name: str, folder: bool, problems: list[Problem] | None) -> Iterator[_Located]:
    if name == STANDARD_INPUT:
        yield from _read_standard_input(problems)
    elif folder:
        for path in _folder_files(name, problems):
            yield from _read_file(str(path), problems)
    else:
        yield from _read_file(name, problems)


def _folder_files(folder: str, problems: list[Problem] | None) -> list[Path]:
    def unreadable(error: OSError) -> None:
        report(problems, Problem(str(error.filename), 1, None, f"cannot be read: {error.strerror}"))

    files: list[Path] = []
    others = 0
    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = [Path(parent, name) for name in names if not name.startswith(".")]
        texts = [path for path in visible if path.suffix.lower() in FOLDER_SUFFIXES]
        files += texts
        others += len(visible) - len(texts) + sum(Path(parent, name).is_symlink() for name in folders)
    wanted = ", ".join(f"*{suffix}" for suffix in FOLDER_SUFFIXES)
    if not files:
        report(problems, Problem(folder, 1, None, f"no {wanted} file in this folder"))
    elif others and problems is not None:
        reason = f"{others} files or links in this folder are not {wanted} and were not read; name them to read them"
        problems.append(Notice(folder, 1, None, reason))
    return sorted(files)


def _read_file(name: str, problems: list[Problem] | None) -> Iterator[_Located]:
    # A file name need not be Unicode, but an id must be.
    label = os.fsencode(name).decode("utf-8", "replace")
    try:
        with Path(name).open("rb") as stream:
            if Path(name).suffix.lower() in JSON_LINES_SUFFIXES:
                yield from _read_json_lines(stream, label, problems)
            else:
                yield from _read_text(stream.read(), label, problems)
    except OSError as error:
        report(problems, Problem(label, 1, None, f"cannot be read: {error.strerror or error}"))


def _read_standard_input(problems: list[Problem] | None) -> Iterator[_Located]:
    stream = sys.stdin.buffer
    head: list[bytes] = []
    for line in stream:
        head.append(line)
        if line.strip():
            break
    if head and _is_json_object(head[-1]):
        yield from _read_json_lines(chain(head, stream), STANDARD_INPUT, problems)
    else:
        yield from _read_text(b"".join([*head, stream.read()]), STANDARD_INPUT, problems)


def _read_text(content: bytes, name: str, problems: list[Problem] | None) -> Iterator[_Located]:
    if b"\0" in content:
        report(problems, Problem(name, 1, None, NOT_TEXT))
        return
    try:
        yield _Located(name, 1, Document(id=name, text=content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason = f"not UTF-8 (byte {error.start + 1} of the file); convert it, for example with iconv -t UTF-8"
        report(problems, Problem(name, line, None, reason))


def _read_json_lines(lines: Iterable[bytes], name: str, problems: list[Problem] | None) -> Iterator[_Located]:
    usable = False
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        if b"\0" in raw and not usable:
            report(problems, Problem(name, number, None, NOT_TEXT))
            return
        value = None
        try:
            value = _decode_line(raw)
            document = _document_from_json(value, default_id=f"{name}:{number}")
        except RecordError as error:
            record = value.get("id") if isinstance(value, dict) else None
            report(problems, Problem(name, number, str(record) if record else None, str(error)))
            continue
        usable = True
        yield _Located(name, number, document)


def _decode_line(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RecordError(f"not UTF-8 (byte {error.start + 1} of the line); convert the file to UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise RecordError(f"not JSON: {error}") from error


def _is_json_object(raw: bytes) -> bool:
    try:
        return isinstance(_decode_line(raw), dict)
    except RecordError:
        return False


def _document_from_json(value: Any, default_id: str) -> Document:
    if not isinstance(value, dict):
        raise RecordError("a document must be a JSON object with the key 'text'")
    fields = dict(value)
    text = _take_string(fields, "text")
    if text is None:
        raise RecordError("the key 'text' is missing")
    _check_writable(value, text)
    name, lang, date = (_take_string(fields, key) for key in ("id", "lang", "date"))
    # Records written by us keep such keys under "meta" already; they must not nest deeper with every round.
    if isinstance(fields.get("meta"), dict):
        fields = {**fields.pop("meta"), **fields}
    return Document(id=name or default_id, text=text, lang=lang, date=date, meta=fields)


def _take_string(fields: dict[str, Any], key: str) -> str | None:
    value = fields.pop(key, None)
    if value is not None and not isinstance(value, str):
        raise RecordError(f"{key!r} must be a string")
    return value


def _check_writable(value: dict[str, Any], text: str) -> None:
    """Raise RecordError for an object that cannot be written back as UTF-8 JSON."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        reason = f"text has a lone surrogate at offset {error.start}, which is not a Unicode character"
        raise RecordError(reason) from error
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise RecordError("a lone surrogate outside the text, which is not a Unicode character") from error
    except (ValueError, RecursionError) as error:
        raise RecordError(f"not JSON: {error}") from error


def _with_unique_ids(located: Iterable[_Located], problems: list[Problem] | None) -> Iterator[Document]:
    counts: dict[str, int] = {}
    for item in located:
        document = item.document
        name = _unique_id(document.id, counts)
        if name != document.id:
            reason = f"this id was used before; the document is written as {name!r}"
            report(problems, Notice(item.path, item.line, document.id, reason))
            document = replace(document, id=name)
        yield document


def _unique_id(name: str, counts: dict[str, int]) -> str:
    """``name``, or ``name#2``, ``name#3``, … where it is taken; ``counts`` remembers how far each name has got."""
    unique = name
    while unique in counts:
        counts[name] += 1
        unique = f"{name}#{counts[name]}"
    counts[unique] = 1
    return unique
