"""How much of everything a corpus holds, by language and split."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from coopclaims.corpus.findings import Finding
from coopclaims.corpus.split import document_of, split_of
from coopclaims.schema import LABELS, LANGUAGES, STATUSES, TYPES, WORD, Passage

FEWEST_EXAMPLES = 5
TOTALS = ("passages", "documents", "without claims", "words", "claims", "spans")
KINDS = {"label": LABELS, "type": TYPES, "status": STATUSES}
ROWS = (*TOTALS, *(f"{kind} {name}" for kind, names in KINDS.items() for name in names))

# Language and split; "-" where a passage has none.
Group = tuple[str, str]


def count_passages(passages: Iterable[Passage]) -> dict[Group, Counter[str]]:
    """Counts of every row of ROWS for each language and split, in order of appearance."""
    counts: dict[Group, Counter[str]] = defaultdict(Counter)
    documents: dict[Group, set[str]] = defaultdict(set)
    for passage in passages:
        group = (passage.lang or "-", split_of(passage) or "-")
        counts[group].update(_count_passage(passage))
        documents[group].add(document_of(passage))
    for group, names in documents.items():
        counts[group]["documents"] = len(names)
    return dict(counts)


def few_examples(counts: Mapping[Group, Counter[str]]) -> Iterator[Finding]:
    """Labels, types and statuses rarer than FEWEST_EXAMPLES in training; without any splits, all is training."""
    training = "-" if all(split == "-" for _, split in counts) else "train"
    for (lang, split), count in counts.items():
        if split != training or lang not in LANGUAGES:
            continue
        for row in ROWS[len(TOTALS) :]:
            if count[row] < FEWEST_EXAMPLES:
                message = f"{row}: {count[row]} in {heading(lang, split)}, fewer than {FEWEST_EXAMPLES}"
                yield Finding("warning", "few examples", None, None, None, message)


def format_counts(counts: Mapping[Group, Counter[str]]) -> str:
    """The counts as a table of plain text: a row each, a column for each language and split, and their sum."""
    groups = sorted(counts)
    header = ["", *(heading(*group) for group in groups), "all"]
    rows = [header]
    for row in ROWS:
        numbers = [counts[group][row] for group in groups]
        rows.append([row, *map(str, numbers), str(sum(numbers))])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_format_row(row, widths) for row in rows)


def heading(lang: str, split: str) -> str:
    """The name of a language and split in tables, as in "de/test"."""
    return lang if split == "-" else f"{lang}/{split}"


def _count_passage(passage: Passage) -> Counter[str]:
    count = Counter(f"label {span.label}" for span in passage.spans)
    count.update(f"type {claim.type}" for claim in passage.claims)
    count.update(f"status {claim.status}" for claim in passage.claims)
    count["passages"] = 1
    count["without claims"] = int(not passage.claims)
    count["words"] = len(WORD.findall(passage.text))
    count["claims"] = len(passage.claims)
    count["spans"] = len(passage.spans)
    return count


def _format_row(cells: list[str], widths: list[int]) -> str:
    numbers = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return "  ".join([cells[0].ljust(widths[0]), *numbers]).rstrip()
