"""Standoff annotation of brat as passages: a text (NAME.txt), its annotations (NAME.ann), and our NAME.json if kept.

Spans are text-bound annotations (T), claims are events (E) of the claim's type, with labels as roles and the status
as an attribute (A). Offsets count code points. A discontinuous span is kept where only white space parts its
fragments: brat writes a span across a line end so. Format: Stenetorp et al. (2012), "brat: a Web-based Tool for
NLP-Assisted Text Annotation", and its manual page on standoff.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from coopclaims.corpus.assemble import Assembly
from coopclaims.corpus.frame import Frame, checked_frame
from coopclaims.corpus.jsonl import Problem, report
from coopclaims.errors import UserError
from coopclaims.schema import TRIGGER, TYPES, Passage

STATUS_ATTRIBUTE = "Status"

_TEXT_BOUND = re.compile(r"(T\S+)\t(\S+) (\d{1,15} \d{1,15}(?:;\d{1,15} \d{1,15})*)\t(.*)", re.DOTALL)
_EVENT = re.compile(r"(E\S+)\t([^\s:]+):(\S+)((?: [^\s:]+:\S+)*) ?")
_ATTRIBUTE = re.compile(r"[AM]\S+\t(\S+) (\S+)(?: (\S+))?")


@dataclass
class _Event:
    line: int
    type: str
    trigger: str
    arguments: list[str]
    status: str = ""


@dataclass
class _Annotations:
    """Events by name; spans go into the assembly as they are read."""

    events: dict[str, _Event] = field(default_factory=dict)
    attributes: list[tuple[int, str, str, str]] = field(default_factory=list)


def read_brat(path: Path, problems: list[Problem] | None = None) -> Iterator[Passage]:
    """Yield the passage of every ``*.txt`` below ``path`` (or of one such file, or its ``.ann``), sorted by name.

    What cannot be kept is appended to ``problems`` with file and line; without a list, the first one raises
    UserError.
    """
    files = sorted(path.rglob("*.txt")) if path.is_dir() else [path.with_suffix(".txt")]
    if not files or not files[0].is_file():
        raise UserError(f"{path}: no *.txt file with an *.ann file beside it; name brat's folder of documents")
    for file in files:
        annotations = file.with_suffix(".ann")
        try:
            # brat counts a byte order mark as a character of the text.
            text = file.read_bytes().decode("utf-8")
            lines = annotations.read_bytes().decode("utf-8-sig").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8; convert it to UTF-8"
            name = annotations if isinstance(error, FileNotFoundError) else file
            report(problems, Problem(str(name), 1, None, f"document skipped: {reason}"))
            continue
        yield _passage(Assembly(str(annotations), file.stem, text, _frame(file), problems), lines)


def _frame(file: Path) -> Frame:
    try:
        return checked_frame(json.loads(file.with_suffix(".json").read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return {}


def _passage(assembly: Assembly, lines: list[str]) -> Passage:
    found = _Annotations()
    for number, line in enumerate(lines, 1):
        _read_line(assembly, found, number, line.removesuffix("\r"))
    for number, name, target, value in found.attributes:
        if name == STATUS_ATTRIBUTE and target in found.events:
            found.events[target].status = value
        else:
            assembly.skip(number, f"attribute {name} of {target} is none of ours; skipped")
    for event in found.events.values():
        assembly.add_claim(event.trigger, event.type, event.status, event.arguments, event.line)
    return assembly.passage()


def _read_line(assembly: Assembly, found: _Annotations, number: int, line: str) -> None:
    if not line.strip() or line.startswith("#"):
        return  # Annotators' notes.
    if match := _TEXT_BOUND.fullmatch(line):
        _add_span(assembly, number, *match.groups())
    elif match := _EVENT.fullmatch(line):
        name, type_, trigger, arguments = match.groups()
        targets = [argument.partition(":")[2] for argument in arguments.split()]
        found.events[name] = _Event(number, type_, trigger, targets)
    elif match := _ATTRIBUTE.fullmatch(line):
        found.attributes.append((number, match[1], match[2], match[3] or ""))
    else:
        assembly.skip(number, f"neither a span (T), an event (E) nor an attribute (A): {line[:60]!r}; skipped")


def _add_span(assembly: Assembly, number: int, name: str, label: str, offsets: str, words: str) -> None:
    fragments = [tuple(map(int, fragment.split())) for fragment in offsets.split(";")]
    start, end = fragments[0][0], fragments[-1][1]
    gaps = [assembly.text[left[1] : right[0]] for left, right in pairwise(fragments)]
    if any(gap.strip() or not gap for gap in gaps):
        assembly.skip(number, f"{label} {words!r} is discontinuous ({offsets}); skipped")
    elif end <= len(assembly.text) and assembly.text[start:end].split() != words.split():
        there = assembly.text[start:end]
        reason = f"{name} reads {words!r}, but the text has {there!r} at {start}-{end}: the text was changed; skipped"
        assembly.skip(number, reason)
    else:
        # The span that an event is anchored at bears the name of the event's type.
        assembly.add_span(name, start, end, TRIGGER if label in TYPES else label, number)
