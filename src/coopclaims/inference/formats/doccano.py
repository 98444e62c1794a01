"""Records as examples of doccano, with relations; ``coopclaims.corpus.doccano`` describes the form and reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from coopclaims.corpus.doccano import FRAME_KEY, trigger_label
from coopclaims.corpus.frame import frame_of
from coopclaims.files import open_output
from coopclaims.inference.formats.losses import ANNOTATION_ONLY, Losses
from coopclaims.schema import Passage

RELATION = "argument"


def write_doccano(passages: Iterable[Passage], _model_name: str, output: str) -> None:
    """Write one example a line, for a project of sequence labelling with relations."""
    losses = Losses("doccano", ANNOTATION_ONLY)
    with open_output(output) as file:
        for passage in losses.watch(passages):
            file.write(json.dumps(example(passage), ensure_ascii=False) + "\n")
    losses.tell()


def example(passage: Passage) -> dict[str, Any]:
    """The example of a passage; entities and relations are numbered from 1."""
    numbers = {span.id: number for number, span in enumerate(passage.spans, 1)}
    triggers = {claim.trigger: trigger_label(claim) for claim in passage.claims}
    entities = [
        {
            "id": numbers[span.id],
            "start_offset": span.start,
            "end_offset": span.end,
            "label": triggers.get(span.id, span.label),
        }
        for span in passage.spans
    ]
    links = [(claim.trigger, argument) for claim in passage.claims for argument in claim.args]
    relations = [
        {"id": number, "from_id": numbers[trigger], "to_id": numbers[argument], "type": RELATION}
        for number, (trigger, argument) in enumerate(links, 1)
    ]
    return {"text": passage.text, "entities": entities, "relations": relations, FRAME_KEY: frame_of(passage)}
