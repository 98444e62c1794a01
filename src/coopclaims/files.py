"""Files that appear whole or not at all, standard output in their place, locks on files, and hashes of them."""

from __future__ import annotations

import errno
import hashlib
import io
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from coopclaims.errors import UserError

STANDARD_INPUT = "-"
STANDARD_OUTPUT = "-"

_log = logging.getLogger(__name__)


@contextmanager
def can_be_written(path: Path | str) -> Iterator[None]:
    """Turn the errors of a block that makes ``path`` into a UserError that names it; a full disk is told by the CLI."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise UserError(f"{path}: cannot be written: {error.strerror}; choose another output") from error


def hold(file: IO[Any] | int, place: Path, taken: str) -> None:
    """Keep other processes from holding the open ``file`` too, until it is closed; where there are no locks, only warn.

    Raises UserError, that ``place`` is ``taken``, if another process holds it.
    """
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UserError(f"{place}: {taken}") from error
    except (ImportError, OSError):
        # Windows, and some network file systems, which must not keep anybody from working.
        _log.warning("%s: there are no file locks here; start no second run there", place)


def file_hash(path: Path) -> str:
    """SHA-256 of one file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def atomic_write(path: Path | str) -> Iterator[IO[str]]:
    """Open a UTF-8 text file that takes its final name only when the block ends without an error.

    A link stays one: its target is written. What is no ordinary file (a pipe, a device) is written directly. Raises
    UserError for a folder, and where no file can be made.
    """
    given, path = Path(path), Path(os.path.realpath(path))
    if path.is_dir():
        raise UserError(f"{path}: is a folder; name a file to write")
    # As given: /dev/stdout and /dev/fd/63 are links to a pipe that has no path of its own.
    if given.exists() and not given.is_file():
        with given.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    with can_be_written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        # mkstemp makes private files; results get the permissions any new file would have.
        umask = os.umask(0)
        os.umask(umask)
        os.fchmod(descriptor, 0o666 & ~umask)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            yield file
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


@contextmanager
def open_output(output: str) -> Iterator[IO[str]]:
    """Open ``output`` for UTF-8 text: standard output for ``-``, otherwise a file that appears whole or not.

    Raises UserError for a path that cannot be written, and for a standard output that is closed.
    """
    if output == STANDARD_OUTPUT:
        if sys.stdout is None:
            raise UserError("-: standard output is closed; name a file with --output")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        yield sys.stdout
        sys.stdout.flush()
        return
    with atomic_write(output) as file:
        yield file


@contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """A path beside ``path`` to make a file or a folder at; it takes its final name when the block ends well.

    For what a library writes by itself, and for folders. Raises UserError for a folder that is not empty, and where
    nothing can be made.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir() and any(path.iterdir()):
        raise UserError(f"{path}: is a folder that is not empty; name another output")
    parent = temporary_folder(path)
    try:
        made = parent / path.name
        yield made
        if path.is_dir() and not made.is_dir():
            raise UserError(f"{path}: is a folder; name a file to write")
        if made.is_dir() and path.exists() and not path.is_dir():
            raise UserError(f"{path}: is a file; name a folder to write")
        made.replace(path)
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def temporary_folder(path: Path) -> Path:
    """A new folder, hidden, beside ``path``, for what will be there. Raises UserError where none can be made."""
    with can_be_written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
