"""Give every passage of a corpus its split: training, development or test, by document and story.

    python scripts/split_corpus.py data                         # 10 % dev and 10 % test of each language
    python scripts/split_corpus.py data --groups groups.json    # documents to keep together: [["a", "b"], …]
    python scripts/split_corpus.py data --story-dev 0.2 --story-test 0.3    # other shares for passages of stories

The key ``split`` of each line is rewritten in place, a file at a time; nothing else changes. The same passages,
shares and seed always give the same splits. Name all files of a corpus at once: shares are of what is named.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from coopclaims.corpus.jsonl import corpus_files, read_corpus
from coopclaims.corpus.split import assign_splits, document_of, read_groups, story_of, write_splits
from coopclaims.errors import UserError


def main(arguments: list[str] | None = None) -> int:
    """Split the corpus named on the command line; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        split_corpus(options)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def split_corpus(options: argparse.Namespace) -> None:
    """Rewrite the splits of all files and print how many passages and stories each language and split has."""
    passages = read_corpus(options.paths)
    groups = read_groups(options.groups) if options.groups else []
    unknown = {name for group in groups for name in group} - {document_of(passage) for passage in passages}
    if unknown:
        raise UserError(f"{options.groups}: no passage is of document {min(unknown)!r}; correct or remove the name")
    stories = [passage for passage in passages if story_of(passage)]
    told = {document_of(passage) for passage in stories}
    if mixed := next((group for group in groups if 0 < len(told & set(group)) < len(set(group))), None):
        raise UserError(f"{options.groups}: a group binds {mixed[0]!r} of a story to a document of none; split it")
    others = [passage for passage in passages if not story_of(passage)]
    splits = assign_splits(others, groups, options.dev, options.test, options.seed)
    story_dev = options.dev if options.story_dev is None else options.story_dev
    story_test = options.test if options.story_test is None else options.story_test
    splits |= assign_splits(stories, groups, story_dev, story_test, options.seed)
    for file in corpus_files(options.paths):
        write_splits(file, splits)
    counts = Counter((passage.lang or "-", splits[document_of(passage)]) for passage in passages)
    for (lang, split), count in sorted(counts.items()):
        print(f"{lang} {split}: {count} passages")
    placed = {(story_of(passage), splits[document_of(passage)]) for passage in stories}
    for split, count in sorted(Counter(split for _, split in placed).items()):
        print(f"{split}: {count} stories")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="JSON Lines files or folders of them")
    parser.add_argument("--groups", type=Path, help="JSON list of lists of documents that must stay together")
    parser.add_argument("--dev", type=float, default=0.1, help="share of passages for development (default 0.1)")
    parser.add_argument("--test", type=float, default=0.1, help="share of passages for testing (default 0.1)")
    parser.add_argument("--story-dev", type=float, help="the same for passages of stories (default as --dev)")
    parser.add_argument("--story-test", type=float, help="the same for passages of stories (default as --test)")
    parser.add_argument("--seed", type=int, default=13, help="another seed gives another split (default 13)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
