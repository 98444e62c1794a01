"""How long passages and spans are, and how many claims a passage holds, by language and split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from coopclaims.corpus.counts import Group, heading
from coopclaims.corpus.split import split_of
from coopclaims.schema import LABELS, WORD, Passage

QUANTILES = (0, 10, 50, 90, 100)
PASSAGE_WORDS, CLAIMS = "words of a passage", "claims of a passage"
MEASURES = (PASSAGE_WORDS, CLAIMS, *(f"words of {label}" for label in LABELS))

# Values of each measure by language and split.
Distributions = Mapping[Group, Mapping[str, list[int]]]


def measure_passages(passages: Iterable[Passage]) -> Distributions:
    """All values of every measure; words are matches of schema.WORD."""
    values: dict[Group, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for passage in passages:
        group = values[passage.lang or "-", split_of(passage) or "-"]
        group[PASSAGE_WORDS].append(len(WORD.findall(passage.text)))
        group[CLAIMS].append(len(passage.claims))
        for span in passage.spans:
            group[f"words of {span.label}"].append(len(WORD.findall(passage.quote(span))))
    return values


def format_distributions(distributions: Distributions) -> str:
    """A table of plain text: least, 10 %, middle, 90 % and greatest value of each measure, and the mean."""
    rows = [["", "", *(f"{q} %" for q in QUANTILES), "mean"]]
    for measure in MEASURES:
        for group in sorted(distributions):
            if values := distributions[group].get(measure):
                cells = [f"{value:.0f}" for value in np.percentile(values, QUANTILES)]
                rows.append([measure, heading(*group), *cells, f"{np.mean(values):.1f}"])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [
                *(c.ljust(w) for c, w in zip(row[:2], widths[:2], strict=True)),
                *(c.rjust(w) for c, w in zip(row[2:], widths[2:], strict=True)),
            ]
        )
        for row in rows
    )
