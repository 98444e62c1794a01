"""Records as a folder that brat opens: a text, its standoff annotation and our keys for each record.

``coopclaims.corpus.brat`` reads it back and describes the form.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from coopclaims.corpus.brat import STATUS_ATTRIBUTE
from coopclaims.corpus.frame import frame_of
from coopclaims.errors import UserError
from coopclaims.files import STANDARD_OUTPUT, atomic_path
from coopclaims.inference.formats.losses import ANNOTATION_ONLY, Losses
from coopclaims.schema import ARGUMENT_LABELS, LABELS, STATUSES, TYPES, Passage, Span

_LINE_ENDS = re.compile(r"\s*[\r\n]\s*")


def write_brat(passages: Iterable[Passage], _model_name: str, output: str) -> None:
    """Write the folder ``output``, which must be new or empty: brat's configuration, and three files a record."""
    if output == STANDARD_OUTPUT:
        raise UserError("brat needs a folder: name a new one with --output")
    losses = Losses("brat", ANNOTATION_ONLY)
    with atomic_path(output) as folder:
        folder.mkdir()
        _write(folder / "annotation.conf", _configuration())
        for number, passage in enumerate(losses.watch(passages), 1):
            # The number keeps names apart, also where letters' case makes no difference.
            name = f"{number:06d}-{re.sub('[^A-Za-z0-9.-]+', '_', passage.id)[-60:]}"
            _write(folder / f"{name}.txt", passage.text)
            _write(folder / f"{name}.ann", "".join(f"{line}\n" for line in _annotation_lines(passage)))
            _write(folder / f"{name}.json", json.dumps(frame_of(passage), ensure_ascii=False) + "\n")
    losses.tell()


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def _annotation_lines(passage: Passage) -> Iterator[str]:
    names = {span.id: f"T{number}" for number, span in enumerate(passage.spans, 1)}
    labels = {span.id: span.label for span in passage.spans}
    # brat names the span that an event is anchored at after the event.
    shown = {**labels, **{claim.trigger: claim.type for claim in passage.claims}}
    for span in passage.spans:
        fragments = list(_fragments(passage, span))
        offsets = ";".join(f"{start} {end}" for start, end in fragments)
        words = " ".join(passage.text[start:end] for start, end in fragments)
        yield f"{names[span.id]}\t{shown[span.id]} {offsets}\t{words}"
    for number, claim in enumerate(passage.claims, 1):
        roles: Counter[str] = Counter()
        line = f"E{number}\t{claim.type}:{names[claim.trigger]}"
        for argument in claim.args:
            roles[labels[argument]] += 1
            count = roles[labels[argument]]
            line += f" {labels[argument]}{count if count > 1 else ''}:{names[argument]}"
        yield line
        yield f"A{number}\t{STATUS_ATTRIBUTE} E{number} {claim.status}"


def _fragments(passage: Passage, span: Span) -> Iterator[tuple[int, int]]:
    """A span in brat stays on one line; across line ends it has a fragment a line."""
    start = span.start
    for gap in _LINE_ENDS.finditer(passage.text, span.start, span.end):
        yield start, gap.start()
        start = gap.end()
    yield start, span.end


def _configuration() -> str:
    """brat's annotation.conf: labels, events with any number of each role, the status."""
    roles = ", ".join(f"{label}*:{label}" for label in ARGUMENT_LABELS)
    return "\n".join(
        [
            *("[entities]", *LABELS),
            "[relations]",
            *("[events]", *(f"{name}\t{roles}" for name in TYPES)),
            *("[attributes]", f"{STATUS_ATTRIBUTE}\tArg:<EVENT>, Value:{'|'.join(STATUSES)}", ""),
        ]
    )
