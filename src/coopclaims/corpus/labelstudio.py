"""Tasks of Label Studio (its JSON export) as passages.

Spans are regions of ``labels``; type and status are ``choices`` on the region of the trigger; an argument is a
relation between the trigger and its region, in either direction. The names of the controls are those of
``labelling_config``. Label Studio 1.5 and later count code points, earlier ones UTF-16 units (its issue 1347), and
some browsers one character for CRLF: of the three, the count is taken under which the regions read as they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coopclaims.corpus.assemble import Assembly
from coopclaims.corpus.frame import checked_frame
from coopclaims.corpus.json_values import read_json_values
from coopclaims.corpus.jsonl import Problem, report
from coopclaims.schema import TRIGGER, Passage

LABELS_CONTROL, TYPE_CONTROL, STATUS_CONTROL, TEXT_OBJECT = "label", "type", "status", "text"
FRAME_KEY = "record"  # In a task's data.

_SPAN_TYPES = ("labels", "hypertextlabels")
_Locate = Callable[[int], int]


@dataclass
class _Results:
    spans: list[dict[str, Any]] = field(default_factory=list)
    choices: dict[tuple[str, str], str] = field(default_factory=dict)  # By control and region.
    links: list[tuple[str, str]] = field(default_factory=list)


def read_labelstudio(path: Path, problems: list[Problem] | None = None) -> Iterator[Passage]:
    """Yield the passage of every annotated task. What cannot be kept is reported as in ``read_brat``.

    Of several annotations of a task, the one that was updated last is read. A task that has predictions only has
    not been looked at by anybody: it is reported and left out.
    """
    for line, task in read_json_values(path, problems):
        data = task.get("data") if isinstance(task, dict) else None
        text = data.get("text") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(text, str):
            report(problems, Problem(str(path), line, None, "not a task with a text under data.text; skipped"))
            continue
        frame = checked_frame(data.get(FRAME_KEY))
        name = f"{path.stem}-{task.get('id', line)}"
        assembly = Assembly(str(path), frame.get("id", name), text, frame, problems)
        annotation = _annotation(assembly, task, line)
        if annotation is not None:
            yield _passage(assembly, annotation, line)


def _annotation(assembly: Assembly, task: dict[str, Any], line: int) -> list[Any] | None:
    """The results of the annotation that counts, or None, reported, where there is none."""
    found = task.get("annotations") or task.get("completions") or []
    usable = [
        item
        for item in (found if isinstance(found, list) else [])
        if isinstance(item, dict) and isinstance(item.get("result"), list) and not item.get("was_cancelled")
    ]
    if not usable:
        assembly.skip(line, "task has no submitted annotation; annotate it, and export as JSON (not JSON-MIN); skipped")
        return None
    latest = max(usable, key=lambda item: str(item.get("updated_at", "")))
    if len(usable) > 1:
        assembly.skip(line, f"task has {len(usable)} annotations; all but the latest skipped")
    result: list[Any] = latest["result"]
    return result


def _passage(assembly: Assembly, annotation: list[Any], line: int) -> Passage:
    results = _sorted_results(assembly, annotation, line)
    locate = _best_count(assembly.text, results.spans)
    for region in results.spans:
        value = region["value"]
        start, end = locate(value["start"]), locate(value["end"])
        if "text" in value and not _same_words(assembly.text[start:end], value["text"]):
            there = assembly.text[start:end]
            assembly.skip(line, f"region {region['id']!r} reads {value['text']!r}, its offsets {there!r}; skipped")
            continue
        labels = _names(value, *_SPAN_TYPES)
        if not labels:
            assembly.skip(line, f"region {region['id']!r} ({start}-{end}) has no label; skipped")
        for label in labels:
            assembly.add_span(region["id"], start, end, label, line)
    _add_claims(assembly, results, line)
    return assembly.passage()


def _sorted_results(assembly: Assembly, annotation: list[Any], line: int) -> _Results:
    results = _Results()
    for item in annotation:
        kind, value = (item.get("type"), item.get("value")) if isinstance(item, dict) else (None, None)
        if kind == "relation" and isinstance(item.get("from_id"), str) and isinstance(item.get("to_id"), str):
            results.links.append((item["from_id"], item["to_id"]))
        elif not isinstance(value, dict) or not isinstance(item.get("id"), str):
            assembly.skip(line, f"a result of type {kind!r} is none of ours; skipped")
        elif kind in _SPAN_TYPES and _is_offset(value.get("start")) and _is_offset(value.get("end")):
            results.spans.append(item)
        elif kind == "choices":
            results.choices[str(item.get("from_name")), item["id"]] = next(iter(_names(value, "choices")), "")
        else:
            assembly.skip(line, f"a result of type {kind!r} is none of ours, or has no whole offsets; skipped")
    return results


def _add_claims(assembly: Assembly, results: _Results, line: int) -> None:
    arguments: dict[str, list[str]] = {}
    for first, second in results.links:
        ends = [assembly.spans[name].label if name in assembly.spans else None for name in (first, second)]
        if ends.count(TRIGGER) == 1 and None not in ends:
            trigger, argument = (first, second) if ends[0] == TRIGGER else (second, first)
            arguments.setdefault(trigger, []).append(argument)
        else:
            assembly.skip(line, f"relation {first!r} to {second!r} does not join a trigger and an argument; skipped")
    typed = [name for control, name in results.choices if control in (TYPE_CONTROL, STATUS_CONTROL)]
    for trigger in dict.fromkeys([*typed, *arguments]):
        type_, status = (results.choices.get((control, trigger), "") for control in (TYPE_CONTROL, STATUS_CONTROL))
        assembly.add_claim(trigger, type_, status, arguments.get(trigger, []), line)


def _best_count(text: str, regions: list[dict[str, Any]]) -> _Locate:
    """The way of counting under which most regions read as they say; code points where it makes no difference."""
    told = [region["value"] for region in regions if "text" in region["value"]]

    def agreeing(locate: _Locate) -> int:
        return sum(_same_words(text[locate(value["start"]) : locate(value["end"])], value["text"]) for value in told)

    if agreeing(_as_given) == len(told):
        return _as_given
    return max((_as_given, _counted(text, _utf16_units), _counted(text, _one_for_crlf)), key=agreeing)


def _counted(text: str, width: Callable[[str, int], int]) -> _Locate:
    """Turns a count in other units into code points; ``width`` is how much the character at an index counts."""
    places: dict[int, int] = {}
    count = 0
    for index in range(len(text)):
        places.setdefault(count, index)
        count += width(text, index)
    places.setdefault(count, len(text))
    return lambda offset: places.get(offset, -1)


def _as_given(offset: int) -> int:
    return offset


def _utf16_units(text: str, index: int) -> int:
    return 2 if ord(text[index]) > 0xFFFF else 1


def _one_for_crlf(text: str, index: int) -> int:
    return 0 if text[index : index + 2] == "\r\n" else 1


def _same_words(text: str, told: Any) -> bool:
    # Label Studio has written line ends as "\n" and as a backslash with an n.
    return isinstance(told, str) and text.split() == told.replace("\\n", "\n").split()


def _names(value: dict[str, Any], *keys: str) -> list[str]:
    lists = [value[key] for key in keys if isinstance(value.get(key), list)]
    return [name for names in lists for name in names if isinstance(name, str)]


def _is_offset(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
