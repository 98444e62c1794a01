"""Score merging on the story groups of the corpus, all stories of a split together.

Usage: python scripts/score_merge.py SPLIT [--all] [--extracted FILE] [PATH ...]

With ``--all`` the passages outside of stories are there too, each claim of which is an act of its own. With
``--extracted`` what is merged are the claims of these records, extracted from the same passages (by id), not gold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from coopclaims.corpus.jsonl import read_corpus, read_passages
from coopclaims.evaluation.merging import format_merge_scores, score_merging, singleton_share, with_gold_events


def main() -> None:
    """Print the table; for extracted claims a second one, in which claims that were not found count as told alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split")
    parser.add_argument("paths", nargs="*", default=["data"])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--extracted", type=Path)
    options = parser.parse_args()
    passages = read_corpus(options.paths, split=options.split)
    passages = [passage for passage in passages if options.all or passage.extra.get("story")]
    print(f"{len(passages)} passages, {singleton_share(passages):.0%} of the claims told once\n")
    if options.extracted is None:
        print(format_merge_scores(score_merging(passages)))
        return
    found, missed = with_gold_events(passages, read_passages(options.extracted))
    extracted = [claim for passage in found for claim in passage.claims]
    lost = sum(len(passage.claims) for passage in missed)
    extra = sum("event" not in claim.extra for claim in extracted)
    print(f"{len(extracted)} claims extracted, {extra} of them not in gold; {lost} gold claims not extracted\n")
    print(format_merge_scores(score_merging(found)))
    print(f"\nWith the {lost} claims that were not extracted, each alone:\n")
    print(format_merge_scores(score_merging(found, missed)))


if __name__ == "__main__":
    main()
