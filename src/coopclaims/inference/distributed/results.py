"""What became of a shard: counts and problems, kept beside the output as the mark that it is complete."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from coopclaims.files import atomic_write
from coopclaims.inference.distributed.shards import Shard

# Folder of the marks; readers of folders pass over names that begin with an underscore.
MARKS = "_shards"


@dataclass(frozen=True)
class ShardResult:
    """A complete shard.

    ``output_bytes`` is the size of its file, None where nothing of the input was usable and no file was made.
    ``skipped`` counts by kind what could not be used, ``problems`` are the first of them as told; ``attempts`` is how
    often the shard was begun.
    """

    source: str
    size: int
    output: str
    output_bytes: int | None
    documents: int = 0
    claims: int = 0
    other_language: int = 0
    unusable_dates: int = 0
    cut_pieces: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    attempts: int = 1


@dataclass(frozen=True)
class Failure:
    """A shard that was given up. ``mistake``: the user can mend it, and the run need not go on before."""

    source: str
    reason: str
    mistake: bool = False


def mark_path(folder: Path, shard: Shard) -> Path:
    """The file that says that a shard is complete."""
    return folder / MARKS / f"{shard.output}.json"


def attempts_path(folder: Path, shard: Shard) -> Path:
    """The file with a line for each time that a shard was begun and not completed."""
    return folder / MARKS / f"{shard.output}.attempts"


def write_mark(folder: Path, shard: Shard, result: ShardResult) -> None:
    """Mark a shard whose output has its final name as complete."""
    with atomic_write(mark_path(folder, shard)) as file:
        file.write(json.dumps(asdict(result), indent=1) + "\n")


def read_mark(folder: Path, shard: Shard) -> ShardResult | None:
    """The result of a complete shard; None where input or output are not of the size that the mark says."""
    try:
        result = ShardResult(**json.loads(mark_path(folder, shard).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    same_input = (result.source, result.size) == (writable(shard.source), shard.size)
    return result if same_input and result.output_bytes == file_size(folder / shard.output) else None


def file_size(path: Path) -> int | None:
    """The size of a file in bytes, or None where it is none."""
    return path.stat().st_size if path.is_file() else None


def shard_result(shard: Shard, output_bytes: int | None, skipped: Counter[str], **counts: Any) -> ShardResult:
    """The result of a shard whose output has ``output_bytes`` bytes; ``counts`` are further fields."""
    return ShardResult(writable(shard.source), shard.size, shard.output, output_bytes, skipped=dict(skipped), **counts)


def writable(name: str) -> str:
    """A file name, which need not be Unicode, or a text that holds one, as text that can be written."""
    return name.encode("utf-8", "replace").decode()
