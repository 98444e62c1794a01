"""Language tags as texts state them, reduced to our codes."""

from __future__ import annotations

import re

from coopclaims.schema import LANGUAGES

_LANGUAGE_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*", re.ASCII)
_LONG_CODES = {"vie": "vi", "deu": "de", "ger": "de", "eng": "en"}
# ISO 639: undetermined, several languages, no language, uncoded.
_NO_LANGUAGE = ("und", "mul", "zxx", "mis")


def primary_language(tag: str | None) -> str | None:
    """The language of a tag such as ``de-AT``, ``vi_VN`` or ``eng``, two letters where it is ours; None for no tag."""
    match = _LANGUAGE_TAG.fullmatch((tag or "").strip())
    code = match[1].lower() if match else None
    return None if code in _NO_LANGUAGE else _LONG_CODES.get(code or "", code)


def reduced_tag(tag: str | None) -> str | None:
    """The code of ours that a tag stands for: ``de`` for ``de-AT``, ``DEU``; any other tag as it is."""
    code = primary_language(tag)
    return code if code in LANGUAGES else tag
