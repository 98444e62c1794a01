"""How many DATE and AMOUNT spans of a corpus get a value, by language and sureness, and how fast.

Usage: python bench/values.py data
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from datetime import date

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.records.amounts import AmountValue, normalise_amount
from coopclaims.records.dates import DateValue, normalise_date
from coopclaims.schema import LANGUAGES

DOCUMENT_DATE = date(2024, 9, 18)  # any will do: the corpus has none


def main() -> None:
    """Print a line a label and language."""
    passages = read_corpus(sys.argv[1:] or ["data"])
    for label in ("DATE", "AMOUNT"):
        for lang in LANGUAGES:
            quotes = [p.text[s.start : s.end] for p in passages if p.lang == lang for s in p.spans if s.label == label]
            _value(label, "5", lang)  # data files and patterns are read once
            begin = time.process_time()
            values = [_value(label, quote, lang) for quote in quotes]
            seconds = (time.process_time() - begin) / len(quotes) * 10_000
            levels = Counter(value.confidence for value in values if value)
            shares = ", ".join(f"{level} {count / len(quotes):.1%}" for level, count in levels.most_common())
            print(
                f"{label} {lang}: {len(quotes)} spans, {sum(levels.values()) / len(quotes):.1%} with a value "
                f"({shares}); {seconds:.2f} s of CPU for 10,000"
            )


def _value(label: str, quote: str, lang: str) -> DateValue | AmountValue | None:
    return normalise_date(quote, lang, DOCUMENT_DATE) if label == "DATE" else normalise_amount(quote, lang)


if __name__ == "__main__":
    main()
