"""One JSON object to one document, checked so that it can be written back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from coopclaims.corpus.markup import parse_markup
from coopclaims.inference.problems import NO_DOCUMENT, NOT_JSON, NOT_UNICODE, NOT_UTF8, DocumentError
from coopclaims.schema import RecordError


@dataclass(frozen=True, slots=True)
class Document:
    """A text to extract from, exactly as given; ``meta`` holds what else its JSON object says."""

    id: str
    text: str
    lang: str | None = None
    date: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)


def decode_line(raw: bytes) -> Any:
    """The JSON value of a line of UTF-8; raises DocumentError."""
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 (byte {error.start + 1} of the line); convert the file to UTF-8"
        raise DocumentError(NOT_UTF8, reason) from error
    except (ValueError, RecursionError) as error:
        raise DocumentError(NOT_JSON, f"not JSON: {error}") from error


def is_json_object(raw: bytes) -> bool:
    """Whether a line is a JSON object."""
    try:
        return isinstance(decode_line(raw), dict)
    except DocumentError:
        return False


def document_from_json(value: Any, default_id: str) -> Document:
    """The document of a decoded object with ``text`` and perhaps ``id``, ``lang``, ``date``; the rest is its meta.

    Integers in ``id`` and ``date`` become text. In place of ``text``, ``marked`` may hold it with inline markup, which
    is taken out. Raises DocumentError for anything else, and for what cannot be written back as UTF-8 JSON.
    """
    if not isinstance(value, dict):
        raise DocumentError(NO_DOCUMENT, "a document must be a JSON object with the key 'text'")
    fields = dict(value)
    text = _take_text(fields)
    _check_writable(value, text)
    lang = _take_string(fields, "lang")
    name, date = (_take_string(fields, key, or_integer=True) for key in ("id", "date"))
    # Records written by us keep such keys under "meta" already; they must not nest deeper with every round.
    if isinstance(fields.get("meta"), dict):
        fields = {**fields.pop("meta"), **fields}
    return Document(id=name or default_id, text=text, lang=lang, date=date, meta=fields)


def _take_text(fields: dict[str, Any]) -> str:
    text = _take_string(fields, "text")
    if text is not None:
        return text
    if not isinstance(fields.get("marked"), str):
        raise DocumentError(NO_DOCUMENT, "the key 'text' is missing")
    try:
        return parse_markup(fields.pop("marked"), "").text
    except RecordError as error:
        raise DocumentError(NO_DOCUMENT, f"'marked': {error}") from error


def _take_string(fields: dict[str, Any], key: str, or_integer: bool = False) -> str | None:
    value = fields.pop(key, None)
    if or_integer and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise DocumentError(NO_DOCUMENT, f"{key!r} must be a string")
    return value


def _check_writable(value: dict[str, Any], text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        reason = f"text has a lone surrogate at offset {error.start}, which is not a Unicode character"
        raise DocumentError(NOT_UNICODE, reason) from error
    try:
        # As deep as a record holds it, under "meta", so that nothing nests too deep only once it is written.
        json.dumps([[value]], ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError as error:
        reason = "a lone surrogate outside the text, which is not a Unicode character"
        raise DocumentError(NOT_UNICODE, reason) from error
    except (ValueError, RecursionError) as error:
        raise DocumentError(NOT_JSON, f"not JSON: {error}") from error
