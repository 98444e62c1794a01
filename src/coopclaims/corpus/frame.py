"""What a record says beside its text and annotations, in the form that it travels through other tools.

Annotation tools keep additional keys of a document but give its annotations ids of their own. The frame holds the
record's keys, and the ids of its spans and claims by offset, so that whatever an annotator left in place comes back
under its old id.
"""

from __future__ import annotations

from typing import Any

from coopclaims.schema import Passage

Frame = dict[str, Any]


def frame_of(passage: Passage) -> Frame:
    """The frame of a passage: its keys, and ``spans`` and ``claims`` as ids by ``start-end`` (of the trigger)."""
    spans = passage.span_by_id()
    keys = {"lang": passage.lang, "doc": passage.doc, "meta": passage.meta, "extra": passage.extra}
    return {
        "id": passage.id,
        **{key: value for key, value in keys.items() if value},
        "spans": {place(span.start, span.end): span.id for span in passage.spans},
        "claims": {place(spans[claim.trigger].start, spans[claim.trigger].end): claim.id for claim in passage.claims},
    }


def place(start: int, end: int) -> str:
    """The key of a stretch of text in a frame."""
    return f"{start}-{end}"


def checked_frame(value: Any) -> Frame:
    """``value`` as a frame: whatever in it is not of the right kind is left out."""
    if not isinstance(value, dict):
        return {}
    kinds = {"id": str, "lang": str, "doc": str, "meta": dict, "extra": dict, "spans": dict, "claims": dict}
    return {key: value[key] for key, kind in kinds.items() if isinstance(value.get(key), kind)}
