"""Claims from tags by rule: an argument belongs to the nearest trigger of its sentence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from coopclaims.evaluation.baselines.tagging import valid_tags
from coopclaims.model.alignment import find_words
from coopclaims.model.decode import spans_from_tags
from coopclaims.model.settings import TAGS
from coopclaims.schema import CORE_LABELS, LABELS, STATUSES, TRIGGER, TYPES, Claim, Passage, Span

_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)")


class NearestTrigger:
    """Type and status of a claim are the commonest ones of its trigger word in training, else of all triggers."""

    def __init__(self, train: Sequence[Passage]) -> None:
        by_word: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        everywhere: Counter[tuple[str, str]] = Counter()
        for passage in train:
            spans = passage.span_by_id()
            for claim in passage.claims:
                kind = (claim.type, claim.status)
                by_word[passage.quote(spans[claim.trigger]).lower()][kind] += 1
                everywhere[kind] += 1
        self.kinds = {word: _commonest(counts) for word, counts in by_word.items()}
        self.default = _commonest(everywhere) if everywhere else (TYPES[0], STATUSES[0])

    def passage(self, gold: Passage, tags: Sequence[str]) -> Passage:
        """The passage of ``gold`` with the spans of ``tags`` (one a word) and claims by the rule."""
        words = find_words(gold.text)
        row = np.array([[TAGS.index(tag) for tag in valid_tags(tags)]], np.int64)
        (table,) = spans_from_tags(row, TAGS, LABELS)
        found = [
            Span(f"s{number}", int(words.starts[first]), int(words.ends[last]), LABELS[label])
            for number, (first, last, label) in enumerate(table.tolist(), 1)
        ]
        triggers = [span for span in found if span.label == TRIGGER]
        arguments: dict[str, list[str]] = {trigger.id: [] for trigger in triggers}
        core: set[str] = set()
        for span in found:
            nearest = _nearest(gold.text, span, triggers)
            if span.label != TRIGGER and nearest is not None:
                arguments[nearest.id].append(span.id)
                core |= {nearest.id} if span.label in CORE_LABELS else set()
        claims = [self._claim(gold, trigger, arguments[trigger.id]) for trigger in triggers if trigger.id in core]
        used = {name for claim in claims for name in (claim.trigger, *claim.args)}
        spans = [span for span in found if span.id in used]
        return Passage(gold.id, gold.text, gold.lang, gold.doc, spans, claims)

    def _claim(self, passage: Passage, trigger: Span, arguments: list[str]) -> Claim:
        kind, status = self.kinds.get(passage.quote(trigger).lower(), self.default)
        return Claim(f"c{trigger.id[1:]}", trigger.id, kind, status, arguments)


def _nearest(text: str, span: Span, triggers: Sequence[Span]) -> Span | None:
    """The trigger with the fewest characters between it and ``span``, if no sentence ends between them."""
    near = [trigger for trigger in triggers if not _SENTENCE_END.search(_between(text, span, trigger))]
    return min(near, key=lambda trigger: (len(_between(text, span, trigger)), trigger.start), default=None)


def _between(text: str, one: Span, other: Span) -> str:
    return text[min(one.end, other.end) : max(one.start, other.start)]


def _commonest(counts: Counter[tuple[str, str]]) -> tuple[str, str]:
    # Ties go to the alphabet, so that the order of passages does not matter.
    return min(counts, key=lambda kind: (-counts[kind], kind))
