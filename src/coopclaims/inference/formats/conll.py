"""Records as CoNLL columns (word, claims, BIO tag), a record a sentence; ``coopclaims.corpus.conll`` reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from coopclaims.corpus.conll_claims import NO_CLAIM, RECORD_COMMENT
from coopclaims.corpus.frame import frame_of
from coopclaims.files import open_output
from coopclaims.inference.formats.losses import ANNOTATION_ONLY, Losses
from coopclaims.inference.formats.words import words_of
from coopclaims.schema import Passage


def write_conll(passages: Iterable[Passage], _model_name: str, output: str) -> None:
    """Write a comment with the record's keys and text, then a line a word, then a blank line."""
    losses = Losses("conll", (*ANNOTATION_ONLY, "records without a word"))
    with open_output(output) as file:
        for passage in losses.watch(passages):
            comment = json.dumps({**frame_of(passage), "text": passage.text}, ensure_ascii=False)
            file.write(f"{RECORD_COMMENT}{comment}\n")
            file.writelines(f"{line}\n" for line in _lines(passage))
            file.write("\n")
    losses.tell()


def _lines(passage: Passage) -> Iterator[str]:
    cells = _claim_cells(passage)
    starts = {span.start: span for span in passage.spans}
    label, last = "", 0
    for start, end in words_of(passage):
        cell, tag = NO_CLAIM, "O"
        if start in starts:
            label, last = starts[start].label, starts[start].end
            cell, tag = cells.get(starts[start].id, NO_CLAIM), f"B-{label}"
        elif start < last:
            tag = f"I-{label}"
        yield f"{passage.text[start:end]}\t{cell}\t{tag}"


def _claim_cells(passage: Passage) -> dict[str, str]:
    """The cell of the claims column for each span in a claim, by the span's id."""
    numbers: dict[str, list[str]] = {}
    for number, claim in enumerate(passage.claims, 1):
        for argument in claim.args:
            numbers.setdefault(argument, []).append(str(number))
    cells = {name: ",".join(found) for name, found in numbers.items()}
    triggers = {
        claim.trigger: f"{number}:{claim.type}:{claim.status}" for number, claim in enumerate(passage.claims, 1)
    }
    return {**cells, **triggers}
