"""What a format cannot hold of the records written to it: counted, and told in one line."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from coopclaims.schema import WORD, Passage

_log = logging.getLogger(__name__)


def _loose_spans(passage: Passage) -> int:
    linked = {name for claim in passage.claims for name in (claim.trigger, *claim.args)}
    return sum(span.id not in linked for span in passage.spans)


KINDS: dict[str, Callable[[Passage], int]] = {
    "records without a word": lambda passage: not WORD.search(passage.text),
    "records without a claim": lambda passage: not passage.claims,
    "spans in no claim": _loose_spans,
    "span scores": lambda passage: sum(span.score is not None for span in passage.spans),
    "claim scores": lambda passage: sum(claim.score is not None for claim in passage.claims),
    "other keys of spans": lambda passage: sum(len(span.extra) for span in passage.spans),
    "other keys of claims": lambda passage: sum(len(claim.extra) for claim in passage.claims),
}
ANNOTATION_ONLY = ("span scores", "claim scores", "other keys of spans", "other keys of claims")
ROWS_ONLY = ("records without a claim", "spans in no claim")
FLAT_ROWS = (*ROWS_ONLY, "span scores", "other keys of spans", "other keys of claims")


class Losses:
    """Counts, while ``watch`` hands passages on, what of ``kinds`` they have; ``tell`` logs it in one line."""

    def __init__(self, format: str, kinds: Iterable[str]) -> None:
        self.format = format
        self.kinds = list(kinds)
        self.counts: Counter[str] = Counter()

    def watch(self, passages: Iterable[Passage]) -> Iterator[Passage]:
        """The passages, counted."""
        for passage in passages:
            for kind in self.kinds:
                self.counts[kind] += int(KINDS[kind](passage))
            yield passage

    def tell(self) -> None:
        """Log what was lost, if anything."""
        found = [f"{kind}: {count}" for kind, count in self.counts.items() if count]
        if found:
            _log.info("%s does not hold %s", self.format, ", ".join(found))
