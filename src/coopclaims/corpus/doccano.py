"""Examples of doccano (sequence labelling with relations, JSON Lines) as passages.

Doccano has no attributes: the label of a trigger that anchors a claim bears type and status, ``TRIGGER|type|status``.
A relation between it and another span makes that span an argument. Offsets count code points (doccano's pull request
1511). The older format, ``label`` or ``labels`` with ``[start, end, label]``, is read as well: it has spans only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coopclaims.corpus.assemble import Assembly
from coopclaims.corpus.frame import checked_frame
from coopclaims.corpus.json_values import read_json_values
from coopclaims.corpus.jsonl import Problem, report
from coopclaims.schema import TRIGGER, Claim, Passage

FRAME_KEY = "record"

_SEPARATOR = "|"


def trigger_label(claim: Claim) -> str:
    """The label of a claim's trigger."""
    return _SEPARATOR.join((TRIGGER, claim.type, claim.status))


def read_doccano(path: Path, problems: list[Problem] | None = None) -> Iterator[Passage]:
    """Yield the passage of every example. What cannot be kept is reported as in ``read_brat``."""
    for line, example in read_json_values(path, problems):
        text = example.get("text", example.get("data")) if isinstance(example, dict) else None
        if not isinstance(text, str):
            report(problems, Problem(str(path), line, None, "not an example with a text; skipped"))
            continue
        meta = example.get("meta") if isinstance(example.get("meta"), dict) else {}
        frame = checked_frame(example.get(FRAME_KEY, meta.get(FRAME_KEY)))
        name = f"{path.stem}-{example.get('id', line)}"
        yield _passage(Assembly(str(path), frame.get("id", name), text, frame, problems), example, line)


def _passage(assembly: Assembly, example: dict[str, Any], line: int) -> Passage:
    claims: dict[str, tuple[str, str]] = {}
    for entity in _entities(example):
        key, start, end, label = entity
        if not isinstance(start, int) or not isinstance(end, int):
            assembly.skip(line, f"entity {key} has no whole offsets; skipped")
            continue
        name, *kinds = str(label).split(_SEPARATOR)
        assembly.add_span(str(key), start, end, name if len(kinds) in (0, 2) else str(label), line)
        if str(key) in assembly.spans and len(kinds) == 2:
            claims[str(key)] = (kinds[0], kinds[1])
    arguments = _arguments(assembly, example.get("relations"), line)
    for key in dict.fromkeys([*claims, *arguments]):
        type_, status = claims.get(key, ("", ""))
        assembly.add_claim(key, type_, status, arguments.get(key, []), line)
    return assembly.passage()


def _entities(example: dict[str, Any]) -> Iterator[tuple[Any, Any, Any, Any]]:
    items = example.get("entities") or example.get("label") or example.get("labels")
    for number, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield item.get("id", number), item.get("start_offset"), item.get("end_offset"), item.get("label")
        elif isinstance(item, list) and len(item) == 3:
            yield number, *item
        else:
            yield number, None, None, None


def _arguments(assembly: Assembly, relations: Any, line: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for relation in relations if isinstance(relations, list) else []:
        ends = [str(relation.get(key)) for key in ("from_id", "to_id")] if isinstance(relation, dict) else []
        labels = [assembly.spans[name].label for name in ends if name in assembly.spans]
        if len(labels) == 2 and labels.count(TRIGGER) == 1:
            trigger, argument = ends if labels[0] == TRIGGER else reversed(ends)
            found.setdefault(trigger, []).append(argument)
        else:
            assembly.skip(line, f"relation {' to '.join(ends)} does not join a trigger and an argument; skipped")
    return found
