"""The words of a passage, cut at the bounds of its spans, for formats that count words."""

from __future__ import annotations

from coopclaims.schema import WORD, Passage


def words_of(passage: Passage) -> list[tuple[int, int]]:
    """Start and end of each word in the text (the guideline's words); none straddles the bound of a span."""
    bounds = {bound for span in passage.spans for bound in (span.start, span.end)}
    words = []
    for match in WORD.finditer(passage.text):
        start = match.start()
        for end in (*(bound for bound in range(start + 1, match.end()) if bound in bounds), match.end()):
            words.append((start, end))
            start = end
    return words
