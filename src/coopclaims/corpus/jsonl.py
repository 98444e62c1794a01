"""Annotated passages as JSON Lines: a record a line, or a line with inline markup under the key ``marked``.

A marked line may name the event of each claim, by the number of the claim: ``"events": {"1": "port-loan"}``. In the
record the name is the claim's key ``event``; claims of the same event are one act, told in several places.

One bad line never loses the others: it becomes a Problem, and reading goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from coopclaims.corpus import conll
from coopclaims.corpus.markup import format_markup, parse_markup
from coopclaims.errors import UserError
from coopclaims.files import atomic_write
from coopclaims.schema import Passage, RecordError, passage_from_json, passage_to_json


@dataclass(frozen=True)
class Problem:
    """One line of input that could not be used, and why."""

    path: str
    line: int
    record: str | None
    reason: str

    def __str__(self) -> str:
        record = f" record {self.record!r}:" if self.record else ""
        return f"{self.path}:{self.line}:{record} {self.reason}"


class ProblemSink(Protocol):
    """What takes problems as they are met: a list, or something that tells and counts them."""

    def append(self, problem: Problem, /) -> None:
        """Take one problem."""
        ...


def read_passages(path: Path | str, problems: list[Problem] | None = None) -> Iterator[Passage]:
    """Yield the passages of a JSON Lines file, in order.

    Bad lines are appended to ``problems``; without a list, the first one raises UserError. A file that cannot be
    read, or is binary, raises UserError either way.
    """
    for _, passage in read_numbered_passages(path, problems):
        yield passage


def read_numbered_passages(path: Path | str, problems: list[Problem] | None = None) -> Iterator[tuple[int, Passage]]:
    """Yield (line number, passage) of a file; bad lines are treated as in ``read_passages``.

    Files named as CoNLL columns are (conll.SUFFIXES) give a passage a sentence.
    """
    if Path(path).suffix in conll.SUFFIXES:
        for number, found in conll.read_sentences(Path(path)):
            if isinstance(found, str):
                report(problems, Problem(str(path), number, None, found))
            else:
                yield number, found
        return
    for number, value in read_json_lines(path, problems):
        record = value.get("id") if isinstance(value, dict) else None
        try:
            passage = passage_from_line(value)
        except RecordError as error:
            report(problems, Problem(str(path), number, str(record) if record else None, str(error)))
        else:
            yield number, passage


def read_corpus(
    paths: Iterable[Path | str], problems: list[Problem] | None = None, split: str | None = None
) -> list[Passage]:
    """All passages of files and folders (every ``*.jsonl`` below, by name), optionally of one split.

    A passage's split is its key ``split``. Raises UserError for a path that does not exist or a folder without
    JSON Lines files.
    """
    passages = [passage for file in corpus_files(paths) for passage in read_passages(file, problems)]
    return [passage for passage in passages if split is None or passage.extra.get("split") == split]


def corpus_files(paths: Iterable[Path | str]) -> list[Path]:
    """The JSON Lines files that ``paths`` (files or folders) stand for, sorted within each folder."""
    files: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found = sorted(path.rglob("*.jsonl"))
            if not found:
                raise UserError(f"{path}: no *.jsonl file in this folder")
            files += found
        elif path.is_file():
            files.append(path)
        else:
            raise UserError(f"{path}: no such file or folder")
    return files


def write_passages(path: Path | str, passages: Iterable[Passage], markup: bool = False) -> int:
    """Write passages atomically, one JSON object a line; returns how many. ``markup`` writes ``marked`` lines."""
    count = 0
    with atomic_write(path) as file:
        for passage in passages:
            value = marked_line(passage) if markup else passage_to_json(passage)
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
            count += 1
    return count


def marked_line(passage: Passage) -> dict[str, Any]:
    """The object of a ``marked`` line: like the record, with text, spans and claims folded into markup."""
    record = passage_to_json(passage)
    marked = format_markup(passage)
    head: dict[str, Any] = {key: record.pop(key) for key in ("id", "lang", "doc") if key in record}
    rest = {key: value for key, value in record.items() if key not in ("text", "spans", "claims")}
    events = {str(n): claim["event"] for n, claim in enumerate(record["claims"], 1) if "event" in claim}
    return {**head, **rest, **({"events": events} if events else {}), "marked": marked}


def read_json_lines(path: Path | str, problems: list[Problem] | None = None) -> Iterator[tuple[int, Any]]:
    """Yield (line number, decoded JSON value) of every non-blank line; UTF-8, a byte order mark is skipped."""
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed by the block below
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    with file:
        for number, raw in enumerate(file, 1):
            if b"\0" in raw:
                raise UserError(f"{path}:{number}: a binary file, not JSON Lines (it holds NUL bytes)")
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                if line.strip():
                    yield number, json.loads(line)
            except UnicodeDecodeError as error:
                reason = f"not UTF-8 (byte {error.start + 1} of the line); convert the file to UTF-8"
                report(problems, Problem(str(path), number, None, reason))
            except (ValueError, RecursionError) as error:
                report(problems, Problem(str(path), number, None, f"not JSON: {error}"))


def report(problems: ProblemSink | None, problem: Problem) -> None:
    """Append ``problem`` to the list, or raise it as a UserError where there is none (strict reading)."""
    if problems is None:
        raise UserError(str(problem))
    problems.append(problem)


def passage_from_line(value: Any) -> Passage:
    """The passage of one decoded line, record or ``marked``; raises RecordError."""
    if not isinstance(value, dict) or "marked" not in value:
        return passage_from_json(value)
    fields = dict(value)
    for key in ("id", "marked"):
        if not isinstance(fields.get(key), str):
            raise RecordError(f"record: {key!r} must be a string")
    clash = sorted({"text", "spans", "claims"} & set(fields))
    if clash:
        raise RecordError(f"record: has both 'marked' and {', '.join(map(repr, clash))}")
    parsed = passage_to_json(parse_markup(fields.pop("marked"), fields["id"]))
    _name_events(parsed["claims"], fields.pop("events", {}))
    return passage_from_json({**parsed, **fields})


def _name_events(claims: list[dict[str, Any]], events: Any) -> None:
    """Give each claim of a marked line its ``event``."""
    by_number = {claim["id"].removeprefix("c"): claim for claim in claims}
    if not isinstance(events, dict) or not all(isinstance(name, str) for name in events.values()):
        raise RecordError("record: 'events' must map numbers of claims to names of events")
    for number, name in events.items():
        if number not in by_number:
            raise RecordError(f"record: 'events' names claim {number!r}, which the markup does not have")
        by_number[number]["event"] = name
