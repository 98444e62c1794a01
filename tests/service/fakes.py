"""A stand-in for the model whose runs a test can hold, count and break."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

from coopclaims.schema import Claim, Passage, Span

SENTENCE = re.compile(r"(\w+) (met|traf) (\w+)")
POISON = "poison"


class FakeExtractor:
    """Finds "A met B"; fails on a batch with ``POISON`` in it. While ``gate`` is unset, a run does not end."""

    name = "fake-1"

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()

    def extract(self, texts: Sequence[str]) -> list[Passage]:
        self.batches.append(list(texts))
        assert self.gate.wait(20)
        if any(POISON in text for text in texts):
            raise ValueError("poisoned")
        return [_passage(str(number), text) for number, text in enumerate(texts)]


def _passage(name: str, text: str) -> Passage:
    passage = Passage(name, text)
    for match in SENTENCE.finditer(text):
        first, trigger, second = (f"s{len(passage.spans) + offset}" for offset in (1, 2, 3))
        passage.spans += [
            Span(first, *match.span(1), "PARTY"),
            Span(trigger, *match.span(2), "TRIGGER", 0.5),
            Span(second, *match.span(3), "PARTY"),
        ]
        claim = Claim(f"c{len(passage.claims) + 1}", trigger, "dialogue", "actual", [first, second], 0.5)
        passage.claims.append(claim)
    return passage
