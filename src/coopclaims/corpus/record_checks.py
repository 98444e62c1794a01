"""Checks of one passage by itself; each yields one message a fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from coopclaims.corpus.findings import Severity
from coopclaims.corpus.span_edges import edge_punctuation, leading_words
from coopclaims.corpus.split import SPLITS
from coopclaims.schema import CORE_LABELS, LANGUAGES, TRIGGER, WORD, Passage, Span

# The plan's 15 to 130 words, with room for punctuation, which counts here.
WORDS_PER_PASSAGE = (10, 170)
# Fields, dates and places often recur outside the claim; these mean the same wherever they stand.
REPEATABLE_LABELS = ("PARTY", "INSTRUMENT", "SOURCE", "AMOUNT")
SHORTEST_MENTION = 3
_NEWLINE = "\n"
_SENTENCE = re.compile(r"\S.*?(?:[.!?…][\"”“»)]*(?=\s)|$)", re.DOTALL)
_NOT_AFTER = r"(?<![\w(/-])"
_NOT_BEFORE = r"(?![\w)/-]|\s+[A-ZÄÖÜĐ])"


@dataclass(frozen=True)
class RecordCheck:
    """A check of single passages: its name, how grave its findings are, and the function that makes them."""

    name: str
    severity: Severity
    run: Callable[[Passage], Iterator[str]]


def language(passage: Passage) -> Iterator[str]:
    """The language is one of LANGUAGES."""
    if passage.lang not in LANGUAGES:
        fault = "no language" if passage.lang is None else f"unknown language {passage.lang!r}"
        yield f"{fault}; set 'lang' to one of {', '.join(LANGUAGES)}"


def keys(passage: Passage) -> Iterator[str]:
    """The optional keys ``split`` and ``story`` hold what they should."""
    if passage.extra.get("split", SPLITS[0]) not in SPLITS:
        yield f"invalid split {passage.extra['split']!r}; splits are {', '.join(SPLITS)}"
    if not isinstance(passage.extra.get("story", ""), str):
        yield f"invalid story {passage.extra['story']!r}; a story is a name (a string)"


def empty_text(passage: Passage) -> Iterator[str]:
    """The text holds something."""
    if not passage.text.strip():
        yield "the text is empty"


def length(passage: Passage) -> Iterator[str]:
    """The passage has as many words (matches of schema.WORD) as WORDS_PER_PASSAGE allows."""
    count = len(WORD.findall(passage.text))
    shortest, longest = WORDS_PER_PASSAGE
    if passage.text.strip() and not shortest <= count <= longest:
        yield f"{count} words; passages have {shortest} to {longest}"


def unicode_form(passage: Passage) -> Iterator[str]:
    """The text is in Unicode NFC."""
    composed = unicodedata.normalize("NFC", passage.text)
    if composed != passage.text:
        pairs = zip(passage.text, composed, strict=False)
        at = next((n for n, (given, wanted) in enumerate(pairs) if given != wanted), len(composed))
        yield f"the text is not in Unicode NFC, first near offset {at}: {passage.text[at : at + 20]!r}"


def invisible_characters(passage: Passage) -> Iterator[str]:
    """The text holds no control or zero-width characters; line ends are allowed."""
    for at, character in enumerate(passage.text):
        if unicodedata.category(character) in ("Cc", "Cf") and character != _NEWLINE:
            name = unicodedata.name(character, "a control character")
            yield f"U+{ord(character):04X} ({name}) at offset {at}"


def white_space(passage: Passage) -> Iterator[str]:
    """Words stand one space apart, and the text neither begins nor ends with white space."""
    if match := re.search(r"[^\S\n]{2,}", passage.text):
        yield f"{len(match.group())} spaces in a row at offset {match.start()}"
    if passage.text.strip() and passage.text != passage.text.strip():
        yield "the text begins or ends with white space"


def word_bounds(passage: Passage) -> Iterator[str]:
    """Every span begins and ends at the bounds of words."""
    starts, ends = _word_bounds(passage.text)
    for span in passage.spans:
        if span.start not in starts or span.end not in ends:
            around = passage.text[max(0, span.start - 10) : span.end + 10]
            yield f"{describe(passage, span)} cuts a word: {around!r}"


def unlinked_spans(passage: Passage) -> Iterator[str]:
    """Every span is the trigger or an argument of a claim."""
    linked = {span for claim in passage.claims for span in (claim.trigger, *claim.args)}
    for span in passage.spans:
        if span.id not in linked:
            yield f"{describe(passage, span)} belongs to no claim"


def bare_claims(passage: Passage) -> Iterator[str]:
    """Every claim has a party, an instrument or a field."""
    spans = passage.span_by_id()
    for claim in passage.claims:
        if not any(spans[argument].label in CORE_LABELS for argument in claim.args):
            trigger = passage.quote(spans[claim.trigger])
            yield f"claim {claim.id!r} ({trigger!r}) has no {', '.join(CORE_LABELS)}; it needs one of them"


def untagged_mentions(passage: Passage) -> Iterator[str]:
    """A sentence with a trigger tags the names that are tagged elsewhere in the passage.

    Sentences that state no act, and a second mention beside a tagged one, need no tag. Neither do words that the
    guideline leaves out or that belong to something longer: acronyms in brackets, parts of names and compounds.
    """
    names = {
        (passage.quote(span), span.label)
        for span in passage.spans
        if span.label in REPEATABLE_LABELS and span.end - span.start >= SHORTEST_MENTION
    }
    for sentence in _SENTENCE.finditer(passage.text):
        inside = [s for s in passage.spans if sentence.start() <= s.start and s.end <= sentence.end()]
        if not any(span.label == TRIGGER for span in inside):
            continue
        for name, label in sorted(names - {(passage.quote(span), span.label) for span in inside}):
            if (offset := _free_mention(passage, name, sentence.start(), sentence.end())) is not None:
                yield f"{label} {name!r} is untagged at offset {offset}, in a sentence with a trigger"


def _free_mention(passage: Passage, name: str, start: int, end: int) -> int | None:
    """The offset of the first mention of a name, from start to end, that stands by itself outside all spans."""
    if name.islower():
        return None
    pattern = re.compile(_NOT_AFTER + re.escape(name) + _NOT_BEFORE)
    for match in pattern.finditer(passage.text, start, end):
        if not any(span.start < match.end() and match.start() < span.end for span in passage.spans):
            return match.start()
    return None


def describe(passage: Passage, span: Span) -> str:
    """A span as messages name it: label and quote."""
    return f"{span.label} {passage.quote(span)!r}"


def _word_bounds(text: str) -> tuple[set[int], set[int]]:
    words = list(WORD.finditer(text))
    return {word.start() for word in words}, {word.end() for word in words}


RECORD_CHECKS = (
    RecordCheck("language", "error", language),
    RecordCheck("keys", "error", keys),
    RecordCheck("empty text", "error", empty_text),
    RecordCheck("unicode form", "error", unicode_form),
    RecordCheck("word bounds", "error", word_bounds),
    RecordCheck("bare claims", "error", bare_claims),
    RecordCheck("length", "warning", length),
    RecordCheck("invisible characters", "warning", invisible_characters),
    RecordCheck("white space", "warning", white_space),
    RecordCheck("unlinked spans", "warning", unlinked_spans),
    RecordCheck("edge punctuation", "warning", edge_punctuation),
    RecordCheck("leading words", "warning", leading_words),
    RecordCheck("untagged mentions", "warning", untagged_mentions),
)
