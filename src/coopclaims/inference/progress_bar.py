"""The bar of a run of extraction: documents a second, and the time left where the size of the input is known."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence

from tqdm import tqdm

from coopclaims.files import STANDARD_OUTPUT
from coopclaims.inference.inputs import Source
from coopclaims.inference.streams import Meter
from coopclaims.schema import Passage

SHOWN_AFTER = 2.0  # Seconds.

_KNOWN = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}"
_UNKNOWN = "{desc} {elapsed}"


def with_progress(
    passages: Iterator[Passage], sources: Sequence[Source], meter: Meter, output: str
) -> Iterator[Passage]:
    """The passages, while a bar follows ``meter`` through the bytes of ``sources``."""
    sizes = [source.size for source in sources]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    # On one terminal, a bar would be drawn into the output.
    hidden = True if output == STANDARD_OUTPUT and sys.stdout and sys.stdout.isatty() else None
    layout = _UNKNOWN if total is None else _KNOWN
    begun = time.perf_counter()
    with tqdm(
        desc="extract", total=total, initial=meter.done, bar_format=layout, delay=SHOWN_AFTER, disable=hidden
    ) as bar:
        for number, passage in enumerate(passages, 1):
            rate = number / (time.perf_counter() - begun)
            bar.set_description_str(f"extract: {number:,} documents, {rate:,.1f} a second", refresh=False)
            bar.update(meter.done - bar.n if total is not None else 1)
            yield passage
