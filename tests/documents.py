"""Documents as extraction reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coopclaims.corpus.jsonl import ProblemSink
from coopclaims.inference.documents import read_sources
from coopclaims.inference.inputs import find_sources
from coopclaims.inference.json_documents import Document
from coopclaims.inference.streams import Meter


def read_documents(inputs: Sequence[str], problems: ProblemSink | None = None) -> Iterator[Document]:
    """The documents of files, folders and ``-`` (standard input)."""
    return read_sources(find_sources(inputs, problems), problems, Meter())
