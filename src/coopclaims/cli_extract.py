"""The command ``extract``: claims of texts, in this process or by workers of Ray."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from coopclaims.errors import UserError
from coopclaims.schema import LANGUAGES


def add_extract_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command, which sets its ``handler``."""
    parser = commands.add_parser(
        "extract",
        help="extract claims from texts",
        description="Extract cooperation claims from texts of any length.",
        epilog="formats: records = one record a document with spans and claims by offset; "
        "jsonl, csv, parquet = one claim a row; table = for reading in a terminal; and those of coopclaims export",
    )
    parser.add_argument(
        "inputs",
        nargs="*",
        default=["-"],
        metavar="INPUT",
        help="text files, JSON Lines or Parquet with 'text' (and 'id', 'lang', 'date'), .gz or .zst of the first two, "
        "folders of these; - is standard input",
    )
    parser.add_argument("--model", metavar="DIR", help="model folder (default: the model that comes with coopclaims)")
    parser.add_argument(
        "--output",
        default="-",
        metavar="FILE",
        help="file to write (default: standard output); with --engine ray, a folder",
    )
    parser.add_argument(
        "--format", default="table", metavar="FORMAT", help="records, jsonl, csv, parquet, table, … (default: table)"
    )
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        help="language of all texts (default: as each document says, otherwise found from its text)",
    )
    parser.add_argument("--strict", action="store_true", help="stop at the first input that cannot be used")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="keep what is done when stopped, and go on from there when repeated (formats records, jsonl, csv)",
    )
    parser.add_argument("--device", default="cpu", help="torch device (default: cpu)")
    parser.add_argument(
        "--precision",
        default="auto",
        metavar="TYPE",
        help="float32, bf16 or fp16, of products in torch (default: float32 on the CPU, bf16 or else fp16 on a GPU)",
    )
    parser.add_argument(
        "--batch-pieces",
        type=int,
        metavar="N",
        help="padded word pieces of a batch (default: 4096 on the CPU, 65536 on a GPU)",
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="threads of a compiled model (default: one a core); with --engine ray, processes (default: all that fit)",
    )
    _add_engine(parser)
    parser.set_defaults(handler=_extract)


def _add_engine(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("many machines", "see docs/cluster.md; a repeated command goes on where it was")
    group.add_argument(
        "--engine",
        choices=["local", "ray"],
        default="local",
        help="local: this process; ray: workers of Ray Data, which make a file in the folder OUTPUT of each input file",
    )
    group.add_argument(
        "--ray-address", metavar="ADDRESS", help="cluster to join, or 'auto' (default: one of its own on this machine)"
    )
    group.add_argument("--worker-cpus", type=int, metavar="N", help="cores of a worker (default: 1)")


def _extract(options: argparse.Namespace) -> int:
    if options.engine == "ray":
        if options.resume:
            raise UserError("--engine ray goes on by itself where it was: leave out --resume")
        return _extract_by_ray(options)
    for name in ("ray_address", "worker_cpus"):
        if getattr(options, name) is not None:
            raise UserError(f"--{name.replace('_', '-')} is for --engine ray: add that, or leave it out")
    return _extract_here(options)


def _extract_here(options: argparse.Namespace) -> int:
    from coopclaims.inference.extractor import Extractor
    from coopclaims.inference.run import run_extraction

    extractor = Extractor.from_pretrained(
        options.model, options.device, options.batch_pieces, options.workers, options.precision
    )
    summary = run_extraction(
        options.inputs,
        extractor,
        options.output,
        options.format,
        strict=options.strict,
        language=options.lang,
        resume=options.resume,
        settings=_settings(options) if options.resume else None,
    )
    _tell_cut(summary.cut_pieces)
    return 0


def _settings(options: argparse.Namespace) -> dict[str, object]:
    """What decides about the content of the output beside inputs, model folder, format and language."""
    from coopclaims.inference.released import released_model
    from coopclaims.provenance import weights_hash

    weights = weights_hash(options.model or str(released_model()))
    return {"precision": options.precision, "weights_sha256": weights}


def _extract_by_ray(options: argparse.Namespace) -> int:
    from coopclaims.inference.distributed.job import Job
    from coopclaims.inference.distributed.run import run_distributed

    job = Job(
        model=options.model,
        output=options.output,
        format=options.format,
        directory=str(Path.cwd()),
        language=options.lang,
        strict=options.strict,
        device=options.device,
        precision=options.precision,
        batch_pieces=options.batch_pieces,
        cpus=1 if options.worker_cpus is None else options.worker_cpus,
    )
    summary = run_distributed(options.inputs, job, options.workers, options.ray_address)
    _tell_cut(summary.cut_pieces)
    if summary.failures:
        print(
            f"coopclaims: {len(summary.failures)} shards failed; repeat the command to try them again", file=sys.stderr
        )
    return 1 if summary.failures else 0


def _tell_cut(pieces: int) -> None:
    if pieces:
        print(f"cut: {pieces} word pieces of overlong words", file=sys.stderr)
