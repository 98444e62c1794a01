"""Sentences in CoNLL columns as passages: the word in the first column, its tag in the last, a blank line between.

Tags may be BIO, IOB1 (where I- begins a span unless it touches another) or BIOES/BILOU. A word's text is kept, words
are joined by single spaces. Tabs part the columns, or spaces where there is no tab. Lines of ``-DOCSTART-`` begin a
document; lines that begin with "# " before a sentence are comments. Format: Tjong Kim Sang and De Meulder (2003),
"Introduction to the CoNLL-2003 Shared Task".

A comment ``# record = {…}``, as our own writer makes it, restores the text and the claims (module conll_claims).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from coopclaims.corpus.conll_claims import RECORD_COMMENT, passage_of_rows
from coopclaims.errors import UserError
from coopclaims.schema import Passage, Span

SUFFIXES = (".conll", ".iob", ".iob2", ".bio")
# How other schemes write the first and the last word of a span.
_TABS, _SPACES = re.compile("\t"), re.compile("[ \t]+")
_BEGINS, _CONTINUES = "BSU", "IEL"


def read_sentences(path: Path) -> Iterator[tuple[int, Passage | str]]:
    """(line, passage) of each sentence; where it cannot be used, the reason in place of the passage.

    Raises UserError for a file that cannot be read or is not UTF-8.
    """
    separator, name = _separator(_lines(path)), f"{path.parent.name}-{path.stem}"
    document = number = 0
    rows: list[list[str]] = []
    record = ""
    line = 0
    for line, text in enumerate(_lines(path), 1):
        columns = [column for column in separator.split(text) if column]
        if text.startswith("# ") and not rows:
            record = text.removeprefix(RECORD_COMMENT) if text.startswith(RECORD_COMMENT) else record
            continue
        if columns and columns[0] == "-DOCSTART-":
            document += 1
        elif columns:
            rows.append(columns)
        if rows and (not columns or columns[0] == "-DOCSTART-"):
            number += 1
            yield line - len(rows), _sentence(rows, name, document, number, record)
            rows, record = [], ""
    if rows:
        yield line - len(rows) + 1, _sentence(rows, name, document, number + 1, record)


def spans_of_tags(tags: Iterable[str]) -> list[tuple[int, int, str]]:
    """(first word, last word, label) of each span. Raises ValueError for what is no tag."""
    spans: list[tuple[int, int, str]] = []
    before = ""
    for word, tag in enumerate(tags):
        prefix, _, label = tag.partition("-")
        if tag != "O" and not (label and prefix in (*_BEGINS, *_CONTINUES)):
            raise ValueError(f"{tag!r} is no tag; expected O, or B-, I-, E- or S- and a label")
        if prefix in _CONTINUES and before == label:
            spans[-1] = (spans[-1][0], word, label)
        elif tag != "O":
            spans.append((word, word, label))
        before = label
    return spans


def _sentence(rows: list[list[str]], name: str, document: int, number: int, record: str) -> Passage | str:
    if min(map(len, rows)) < 2:
        return "a line has one column only; expected a word and, last, its tag"
    words = [row[0] for row in rows]
    try:
        found = spans_of_tags(row[-1] for row in rows)
        if record:
            return passage_of_rows(rows, found, record)
    except ValueError as error:
        return str(error)
    starts = [sum(len(word) + 1 for word in words[:index]) for index in range(len(words))]
    spans = [
        Span(f"s{count}", starts[first], starts[last] + len(words[last]), label)
        for count, (first, last, label) in enumerate(found, 1)
    ]
    return Passage(f"{name}-{number}", " ".join(words), doc=f"{name}-{document}", spans=spans)


def _separator(lines: Iterable[str]) -> re.Pattern[str]:
    """Tabs where there are any, so that a word may hold spaces; else spaces."""
    return _TABS if any("\t" in line for line in lines) else _SPACES


def _lines(path: Path) -> Iterator[str]:
    try:
        # Other characters that Python takes for line ends may stand within a word.
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            for line in file:
                yield line.removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8; convert the file to UTF-8") from error
