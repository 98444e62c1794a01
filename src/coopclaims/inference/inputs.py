"""The files that the inputs of an extraction stand for, with their sizes, before anything is read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from coopclaims.corpus.jsonl import ProblemSink, report
from coopclaims.errors import UserError
from coopclaims.files import STANDARD_INPUT
from coopclaims.inference.problems import UNREADABLE, Notice, Skipped
from coopclaims.inference.streams import COMPRESSED_SUFFIXES

TEXT_SUFFIX = ".txt"
JSON_LINES_SUFFIXES = (".jsonl", ".ndjson")
PARQUET_SUFFIX = ".parquet"

_WANTED = "*.txt, *.jsonl, *.ndjson (or these with .gz, .zst), *.parquet"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, or standard input; ``size`` in bytes, None for what is no ordinary file."""

    name: str
    size: int | None


def find_sources(inputs: Sequence[str], problems: ProblemSink | None = None) -> list[Source]:
    """The sources of files, folders and ``-`` (standard input), in order.

    A folder stands for the files below it that are ``in_folder``, sorted by name, without hidden ones. What is wrong
    with a folder goes to ``problems``, or is raised as UserError without it. An input that does not exist, and
    standard input named twice, raise UserError.
    """
    if list(inputs).count(STANDARD_INPUT) > 1:
        raise UserError("-: standard input can be read only once; name it once")
    folders = {name for name in inputs if name != STANDARD_INPUT and _is_folder(name)}
    return [source for name in inputs for source in _sources(name, name in folders, problems)]


def content_suffix(name: str) -> str:
    """The suffix that tells what a file holds, in lower case: that before ``.gz`` or ``.zst`` where there is one."""
    path = Path(name)
    return Path(path.stem if path.suffix.lower() in COMPRESSED_SUFFIXES else path.name).suffix.lower()


def in_folder(name: str) -> bool:
    """Whether a file of this name is read when its folder is an input."""
    if Path(name).suffix.lower() == PARQUET_SUFFIX:
        return True
    return content_suffix(name) in (TEXT_SUFFIX, *JSON_LINES_SUFFIXES)


def _is_folder(name: str) -> bool:
    try:
        return S_ISDIR(Path(name).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(f"{name}: no such file or folder; check the path") from error
    except OSError:
        return False  # Opening it will tell the reason.


def _sources(name: str, folder: bool, problems: ProblemSink | None) -> Iterator[Source]:
    if name == STANDARD_INPUT:
        yield Source(name, None)
        return
    for file in map(str, _folder_files(name, problems)) if folder else [name]:
        yield Source(file, _size(file))


def _size(name: str) -> int | None:
    try:
        status = Path(name).stat()
    except OSError:
        return 0  # Opening it will tell the reason.
    return status.st_size if S_ISREG(status.st_mode) else None


def _folder_files(folder: str, problems: ProblemSink | None) -> list[Path]:
    def unreadable(error: OSError) -> None:
        reason = f"cannot be read: {error.strerror}"
        report(problems, Skipped(str(error.filename), 1, None, reason, UNREADABLE))

    files: list[Path] = []
    others = 0
    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = [Path(parent, name) for name in names if not name.startswith(".")]
        wanted = [path for path in visible if in_folder(path.name)]
        files += wanted
        others += len(visible) - len(wanted) + sum(Path(parent, name).is_symlink() for name in folders)
    if not files:
        report(problems, Skipped(folder, 1, None, f"no {_WANTED} file in this folder", UNREADABLE))
    elif others and problems is not None:
        reason = f"{others} files or links in this folder are not {_WANTED} and were not read; name them to read them"
        problems.append(Notice(folder, 1, None, reason))
    return sorted(files)
