"""Text of a document or a user, made safe to show in a terminal."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """``text`` on one line and safe for a terminal: white space becomes a space, controls U+FFFD.

    Controls are the characters of category Cc (among them ESC, which starts ANSI sequences) and those that embed,
    override or isolate a direction of writing (Unicode Standard Annex 9).
    """
    return "".join(map(_printable_character, text))


def _printable_character(character: str) -> str:
    if character.isspace():
        return " "
    control = unicodedata.category(character) == "Cc" or unicodedata.bidirectional(character) in _DIRECTIONS
    return "\N{REPLACEMENT CHARACTER}" if control else character


_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
