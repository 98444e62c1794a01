"""Shards: each input file, and the name of the file that is made of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coopclaims.corpus.jsonl import ProblemSink, report
from coopclaims.errors import UserError
from coopclaims.files import STANDARD_INPUT
from coopclaims.inference.inputs import Source
from coopclaims.inference.problems import Notice

# Suffixes of the formats that shards can be written in: each shard can be read by itself, and all of them as one.
SUFFIXES = {"records": ".jsonl", "jsonl": ".jsonl", "csv": ".csv", "parquet": ".parquet"}

LONGEST_STEM = 80  # Characters; with the rest, far below what file systems allow.
DIGEST_DIGITS = 12  # 48 bits: two of a million names are alike with a chance of one in 500.


@dataclass(frozen=True, slots=True)
class Shard:
    """An input file, its size in bytes, and the name of its output in the output folder."""

    source: str
    size: int
    output: str


def find_shards(sources: Iterable[Source], format: str, problems: ProblemSink | None = None) -> list[Shard]:
    """The shards of ``sources``, in order; a file named twice is one shard, which is told to ``problems``.

    Raises UserError for a format without shards, and for standard input and pipes, which one process alone can read.
    """
    if format not in SUFFIXES:
        raise UserError(f"--engine ray: format {format} has no shards; use {', '.join(SUFFIXES)}")
    shards: dict[str, Shard] = {}
    for source in sources:
        if source.size is None or source.name == STANDARD_INPUT:
            raise UserError(f"--engine ray: {source.name} cannot be read by several workers; store it in files")
        shard = Shard(source.name, source.size, output_name(source.name, format))
        if shard.output in shards:
            _report_twice(shard, shards[shard.output], problems)
        else:
            shards[shard.output] = shard
    return list(shards.values())


def output_name(source: str, format: str) -> str:
    """The output's name: the input's, without its suffixes, a digest of its path as given, and the suffix.

    It depends on nothing else, so that a repeated run, or one with more inputs, finds what is done already.
    """
    digest = hashlib.sha256(source.encode("utf-8", "surrogateescape")).hexdigest()[:DIGEST_DIGITS]
    stem = re.sub(r"[^\w-]", "_", Path(source).name.partition(".")[0], flags=re.ASCII)[:LONGEST_STEM]
    # Readers of folders, such as Arrow's and Spark's, pass over names that begin with an underscore or a dot.
    return f"{stem.lstrip('_') or 'shard'}-{digest}{SUFFIXES[format]}"


def _report_twice(shard: Shard, first: Shard, problems: ProblemSink | None) -> None:
    if shard.source != first.source:
        raise UserError(f"{shard.source}: its output would be that of {first.source}; rename one of them")
    if problems is not None:
        report(problems, Notice(shard.source, 1, None, "is named twice; it is read once"))
