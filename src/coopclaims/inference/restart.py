"""Output that a killed run leaves in a state from which the next one goes on, without repeating or losing a document.

Lines grow in ``OUTPUT.partial``; ``OUTPUT.progress.json`` says how many bytes of it are good, of how many documents.
The progress is replaced only after those bytes are on the disk, so whatever instant a run is killed at, the two fit:
more bytes than recorded are cut off by the next run. ``OUTPUT`` itself appears when all is done.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from coopclaims.errors import UserError
from coopclaims.files import can_be_written, hold

PARTIAL_SUFFIX = ".partial"
PROGRESS_SUFFIX = ".progress.json"
CHECKPOINT_SECONDS = 2.0


@dataclass(frozen=True)
class Progress:
    """How far a run has got: documents done, bytes of output that hold them, and counts for its summary.

    ``identity`` is what must not change between the runs: inputs with sizes, model, format, options.
    """

    identity: dict[str, Any]
    documents: int = 0
    bytes: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    complete: bool = False


class RestartableOutput:
    """The partial output of a run, taken up where an earlier run left it; a context manager.

    ``add`` appends what belongs to one document; leaving the block without an error gives the file its final name,
    otherwise it stays for the next run. ``progress`` is what is written, ``started_at`` how many documents of that are
    from earlier runs.
    """

    def __init__(self, output: str, identity: dict[str, Any]) -> None:
        """Read what an earlier run left. Raises UserError where it does not fit, or the output cannot be written."""
        self.output = Path(os.path.realpath(output))
        if self.output.exists() and not self.output.is_file():
            raise UserError(f"{output}: --resume needs an ordinary file as output")
        self.partial = self.output.with_name(self.output.name + PARTIAL_SUFFIX)
        self.place = self.output.with_name(self.output.name + PROGRESS_SUFFIX)
        self._identity = identity
        self.progress = self._read_progress(identity)
        self.started_at = self.progress.documents
        self._saved_at = time.monotonic()

    def finish_earlier(self) -> bool:
        """Whether an earlier run had written everything and was killed while cleaning up, which is then done."""
        if not self.progress.complete:
            return False
        if not self.partial.exists():
            self.place.unlink(missing_ok=True)
            return True
        return False

    def __enter__(self) -> Self:
        with can_be_written(self.output):
            self.output.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.partial.open("ab", buffering=2**16)
            try:
                self._take_over()
            except BaseException:
                self._file.close()
                raise
        return self

    def _take_over(self) -> None:
        """Hold the partial file; nothing is written before that, so a run that is refused leaves no trace."""
        hold(self._file, self.partial, "another run is writing it; wait for it, or stop it")
        # Another run may have gone on, or come to its end, since the progress was read.
        held = os.fstat(self._file.fileno())
        same = self.partial.exists() and os.path.samestat(self.partial.stat(), held)
        if not same or self._read_progress(self._identity) != self.progress:
            raise UserError(f"{self.output}: another run has written it meanwhile; start again")
        # Written before the first output: a partial file with bytes but without progress is somebody else's.
        self._save()
        self._file.truncate(self.progress.bytes)

    def add(self, text: str, counts: Counter[str], documents: int = 1) -> None:
        """Append the lines of ``documents`` documents; ``counts`` are those of the run with them."""
        written = self._file.write(text.encode("utf-8"))
        # One assignment: an interrupt sees either all of a document or nothing.
        self.progress = replace(
            self.progress,
            documents=self.progress.documents + documents,
            bytes=self.progress.bytes + written,
            counts=dict(counts),
        )
        if time.monotonic() - self._saved_at >= CHECKPOINT_SECONDS:
            self._checkpoint()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._file:
            if kind is None:
                self.progress = replace(self.progress, complete=True)
            self._checkpoint()
            # While the file is still held: no other run may find it half renamed.
            if kind is None:
                self.partial.replace(self.output)
            elif not self.progress.documents:
                self.partial.unlink()
            else:
                return
            self.place.unlink(missing_ok=True)

    def _checkpoint(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._save()
        self._saved_at = time.monotonic()

    def _save(self) -> None:
        # A fixed name: a run killed here leaves one file at most, which the next one overwrites.
        new = self.place.with_name(self.place.name + ".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(asdict(self.progress), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.place)

    def _read_progress(self, identity: dict[str, Any]) -> Progress:
        size = self.partial.stat().st_size if self.partial.exists() else None
        try:
            saved = Progress(**json.loads(self.place.read_text(encoding="utf-8")))
            fits = (size or 0) >= saved.bytes
        except FileNotFoundError:
            # An empty one is of a run that was killed before it saved its first progress.
            if size:
                raise UserError(f"{self.partial}: is there without {self.place.name}; move or delete it") from None
            return Progress(identity)
        except (OSError, ValueError, TypeError) as error:
            raise UserError(f"{self.place}: is not the progress of a run; {self._start_over()}") from error
        if difference := _difference(saved.identity, identity):
            raise UserError(f"{self.place}: is of a run with {difference}; {self._start_over()}")
        finished = saved.complete and size is None and self.output.is_file()
        if not fits and not finished:
            raise UserError(f"{self.partial}: has fewer than the {saved.bytes} bytes recorded; {self._start_over()}")
        return saved

    def _start_over(self) -> str:
        return f"delete it and {self.partial.name} to start over"


def _difference(old: Any, new: dict[str, Any]) -> str | None:
    """What the first difference of two identities is, in words."""
    if not isinstance(old, dict):
        return "no identity"
    for key, value in new.items():
        if old.get(key) != value:
            return (
                _input_difference(old.get(key), value) if key == "inputs" else f"{key} {old.get(key)!r}, not {value!r}"
            )
    return None


def _input_difference(old: Any, new: list[list[Any]]) -> str:
    if isinstance(old, list):
        for before, after in zip(old, new, strict=False):
            if before != after:
                return f"input {_described(before)}, not {_described(after)}"
        return f"{len(old)} input files, not {len(new)}"
    return "other inputs"


def _described(source: Iterable[Any]) -> str:
    name, size = source
    return f"{name} of {size} bytes"
