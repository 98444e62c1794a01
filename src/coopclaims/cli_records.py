"""Commands on records: ``export``, ``import``, ``annotate``, ``normalise`` and ``merge``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from coopclaims.corpus.jsonl import Problem
from coopclaims.errors import UserError


def add_record_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers of these commands; each sets its ``handler``."""
    _add_export(commands)
    _add_import(commands)
    _add_annotate(commands)
    _add_normalise(commands)
    _add_merge(commands)


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "export",
        help="write records in the format of another program",
        description="Write records (of extract --format records, or annotated passages) in another format.",
        epilog="ours: records; to read: table, html; one claim a row: csv, parquet, jsonl; event data: plover; linked "
        "data: rdf (N-Triples); annotation tools: brat, labelstudio, doccano, conll; spacy: training files. What a "
        "format cannot hold is counted on standard error. See docs/exports.md.",
    )
    _add_inputs(parser)
    parser.add_argument("--to", required=True, metavar="FORMAT", help="csv, parquet, jsonl, plover, rdf, brat, …")
    parser.add_argument("--output", default="-", metavar="PATH", help="file or folder (default: standard output)")
    _add_model_name(parser)
    _add_strict(parser)
    parser.set_defaults(handler=_export)


def _add_import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "import",
        help="read the annotations of another program as records",
        description="Write annotations made elsewhere as records. What our format cannot hold (unknown labels, "
        "overlapping or discontinuous spans) is left out and told with file, line and reason.",
    )
    parser.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="files, for brat and conll also folders")
    parser.add_argument(
        "--from", required=True, dest="source", metavar="FORMAT", help="brat, labelstudio, conll or doccano"
    )
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="records to write (JSON Lines)")
    _add_strict(parser)
    parser.set_defaults(handler=_import)


def _add_annotate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    annotate = commands.add_parser("annotate", help="prepare texts for annotators").add_subparsers(required=True)
    parser = annotate.add_parser(
        "prepare",
        help="write tasks that a model has annotated, the most uncertain first",
        description="Write a model's records as tasks to correct, those with the lowest score first.",
    )
    _add_inputs(parser)
    parser.add_argument("--to", required=True, metavar="TOOL", help="labelstudio or doccano")
    parser.add_argument("--output", required=True, metavar="FILE", help="tasks to write")
    parser.add_argument("--limit", type=int, metavar="N", help="only the N most uncertain records")
    _add_model_name(parser)
    _add_strict(parser)
    parser.set_defaults(handler=_prepare)


def _add_normalise(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "normalise",
        help="give dates, amounts, parties, sources and places their values",
        description="Write records whose DATE, AMOUNT, PARTY, SOURCE and PLACE arguments have the key 'value'. The key "
        "'date' of a record is the day that its relative dates count from. See docs/values.md and docs/parties.md.",
    )
    _add_inputs(parser)
    parser.add_argument("--output", default="-", metavar="FILE", help="records to write (default: standard output)")
    _add_aliases(parser)
    _add_strict(parser)
    parser.set_defaults(handler=_normalise)


def _add_merge(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "merge",
        help="make one record of all that tell the same act",
        description="Merge claims of records across passages, documents and languages. See docs/merging.md.",
    )
    _add_inputs(parser)
    parser.add_argument("--output", default="-", metavar="FILE", help="file to write (default: standard output)")
    parser.add_argument(
        "--format", default="jsonl", metavar="FORMAT", help="jsonl, csv, or html for a page to read (default: jsonl)"
    )
    parser.add_argument(
        "--into",
        type=Path,
        metavar="FILE",
        help="merged records (jsonl) of an earlier run, to add the input to; without any INPUT, to write them alone",
    )
    _add_aliases(parser)
    _add_strict(parser)
    parser.set_defaults(handler=_merge, inputs=[])


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "inputs", nargs="*", default=["-"], metavar="INPUT", help="records: JSON Lines files, folders, - (default)"
    )


def _add_model_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model-name", default="", metavar="NAME", help="the model that made the records")


def _add_strict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--strict", action="store_true", help="stop at the first thing that cannot be used")


def _add_aliases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--aliases", type=Path, metavar="FILE", help="names of parties of your own (docs/parties.md)")


def _export(options: argparse.Namespace) -> int:
    from coopclaims.inference.export import export_records

    return _tell(export_records(options.inputs, options.to, options.output, options.model_name, options.strict))


def _import(options: argparse.Namespace) -> int:
    from coopclaims.corpus.importing import import_records

    return _tell(import_records(options.source, options.inputs, options.output, options.strict))


def _prepare(options: argparse.Namespace) -> int:
    from coopclaims.inference.annotate import prepare_tasks

    if options.limit is not None and options.limit < 1:
        raise UserError(f"--limit {options.limit}: must be at least 1")
    return _tell(
        prepare_tasks(options.inputs, options.to, options.output, options.model_name, options.limit, options.strict)
    )


def _normalise(options: argparse.Namespace) -> int:
    from coopclaims.records.merging.run import normalise_records

    return _tell(normalise_records(options.inputs, options.output, options.aliases, options.strict))


def _merge(options: argparse.Namespace) -> int:
    from coopclaims.records.merging.run import merge_records

    # Standard input must be asked for with "-" where earlier records may be all there is.
    inputs = options.inputs or ([] if options.into else ["-"])
    return _tell(merge_records(inputs, options.output, options.format, options.aliases, options.into, options.strict))


class _Summary(Protocol):
    """What a command did; as a string, one line of counts."""

    @property
    def skipped(self) -> Sequence[Problem]: ...


def _tell(summary: _Summary) -> int:
    """Print what could not be used, and the counts; the exit code."""
    from coopclaims.printable import printable

    for problem in summary.skipped:
        print(f"skipped: {printable(str(problem))}", file=sys.stderr)
    print(summary, file=sys.stderr)
    return 0
