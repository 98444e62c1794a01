"""Give every passage of a corpus its split: training, development or test, by document and story.

    python scripts/split_corpus.py data                         # 10 % dev and 10 % test of each language
    python scripts/split_corpus.py data --groups groups.json    # documents to keep together: [["a", "b"], …]

The key ``split`` of each line is rewritten in place, a file at a time; nothing else changes. The same passages,
shares and seed always give the same splits. Name all files of a corpus at once: shares are of what is named.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from coopclaims.corpus.jsonl import corpus_files, read_corpus
from coopclaims.corpus.split import assign_splits, document_of, read_groups, write_splits
from coopclaims.errors import UserError


def main(arguments: list[str] | None = None) -> int:
    """Split the corpus named on the command line; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        split_corpus(options.paths, options.groups, options.dev, options.test, options.seed)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def split_corpus(paths: list[Path], groups_file: Path | None, dev: float, test: float, seed: int) -> None:
    """Rewrite the splits of all files and print how many passages each language and split has."""
    passages = read_corpus(paths)
    groups = read_groups(groups_file) if groups_file else []
    unknown = {name for group in groups for name in group} - {document_of(passage) for passage in passages}
    if unknown:
        raise UserError(f"{groups_file}: no passage is of document {min(unknown)!r}; correct or remove the name")
    splits = assign_splits(passages, groups, dev, test, seed)
    for file in corpus_files(paths):
        write_splits(file, splits)
    counts = Counter((passage.lang or "-", splits[document_of(passage)]) for passage in passages)
    for (lang, split), count in sorted(counts.items()):
        print(f"{lang} {split}: {count} passages")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="JSON Lines files or folders of them")
    parser.add_argument("--groups", type=Path, help="JSON list of lists of documents that must stay together")
    parser.add_argument("--dev", type=float, default=0.1, help="share of passages for development (default 0.1)")
    parser.add_argument("--test", type=float, default=0.1, help="share of passages for testing (default 0.1)")
    parser.add_argument("--seed", type=int, default=13, help="another seed gives another split (default 13)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
