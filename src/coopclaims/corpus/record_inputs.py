"""The files of records that a command was given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coopclaims.corpus.jsonl import Problem, corpus_files
from coopclaims.errors import UserError
from coopclaims.files import STANDARD_INPUT, STANDARD_OUTPUT


def input_files(inputs: Sequence[str], output: str) -> list[Path]:
    """The files that ``inputs`` stand for. Raises UserError for one that does not exist or is the output."""
    named = corpus_files(name for name in inputs if name != STANDARD_INPUT)
    if output != STANDARD_OUTPUT and Path(output).resolve() in [file.resolve() for file in named]:
        raise UserError(f"{output}: is also the input; choose another output")
    return [*named, *(Path("/dev/stdin") for name in inputs if name == STANDARD_INPUT)]


def no_usable_record(skipped: Sequence[Problem]) -> UserError:
    """The error for input without a record that can be used."""
    first = f"; the first problem of {len(skipped)}: {skipped[0]}" if skipped else ""
    return UserError(f"no usable record in the input{first}")
