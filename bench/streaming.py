"""Print how the memory of an extraction grows with its input: peak, and slope in bytes a megabyte of input.

The input repeats the texts of the corpus, a document each, up to --megabytes; it is written to a temporary file and
extracted from as `coopclaims extract` does it. The slope is that of a line fitted to the resident memory over the
second half of the input, when caches are warm. Without --model a stand-in finds nothing: what is measured then is
reading, ids and writing alone.

Usage: python bench/streaming.py [--megabytes 20] [--model DIR] [--data data] [--suffix .jsonl] [--resume]
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle
from pathlib import Path

import numpy as np
import psutil
import zstandard

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.inference.run import Extractor, run_extraction
from coopclaims.schema import Passage

MEBIBYTE = 2**20
SAMPLES = 200


class StandIn:
    """Finds no claims, at once."""

    name = "stand-in"

    def extract(self, texts: Sequence[str]) -> list[Passage]:
        """A passage a text."""
        return list(self.stream(texts))

    def stream(self, texts: Iterable[str]) -> Iterator[Passage]:
        """A passage a text."""
        return (Passage("", text) for text in texts)


class Watched:
    """An extractor whose memory is sampled as characters go through it."""

    def __init__(self, extractor: Extractor, every: int) -> None:
        self.extractor = extractor
        self.name = extractor.name
        self.every = every
        self.samples: list[tuple[int, int]] = []

    def extract(self, texts: Sequence[str]) -> list[Passage]:
        """As the extractor does."""
        return self.extractor.extract(texts)

    def stream(self, texts: Iterable[str]) -> Iterator[Passage]:
        """As the extractor does; samples are (bytes of text so far, resident bytes)."""
        process = psutil.Process()
        done = 0
        for passage in self.extractor.stream(texts):
            done += len(passage.text.encode())
            if done >= self.every * (len(self.samples) + 1):
                self.samples.append((done, process.memory_info().rss))
            yield passage


def main() -> None:
    """Generate, extract and print three lines."""
    options = _parse()
    size = int(options.megabytes * MEBIBYTE)
    watched = Watched(_extractor(options.model), max(1, size // SAMPLES))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"input{options.suffix}")
        documents = _generate(source, [passage.text for passage in read_corpus([options.data])], size)
        begun = time.perf_counter()
        run_extraction([str(source)], watched, str(Path(folder, "out.jsonl")), "records", resume=options.resume)
        seconds = time.perf_counter() - begun
    half = np.array(watched.samples[len(watched.samples) // 2 :], dtype=float)
    slope = np.polyfit(half[:, 0], half[:, 1], 1)[0] * MEBIBYTE
    print(f"{documents:,} documents, {size / MEBIBYTE:.1f} MiB of text, {documents / seconds:,.1f} documents a second")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.1f} MiB")
    print(f"slope: {slope / 1024:+.2f} KiB for each MiB of text")


def _extractor(folder: str | None) -> Extractor:
    if folder is None:
        return StandIn()
    # Imported here: the stand-in needs no torch.
    from coopclaims.inference.extractor import Extractor as NeuralExtractor

    return NeuralExtractor.from_pretrained(folder)


def _generate(path: Path, texts: Sequence[str], size: int) -> int:
    """Write documents of ``size`` bytes of text together; returns how many."""
    openers = {".gz": gzip.open, ".zst": zstandard.open}
    count = written = 0
    with openers.get(path.suffix, open)(path, "wt", encoding="utf-8") as file:
        for text in cycle(texts):
            if written >= size:
                break
            file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
            written += len(text.encode())
            count += 1
    return count


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=20, help="text to extract from, in MiB (default: 20)")
    parser.add_argument("--model", metavar="DIR", help="model folder (default: a stand-in that finds nothing)")
    parser.add_argument("--data", default="data", help="texts to repeat (default: data)")
    suffixes = [".jsonl", ".jsonl.gz", ".jsonl.zst"]
    parser.add_argument("--suffix", default=".jsonl", choices=suffixes, help="kind of input (default: .jsonl)")
    parser.add_argument("--resume", action="store_true", help="write as extract --resume does")
    return parser.parse_args()


if __name__ == "__main__":
    main()
