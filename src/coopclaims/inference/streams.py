"""Bytes of plain, gzip and Zstandard files: lines and whole texts of bounded size, up to where a file breaks off."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import zstandard

from coopclaims.corpus.jsonl import ProblemSink, report
from coopclaims.inference.problems import CUT_SHORT, DAMAGED, TOO_LONG, UNREADABLE, Skipped

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP_SUFFIX = ".gz"
ZSTANDARD_SUFFIX = ".zst"
COMPRESSED_SUFFIXES = (GZIP_SUFFIX, ZSTANDARD_SUFFIX)

# No article is longer; a file without line ends, or one that decompresses without end, must not fill the memory.
LONGEST_DOCUMENT = 64 * 2**20
READ_BYTES = 2**20
# A block of 4 bytes can stand for 128 KiB, so this many can become 32 MiB at once, the worst case.
ZSTANDARD_READ_BYTES = 1024

_TOO_LONG = f"longer than {LONGEST_DOCUMENT // 2**20} MiB; split it into documents"


class DamagedError(Exception):
    """Compressed data that cannot be decompressed."""


_STREAM_ERRORS = (EOFError, zlib.error, DamagedError, OSError)


@dataclass
class Meter:
    """Bytes of the input files (as stored, not decompressed) read so far."""

    done: int = 0


@contextmanager
def open_stream(name: str, meter: Meter) -> Iterator[BinaryIO]:
    """Open a file to read its content, decompressed where its name ends in ``.gz`` or ``.zst``.

    Raises OSError where it cannot be opened. Reading raises EOFError for a compressed file that is cut short.
    """
    suffix = Path(name).suffix.lower()
    with io.BufferedReader(_Metered(name, meter), READ_BYTES) as file:
        if suffix == GZIP_SUFFIX:
            with gzip.GzipFile(fileobj=file) as stream:
                yield stream  # type: ignore[misc]  # readable, which is all that is asked of it
        elif suffix == ZSTANDARD_SUFFIX:
            with io.BufferedReader(_ZstandardStream(file), READ_BYTES) as stream:
                yield stream
        else:
            yield file


def numbered_lines(
    stream: BinaryIO, name: str, problems: ProblemSink | None, start: int = 1
) -> Iterator[tuple[int, bytes]]:
    """Yield (number, line with its end) as long as the stream can be read; lines that are too long are left out.

    Where the stream breaks off, in the middle of a line or between two, is reported to ``problems`` with the number of
    the line that would have come.
    """
    number = start
    while True:
        try:
            line = stream.readline(LONGEST_DOCUMENT + 1)
            too_long = len(line) > LONGEST_DOCUMENT and not line.endswith(b"\n")
            if too_long:
                _skip_line(stream)
        except _STREAM_ERRORS as error:
            report(problems, broken_off(error, name, number))
            return
        if too_long:
            report(problems, Skipped(name, number, None, _TOO_LONG, TOO_LONG))
        elif line:
            yield number, line
        else:
            return
        number += 1


def whole_content(stream: BinaryIO, name: str, problems: ProblemSink | None, head: bytes = b"") -> bytes | None:
    """``head`` and all that follows in the stream, or None after a report of why it cannot be used."""
    chunks = [head]
    size = len(head)
    try:
        while size <= LONGEST_DOCUMENT and (chunk := stream.read(READ_BYTES)):
            chunks.append(chunk)
            size += len(chunk)
    except _STREAM_ERRORS as error:
        report(problems, broken_off(error, name, 1))
        return None
    if size > LONGEST_DOCUMENT:
        report(problems, Skipped(name, 1, None, _TOO_LONG, TOO_LONG))
        return None
    return b"".join(chunks)


def broken_off(error: Exception, name: str, line: int) -> Skipped:
    """The problem that an error of reading is, at ``line``."""
    if isinstance(error, EOFError):
        return Skipped(name, line, None, "cut short: the compressed file ends too early; make it again", CUT_SHORT)
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return Skipped(name, line, None, f"cannot be read: {error.strerror or error}", UNREADABLE)
    return Skipped(name, line, None, f"damaged from here on: {error}", DAMAGED)


def _skip_line(stream: BinaryIO) -> None:
    while (part := stream.readline(READ_BYTES)) and not part.endswith(b"\n"):
        pass


class _Metered(io.RawIOBase):
    """A file whose reads are counted."""

    def __init__(self, name: str, meter: Meter) -> None:
        self._file = Path(name).open("rb", buffering=0)  # noqa: SIM115 - closed by close
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        count = self._file.readinto(buffer)
        self._meter.done += count or 0
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _ZstandardStream(io.RawIOBase):
    """The frames of a Zstandard file, decompressed; unlike zstandard's own reader, it tells where one is cut."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._compressed = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer)
        while not self._ready:
            self._compressed = self._compressed or self._file.read(ZSTANDARD_READ_BYTES)
            if not self._compressed:
                if self._frame is not None:
                    raise EOFError
                return 0
            self._ready = memoryview(self._decompress())
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _decompress(self) -> bytes:
        self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
        try:
            content = self._frame.decompress(self._compressed)
        except zstandard.ZstdError as error:
            raise DamagedError(str(error)) from error
        self._compressed = self._frame.unused_data if self._frame.eof else b""
        if self._frame.eof:
            self._frame = None
        return content
