"""Records as tasks of Label Studio, with the labelling configuration that they need.

``coopclaims.corpus.labelstudio`` reads its export back and describes the form. Offsets count code points, as Label
Studio has done since version 1.5.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from coopclaims.corpus.frame import frame_of
from coopclaims.corpus.labelstudio import FRAME_KEY, LABELS_CONTROL, STATUS_CONTROL, TEXT_OBJECT, TYPE_CONTROL
from coopclaims.files import STANDARD_OUTPUT, atomic_write, open_output
from coopclaims.inference.formats.losses import ANNOTATION_ONLY, Losses
from coopclaims.schema import LABELS, STATUSES, TRIGGER, TYPES, Claim, Passage, Span

COLOURS = ("#d62728", "#1f77b4", "#7f7f7f", "#9467bd", "#2ca02c", "#ff7f0e", "#17becf", "#8c564b")
RELATION = "argument"
CONFIGURATION_SUFFIX = ".config.xml"

Task = dict[str, Any]


def write_labelstudio(passages: Iterable[Passage], _model_name: str, output: str) -> None:
    """Write one JSON array of annotated tasks, a task a line, and beside a file its labelling configuration."""
    losses = Losses("labelstudio", ANNOTATION_ONLY)
    write_tasks((annotated_task(passage) for passage in losses.watch(passages)), output)
    losses.tell()


def annotated_task(passage: Passage) -> Task:
    """A task whose annotation is finished: what the passage says counts as said by a person."""
    return {"data": _data(passage), "annotations": [{"result": list(_results(passage))}]}


def predicted_task(passage: Passage, model_name: str, certainty: float | None) -> Task:
    """A task with the passage as a model's prediction, to be corrected; ``certainty`` is its score."""
    prediction: Task = {"model_version": model_name, "result": list(_results(passage))}
    if certainty is not None:
        prediction["score"] = certainty
    return {"data": _data(passage), "predictions": [prediction]}


def write_tasks(tasks: Iterable[Task], output: str) -> None:
    """Write tasks to ``output``; beside a file of tasks, ``NAME.config.xml`` is the labelling configuration."""
    with open_output(output) as file:
        separator = "["
        for task in tasks:
            file.write(f"{separator}\n{json.dumps(task, ensure_ascii=False)}")
            separator = ","
        file.write("[]\n" if separator == "[" else "\n]\n")
    if output != STANDARD_OUTPUT:
        with atomic_write(Path(output).with_suffix(CONFIGURATION_SUFFIX)) as file:
            file.write(labelling_config())


def labelling_config() -> str:
    """The XML of the labelling interface: labels, relations, and type and status where a trigger is selected."""
    view = ElementTree.Element("View")
    labels = ElementTree.SubElement(view, "Labels", name=LABELS_CONTROL, toName=TEXT_OBJECT)
    for label, colour in zip(LABELS, COLOURS, strict=True):
        ElementTree.SubElement(labels, "Label", value=label, background=colour)
    ElementTree.SubElement(view, "Text", name=TEXT_OBJECT, value="$text")
    when = {"visibleWhen": "region-selected", "whenTagName": LABELS_CONTROL, "whenLabelValue": TRIGGER}
    for control, names in ((TYPE_CONTROL, TYPES), (STATUS_CONTROL, STATUSES)):
        how = {"name": control, "toName": TEXT_OBJECT, "perRegion": "true", "choice": "single", "showInline": "true"}
        choices = ElementTree.SubElement(view, "Choices", {**how, **when})
        for name in names:
            ElementTree.SubElement(choices, "Choice", value=name)
    relations = ElementTree.SubElement(view, "Relations")
    ElementTree.SubElement(relations, "Relation", value=RELATION)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _data(passage: Passage) -> Task:
    return {"text": passage.text, FRAME_KEY: frame_of(passage)}


def _results(passage: Passage) -> Iterator[Task]:
    spans = passage.span_by_id()
    for span in passage.spans:
        yield _region(passage, span, LABELS_CONTROL, "labels", span.label)
    for claim in passage.claims:
        yield _region(passage, spans[claim.trigger], TYPE_CONTROL, "choices", claim.type)
        yield _region(passage, spans[claim.trigger], STATUS_CONTROL, "choices", claim.status)
        yield from _relations(claim)


def _region(passage: Passage, span: Span, control: str, kind: str, value: str) -> Task:
    region = {"start": span.start, "end": span.end, "text": passage.quote(span), kind: [value]}
    result = {"id": span.id, "from_name": control, "to_name": TEXT_OBJECT, "type": kind, "value": region}
    return result if span.score is None else {**result, "score": span.score}


def _relations(claim: Claim) -> Iterator[Task]:
    for argument in claim.args:
        ends = {"from_id": claim.trigger, "to_id": argument}
        yield {"type": "relation", **ends, "direction": "right", "labels": [RELATION]}
