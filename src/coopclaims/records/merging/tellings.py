"""What the row of a merged record unfolds to, as HTML: where its tellings disagree, and each telling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coopclaims.html_elements import Html, element, joined
from coopclaims.marks import mark, marked_text
from coopclaims.records.value_text import readable, value_text


def conflict_list(record: dict[str, Any]) -> Html:
    """Each conflict with its values, and which tellings have them."""
    return joined(element("p", _conflict(conflict)) for conflict in record["conflicts"])


def _conflict(conflict: dict[str, Any]) -> Html:
    values = [f"{_told(value['value'])} ({', '.join(value['mentions'])})" for value in conflict["values"]]
    name = " ".join(filter(None, (conflict["kind"], conflict.get("unit"))))
    return joined([element("span", f"{name}:", class_="conflict"), f" {' ↔ '.join(values)}"])


def _told(value: str) -> str:
    """A value of a conflict; a stretch of one day as that day."""
    first, _, last = value.partition("/")
    return first if first == last else readable(value)


def telling(mention: dict[str, Any]) -> Html:
    """One mention: document, language, date, what it says, its quote with the spans marked, and their values."""
    facts = [mention["lang"], mention.get("date"), f"{mention['type']}, {mention['status']}"]
    places = dict.fromkeys((mention["document"], f"{mention['passage']}:{mention['claim']}"))
    return element(
        "article",
        element("h4", " · ".join([*places, *filter(None, facts)])),
        element("p", _quote(mention), class_="text", lang=mention["lang"], dir="auto"),
        *_values(mention["arguments"]),
    )


def _quote(mention: dict[str, Any]) -> Html:
    parts = [
        (mention["start"], mention["end"], mark(mention["trigger"], "TRIGGER")),
        *((a["start"], a["end"], mark(a["quote"], a["label"], value=a.get("value"))) for a in mention["arguments"]),
    ]
    parts.sort(key=lambda part: part[:2])
    first = parts[0][0]
    return marked_text(mention["quote"], [(start - first, end - first, shown) for start, end, shown in parts])


def _values(arguments: Sequence[dict[str, Any]]) -> list[Html]:
    """Normalised values that say more than the words, for readers who cannot hover over them."""
    pairs = [(argument["quote"], value_text(argument["label"], argument.get("value"))) for argument in arguments]
    shown = [element("span", f"{quote} = {value}") for quote, value in dict.fromkeys(pairs) if value not in ("", quote)]
    return [element("p", *shown, class_="kinds")] if shown else []
