"""Print what a model finds in long paragraphs, read whole and in segments, against the same passages read alone.

The long paragraphs are test passages of one language joined by fives, or whole source articles without their line
breaks. `kept` is the share of claims (trigger, type, status and arguments, all exact) that stay the same when another
sentence is put in front, so that segments fall elsewhere.

Usage: python bench/long_documents.py --model DIR [--texts 18] [--segments 100,35 80,25]
       python bench/long_documents.py --model DIR --gold seeds-gold.jsonl --articles DIR
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.evaluation.scores import claim_contents, exact_items
from coopclaims.inference import pipeline
from coopclaims.inference.extractor import Extractor
from coopclaims.model.segments import segments
from coopclaims.schema import Passage

JOINED = 5
BEFORE = "Nobody expected rain that day, and the streets of the old town were full of people. "
WHOLE = (10**9, 0)


@dataclass(frozen=True)
class LongText:
    """A long paragraph with the gold of the passages in it, each from ``offsets`` on."""

    text: str
    passages: list[Passage]
    offsets: list[int]


def main() -> None:
    """Run the comparison and print one line a way of reading."""
    options = _parse()
    extractor = Extractor.from_pretrained(options.model, batch_pieces=1024)
    texts = list(_articles(options) if options.gold else _joined(options.data, options.texts))
    print(f"long paragraphs: {len(texts)}, passages in them: {sum(len(text.passages) for text in texts)}")
    alone = [passage for text in texts for passage in text.passages]
    print("passages alone    ", _scores(alone, extractor.extract([passage.text for passage in alone])))
    for words, overlap in (WHOLE, *options.segments):
        pipeline.segments = partial(segments, segment_words=words, overlap_words=overlap)
        found = extractor.extract([text.text for text in texts])
        name = "read whole" if (words, overlap) == WHOLE else f"segments {words}/{overlap}"
        print(f"{name:18}", _scores(alone, [part for t, f in zip(texts, found, strict=True) for part in _parts(t, f)]))
        if options.shift:
            print(f"{'':18} kept {_kept(extractor, texts, found):.3f}")


def _joined(data: Sequence[Path], count: int) -> Iterator[LongText]:
    """Test passages in an order without stories, ``count`` long paragraphs a language."""
    passages = read_corpus(data, split="test")
    passages.sort(key=lambda passage: (passage.lang or "", hashlib.sha256(passage.id.encode()).hexdigest()))
    for _, group in groupby(passages, lambda passage: passage.lang):
        found = list(group)
        for start in range(0, min(count * JOINED, len(found) - JOINED + 1), JOINED):
            chosen = [replace(p, text=p.text.replace("\n", " ")) for p in found[start : start + JOINED]]
            offsets = [sum(len(p.text) + 1 for p in chosen[:index]) for index in range(JOINED)]
            yield LongText(" ".join(p.text for p in chosen), chosen, offsets)


def _articles(options: argparse.Namespace) -> Iterator[LongText]:
    for name, group in groupby(read_corpus([options.gold]), lambda passage: passage.doc or ""):
        text = Path(options.articles, name).read_bytes().decode("utf-8").replace("\r", " ").replace("\n", " ")
        passages = list(group)
        yield LongText(text, passages, [int(passage.extra["start"]) for passage in passages])


def _parts(text: LongText, found: Passage) -> Iterator[Passage]:
    """What was found within each passage, in its own offsets."""
    for passage, offset in zip(text.passages, text.offsets, strict=True):
        end = offset + len(passage.text)
        spans = [
            replace(s, start=s.start - offset, end=s.end - offset)
            for s in found.spans
            if offset <= s.start and s.end <= end
        ]
        names = {span.id for span in spans}
        claims = [replace(c, args=[a for a in c.args if a in names]) for c in found.claims if c.trigger in names]
        yield replace(passage, spans=spans, claims=claims)


def _scores(gold: Sequence[Passage], predicted: Sequence[Passage]) -> str:
    figures = []
    for name in ("argument", "span", "trigger", "typed_trigger"):
        pairs = [
            (exact_items(g)["overall", name], exact_items(p)["overall", name])
            for g, p in zip(gold, predicted, strict=True)
        ]
        total = sum(len(g) + len(p) for g, p in pairs)
        figures.append(f"{name} {2 * sum(len(g & p) for g, p in pairs) / max(total, 1):.3f}")
    return ", ".join(figures)


def _kept(extractor: Extractor, texts: Sequence[LongText], found: Sequence[Passage]) -> float:
    """Share of equal claims, 2·equal / (claims before + claims after), with a sentence in front of each text."""
    shifted = extractor.extract([BEFORE + text.text for text in texts])
    equal = total = 0
    for before, after in zip(found, shifted, strict=True):
        spans = [replace(s, start=s.start - len(BEFORE), end=s.end - len(BEFORE)) for s in after.spans]
        claims = (set(claim_contents(before)), set(claim_contents(replace(after, spans=spans))))
        equal, total = equal + len(claims[0] & claims[1]), total + len(claims[0]) + len(claims[1])
    return 2 * equal / max(total, 1)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare reading long paragraphs whole with reading them in segments.")
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", nargs="+", type=Path, default=[Path("data")])
    parser.add_argument("--texts", type=int, default=18, help="long paragraphs a language")
    parser.add_argument("--gold", type=Path, help="joined gold of the source articles (coopclaims seeds verify)")
    parser.add_argument("--articles", type=Path, help="folder with the source articles")
    parser.add_argument("--segments", nargs="*", type=_pair, default=[(100, 35)], help="words, overlapping words")
    parser.add_argument("--shift", action="store_true", help="also read the texts with a sentence in front")
    return parser.parse_args()


def _pair(value: str) -> tuple[int, int]:
    words, overlap = map(int, value.split(","))
    return words, overlap


if __name__ == "__main__":
    main()
