"""Commands on annotated passages: ``data check``, ``data coverage`` and ``seeds verify``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_data_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers of these commands; each sets its ``handler``."""
    _add_data(commands)
    _add_seeds(commands)


def _add_data(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    data = commands.add_parser("data", help="work with annotated passages").add_subparsers(required=True)
    parser = data.add_parser(
        "check",
        help="check annotated passages",
        description="Check schema, offsets, labels, lengths, duplicates and leakage; exit code 2 on errors.",
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[Path("data")], help="files or folders (default: data)")
    parser.add_argument(
        "--against",
        nargs="+",
        type=Path,
        default=[],
        metavar="PATH",
        help="text that must not be in the corpus: files or folders of records or plain text",
    )
    parser.add_argument("--review", action="store_true", help="list what is only to be looked at as well")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report, with charts, as one HTML page")
    parser.set_defaults(handler=_data_check)
    parser = data.add_parser(
        "coverage",
        help="compare the corpus with its plan",
        description="Print planned and reached shares of genres, sectors, claims, types, forms of dates and so on.",
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[Path("data")], help="files or folders (default: data)")
    parser.add_argument("--grid", type=Path, default=Path("data/grid.yaml"), metavar="FILE", help="the plan's grid")
    parser.set_defaults(handler=_data_coverage)


def _add_seeds(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    seeds = commands.add_parser("seeds", help="work with the seed articles").add_subparsers(required=True)
    parser = seeds.add_parser(
        "verify",
        help="join the gold claims to your own copies of the seed articles",
        description="Check copies of the seed articles by SHA-256 and join the offset gold to their text.",
    )
    parser.add_argument("--articles", required=True, type=Path, metavar="DIR", help="folder with the articles")
    parser.add_argument("--seeds", default=Path("seeds"), type=Path, metavar="DIR", help="folder of manifest.yaml")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the joined records here")
    parser.set_defaults(handler=_seeds_verify)


def _data_check(options: argparse.Namespace) -> int:
    from coopclaims.corpus.check import check_corpus, format_report

    report = check_corpus(options.paths, options.against)
    print(format_report(report, options.review))
    if options.html:
        # Imported here: plotting takes a second to load.
        from coopclaims.corpus.check_page import render_check
        from coopclaims.files import atomic_write

        with atomic_write(options.html) as file:
            file.write(render_check(report))
    return 2 if report.errors else 0


def _data_coverage(options: argparse.Namespace) -> int:
    from coopclaims.corpus.coverage import format_coverage, measure_coverage, read_grid
    from coopclaims.evaluation.gold import read_usable

    grid = read_grid(options.grid)
    passages, _ = read_usable(options.paths)
    print(format_coverage(measure_coverage(grid, passages)))
    return 0


def _seeds_verify(options: argparse.Namespace) -> int:
    from coopclaims.corpus.jsonl import write_passages
    from coopclaims.corpus.seeds import verify_seeds

    passages, problems = verify_seeds(options.seeds, options.articles)
    for problem in problems:
        print(problem, file=sys.stderr)
    if options.output:
        write_passages(options.output, passages)
    print(f"{len(passages)} passages joined, {len(problems)} problems", file=sys.stderr)
    return 2 if problems else 0
