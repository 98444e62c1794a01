"""Claims in CoNLL columns, as our own writer makes them: word, claims, tag, after a comment with the record.

The comment is ``# record = `` and JSON: the frame of the record, and its ``text``. The column of claims has, at the
first word of a span, the numbers of its claims (``1,2``), for a trigger with type and status
(``1:agreement:actual``); and ``_`` elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from coopclaims.corpus.frame import checked_frame, place
from coopclaims.schema import Claim, Passage, RecordError, Span, validate

RECORD_COMMENT = "# record = "
NO_CLAIM = "_"


def passage_of_rows(rows: Sequence[Sequence[str]], found: Sequence[tuple[int, int, str]], record: str) -> Passage:
    """The passage of a sentence's rows and spans (first word, last word, label), restored with its record comment.

    Raises ValueError, naming what does not fit, where the rows were changed so that they no longer do.
    """
    try:
        value = json.loads(record)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the record comment is not JSON: {error}") from error
    frame = checked_frame(value)
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str) or "id" not in frame:
        raise ValueError("the record comment has no 'id' or no 'text'")
    places = _places(text, [row[0] for row in rows])
    ids = {key: str(name) for key, name in frame.get("spans", {}).items()}
    spans = []
    for number, (first, last, label) in enumerate(found, 1):
        start, end = places[first][0], places[last][1]
        spans.append(Span(ids.get(place(start, end), f"n{number}"), start, end, label))
    cells = [rows[first][1] if len(rows[first]) > 2 else NO_CLAIM for first, _, _ in found]
    keys = {key: frame[key] for key in ("lang", "doc", "meta", "extra") if key in frame}
    passage = Passage(frame["id"], text, spans=spans, claims=_claims(spans, cells, frame.get("claims", {})), **keys)
    try:
        validate(passage)
    except RecordError as error:
        raise ValueError(str(error)) from error
    return passage


def _places(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Start and end of each word in the text; only white space may stand between them."""
    places = []
    end = 0
    for word in words:
        start = text.find(word, end)
        if start < 0 or text[end:start].strip():
            raise ValueError(f"the word {word!r} is not where the text of the record comment has it")
        end = start + len(word)
        places.append((start, end))
    return places


def _claims(spans: Sequence[Span], cells: Sequence[str], known: dict[str, object]) -> list[Claim]:
    arguments: dict[str, list[str]] = {}
    triggers: dict[str, tuple[Span, str, str]] = {}
    for span, cell in zip(spans, cells, strict=True):
        if ":" in cell:
            number, _, kinds = cell.partition(":")
            type_, _, status = kinds.partition(":")
            triggers[number] = (span, type_, status)
        elif cell != NO_CLAIM:
            for number in cell.split(","):
                arguments.setdefault(number, []).append(span.id)
    lost = sorted(arguments.keys() - triggers.keys())
    if lost:
        raise ValueError(f"claim {lost[0]} has no trigger in the column of claims")
    return [
        Claim(
            str(known.get(place(span.start, span.end), f"n{number}")),
            span.id,
            type_,
            status,
            arguments.get(number, []),
        )
        for number, (span, type_, status) in sorted(triggers.items(), key=lambda item: item[0].zfill(9))
    ]
