"""Phrases that are tagged in one place and tagged otherwise, or not at all, in another: places to look at again."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from coopclaims.corpus.findings import Finding, Located
from coopclaims.schema import TRIGGER, WORD, Passage

# A word that is a trigger only once may well be one by accident.
FEWEST_TAGS = 2
LONGEST_PHRASE = 6
NAMED_RECORDS = 4
# One name may be any of these, by the part it plays.
ROLE_LABELS = frozenset({"PARTY", "PLACE", "SOURCE"})


@dataclass
class _Phrase:
    """How often a phrase is tagged with each label, how often it stands untagged, and in which records."""

    labels: Counter[str] = field(default_factory=Counter)
    untagged: int = 0
    records: dict[str, list[Located]] = field(default_factory=lambda: defaultdict(list))

    def add(self, label: str, located: Located) -> None:
        self.records[label].append(located)
        if label == "untagged":
            self.untagged += 1
        else:
            self.labels[label] += 1


def mixed_labels(corpus: Sequence[Located]) -> Iterator[Finding]:
    """Phrases of a language that carry different labels, other than the roles of names; the rarest label is located."""
    for (_, phrase), seen in sorted(_tagged_phrases(corpus).items()):
        if len(seen.labels) > 1 and not seen.labels.keys() <= ROLE_LABELS:
            counts = ", ".join(f"{label} {count}" for label, count in seen.labels.most_common())
            rarest = min(seen.labels, key=lambda label: (seen.labels[label], label))
            named = _named(seen.records[rarest])
            yield seen.records[rarest][0].finding(
                "review", "mixed labels", f"{phrase!r}: {counts}; {rarest} in {named}"
            )


def untagged_triggers(corpus: Sequence[Located]) -> Iterator[Finding]:
    """Trigger phrases that stand untagged in some passage; often rightly so (names, compounds, mere background)."""
    phrases = {key: seen for key, seen in _tagged_phrases(corpus).items() if seen.labels[TRIGGER] >= FEWEST_TAGS}
    for located in corpus:
        for phrase in _untagged_phrases(located.passage):
            if seen := phrases.get((located.passage.lang or "", phrase)):
                seen.add("untagged", located)
    for (_, phrase), seen in sorted(phrases.items()):
        if seen.untagged:
            named = _named(seen.records["untagged"])
            message = f"{phrase!r}: {TRIGGER} {seen.labels[TRIGGER]}, untagged {seen.untagged} in {named}"
            yield seen.records["untagged"][0].finding("review", "untagged triggers", message)


def _tagged_phrases(corpus: Sequence[Located]) -> dict[tuple[str, str], _Phrase]:
    phrases: dict[tuple[str, str], _Phrase] = defaultdict(_Phrase)
    for located in corpus:
        for span in located.passage.spans:
            phrase = normal_phrase(located.passage.quote(span))
            phrases[located.passage.lang or "", phrase].add(span.label, located)
    return phrases


def _untagged_phrases(passage: Passage) -> set[str]:
    """Runs of up to LONGEST_PHRASE words outside all spans."""
    words = list(WORD.finditer(passage.text))
    outside = [not any(s.start < w.end() and w.start() < s.end for s in passage.spans) for w in words]
    texts = [word.group().casefold() for word in words]
    return {
        " ".join(texts[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + LONGEST_PHRASE, len(words)) + 1)
        if all(outside[start:end])
    }


def normal_phrase(text: str) -> str:
    """A phrase without regard to case and spacing."""
    return " ".join(re.findall(WORD, text.casefold()))


def _named(records: Sequence[Located]) -> str:
    ids = list(dict.fromkeys(located.passage.id for located in records))
    more = f" and {len(ids) - NAMED_RECORDS} more" if len(ids) > NAMED_RECORDS else ""
    return ", ".join(ids[:NAMED_RECORDS]) + more
