"""Names as keys: one spelling for all that a reader takes as the same name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:'[^\W_]+)*|&")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})
# The two ways of placing a tone mark ("Hoà"/"Hòa", "Thuỵ"/"Thụy") come out as one.
_TONES = {
    f"{marked}{second}": f"{first}{other}"
    for first, marks, second, others in (
        ("o", "òóỏõọ", "a", "àáảãạ"),
        ("o", "òóỏõọ", "e", "èéẻẽẹ"),
        ("u", "ùúủũụ", "y", "ỳýỷỹỵ"),
    )
    for marked, other in zip(marks, others, strict=True)
}
_TONE = re.compile(f"(?:{'|'.join(_TONES)})$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a quote: its key, the text as given, and whether white space alone parts it from the word before."""

    key: str
    text: str
    joined: str

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[:1].isupper()


def tidy(text: str) -> str:
    """NFKC, straight apostrophes, no zero-width or control characters, single spaces."""
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    return " ".join(_CONTROL.sub(" ", _INVISIBLE.sub("", text)).split())


def words(text: str) -> list[Word]:
    """The words of a tidied text; ``joined`` is what stands between a word and the one before."""
    found, end = [], 0
    for match in _WORD.finditer(text):
        key = _word_key(match[0])
        if key:
            found.append(Word(key, match[0], text[end : match.start()]))
        end = match.end()
    return found


@lru_cache(maxsize=1 << 16)
def key(text: str) -> str:
    """The key of a whole name: its words' keys, single-spaced."""
    # Most of the names in large lists are plain, and need none of the tidying.
    plain = text.isascii() and text.replace(" ", "").isalpha()
    return " ".join(text.casefold().split()) if plain else key_of(words(tidy(text)))


def key_of(some: Sequence[Word]) -> str:
    """The key of a run of words."""
    return " ".join(word.key for word in some)


def packaged_yaml(name: str) -> Any:
    """The content of a data file beside this module."""
    text = files("coopclaims.records").joinpath(name).read_text(encoding="utf-8")
    # The parser in C, where PyYAML has it, is ten times as fast; both load plain values only.
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def word_list(name: str, *path: str) -> frozenset[str]:
    """The keys of a list in a packaged file: parted by commas if it has any, otherwise by white space."""
    value = packaged_file(name)
    for part in path:
        value = value[part]
    items = value.split(",") if "," in value else value.split()
    return frozenset(filter(None, (key(item) for item in items)))


@cache
def packaged_file(name: str) -> Any:
    """``packaged_yaml``, read once."""
    return packaged_yaml(name)


@lru_cache(maxsize=1 << 16)
def _word_key(text: str) -> str:
    folded = text.casefold().replace(".", "").replace("\u0307", "")
    if folded.endswith("'s") and len(folded) > 3:
        folded = folded[:-2]
    return _TONE.sub(lambda match: _TONES[match[0]], folded)
