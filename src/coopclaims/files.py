"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from coopclaims.errors import UserError


@contextmanager
def atomic_write(path: Path | str) -> Iterator[IO[str]]:
    """Open a UTF-8 text file that takes its final name only when the block ends without an error.

    A link stays one: its target is written. What is no ordinary file (a pipe, a device) is written directly. Raises
    UserError for a folder, and where no file can be made.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise UserError(f"{path}: is a folder; name a file to write")
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise UserError(f"{path}: cannot be written: {error.strerror}; choose another output") from error
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
