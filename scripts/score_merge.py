"""Score merging on the story groups of the corpus, all stories of a split together.

Usage: python scripts/score_merge.py SPLIT [all] [PATH ...], e.g. python scripts/score_merge.py test

With ``all`` the passages outside of stories are there too, each claim of which is an act of its own.
"""

from __future__ import annotations

import sys

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.evaluation.merging import format_merge_scores, score_merging, singleton_share


def main() -> None:
    """Print the table."""
    split, *paths = sys.argv[1:] or ["test"]
    everything = paths[:1] == ["all"]
    passages = read_corpus(paths[everything:] or ["data"], split=split)
    passages = [passage for passage in passages if everything or passage.extra.get("story")]
    print(f"{len(passages)} passages, {singleton_share(passages):.0%} of the claims told once\n")
    print(format_merge_scores(score_merging(passages)))


if __name__ == "__main__":
    main()
