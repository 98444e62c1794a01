"""The language of a document: as given, as forced, or as found by CLD2; text in one that the model does not read."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pycld2

from coopclaims.inference.json_documents import Document
from coopclaims.language_tags import primary_language, reduced_tag
from coopclaims.schema import LANGUAGES, Passage

# Key of a record's ``meta`` that says why a document was passed through without a search for claims.
NOTE_KEY = "not_extracted"

# Characters looked at, in three parts; more of a document tells no more about its language.
SAMPLE_CHARACTERS = 6_000
# CLD2 takes names and headlines for other languages; a text with fewer bytes of letters is never put aside.
LEAST_BYTES = 60
# Share of the text from which one of our languages counts, whatever else is in it.
LEAST_PERCENT = 20

# CLD2 refuses what is not for interchange: control characters, surrogates, noncharacters.
_REFUSED = ("Cc", "Cs", "Cn", "Co")


def with_language(document: Document, forced: str | None = None) -> Document:
    """The document with its language: ``forced``, or the one it states, or the one found, or none.

    A statement that is no language tag ("German", "und") counts as none. A note by an earlier run is dropped.
    """
    stated = document.lang if primary_language(document.lang) else None
    lang = reduced_tag(forced or stated) or find_language(document.text)
    meta = {key: value for key, value in document.meta.items() if key != NOTE_KEY}
    return replace(document, lang=lang, meta=meta)


def is_readable(document: Document) -> bool:
    """Whether the document's language is one that the model reads, or unknown."""
    return primary_language(document.lang) in (*LANGUAGES, None)


def passed_through(document: Document) -> Passage:
    """The record of a document in another language: no claims, and a note that says so in ``meta``."""
    note = f"language {document.lang}; claims are found in {', '.join(LANGUAGES)}"
    return Passage(document.id, document.text, lang=document.lang, meta={NOTE_KEY: note})


def find_language(text: str) -> str | None:
    """ISO 639 code of the language of ``text``, by CLD2, or None where it cannot tell.

    Of a text in several languages, that one of ours which has a good share of it; a language that the model does not
    read is returned only where CLD2 is sure and the text of some length.
    """
    try:
        is_reliable, size, found = pycld2.detect(_sample(text), bestEffort=True)
    except pycld2.error:
        return None
    for _, code, percent, _ in found:
        if code in LANGUAGES and percent >= LEAST_PERCENT:
            return str(code)
    _, code, _, _ = found[0]
    return str(code) if code != "un" and is_reliable and size >= LEAST_BYTES else None


def _sample(text: str) -> str:
    """Beginning, middle and end of ``text``, composed, without characters that CLD2 refuses."""
    third = SAMPLE_CHARACTERS // 3
    if len(text) > SAMPLE_CHARACTERS:
        middle = (len(text) - third) // 2
        text = "\n".join((text[:third], text[middle : middle + third], text[-third:]))
    composed = unicodedata.normalize("NFC", text)
    return "".join(" " if unicodedata.category(character) in _REFUSED else character for character in composed)
