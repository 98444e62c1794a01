"""Commands on models that are there already: from ``average`` to ``errors``, and ``sweep report``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from coopclaims.errors import UserError


def add_model_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers of these commands; each sets its ``handler``."""
    _add_average(commands)
    _add_calibrate(commands)
    _add_compile(commands)
    _add_compare(commands)
    _add_errors(commands)


def sweep_report(arguments: Sequence[str]) -> int:
    """``coopclaims sweep report``, which Hydra, to whom ``sweep`` belongs, does not see."""
    parser = argparse.ArgumentParser(
        "coopclaims sweep report",
        description="Write what a search found as an HTML page: the best trial, settings against scores, all trials.",
    )
    parser.add_argument(
        "study", type=Path, metavar="STUDY", help="folder of a sweep, or one with the run folders of train --multirun"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="file to write (default: STUDY/sweep.html)")
    options = parser.parse_args(arguments)
    from coopclaims.files import atomic_write
    from coopclaims.training.study import read_study
    from coopclaims.training.study_page import render_study

    text = render_study(read_study(options.study))
    path = options.html or options.study / "sweep.html"
    with atomic_write(path) as file:
        file.write(text)
    print(path)
    return 0


def _add_average(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "average",
        help="make one model out of several",
        description="Average the weights of models that were trained from the same start (same encoder and seed, but "
        "another order_seed or other settings): often better than each of them, and no slower than one.",
    )
    parser.add_argument("models", nargs="+", type=Path, metavar="DIR", help="model folders, e.g. outputs/a/model")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="model folder to write")
    parser.set_defaults(handler=_average)


def _add_calibrate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "calibrate",
        help="make the scores of a model mean what they say",
        description="Fit a temperature for each head on annotated passages that the model was not trained on, and "
        "store them in the model folder. What the model finds stays the same; its scores change.",
    )
    parser.add_argument("--model", required=True, type=Path, metavar="DIR", help="model folder, e.g. outputs/a/model")
    _add_data(parser, "annotated passages")
    parser.add_argument(
        "--split", default="dev", help="fit on the passages of this split, or on all where none has one (default: dev)"
    )
    parser.set_defaults(handler=_calibrate)


def _add_compile(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "compile",
        help="make a small, fast form of a model for extraction",
        description="Turn a model folder into int8 ONNX graphs, score both forms on annotated passages, and refuse "
        "where too much is lost. 'coopclaims extract --model' takes either form.",
    )
    parser.add_argument("--model", required=True, type=Path, metavar="DIR", help="model folder, e.g. outputs/a/model")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="folder to write")
    _add_data(parser, "annotated passages; where none has a split, all are used for both")
    parser.add_argument(
        "--calibration-split", default="train", help="split that ranges are measured on (default: train)"
    )
    parser.add_argument("--calibration-passages", type=int, default=300, help="how many of it (default: 300)")
    parser.add_argument("--split", default="test", help="split that both forms are scored on (default: test)")
    parser.add_argument("--max-loss", type=float, default=0.01, help="greatest loss of F1 allowed (default: 0.01)")
    parser.add_argument(
        "--float",
        nargs="*",
        default=[],
        dest="float_products",
        metavar="PRODUCT",
        help="products to keep in float: qkv, attention, intermediate or output, or one of a layer (layer.11.output)",
    )
    parser.set_defaults(handler=_compile)


def _add_compare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "compare",
        help="say whether one system is better than another",
        description="Paired tests on the same passages: is the difference more than chance? With more than two "
        "systems, each is compared with the first.",
    )
    parser.add_argument(
        "runs", nargs="+", type=Path, metavar="RUN", help="run folders, outputs of evaluate, or predicted records"
    )
    _add_gold(parser)
    parser.add_argument("--samples", type=int, default=10_000, help="samples of each test (default: 10,000)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with the passages won and lost")
    parser.set_defaults(handler=_compare)


def _add_errors(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "errors",
        help="sort the errors of a system by kind",
        description="Count missed and spurious spans, wrong bounds, labels, links, types and statuses, by language.",
    )
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder, output of evaluate, or predicted records")
    _add_gold(parser)
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with examples of every kind")
    parser.set_defaults(handler=_errors)


def _add_data(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument(
        "--data", nargs="+", type=Path, default=[Path("data")], metavar="PATH", help=f"{text} (default: data)"
    )


def _add_gold(parser: argparse.ArgumentParser) -> None:
    _add_data(parser, "gold passages")
    parser.add_argument("--split", help="only passages of this split: dev or test, as the run folder has them")


def _average(options: argparse.Namespace) -> int:
    from coopclaims.model.average import average_models
    from coopclaims.model.folder import save_model_folder

    if options.output.exists():
        raise UserError(f"{options.output}: exists already; choose another folder with --output")
    model, tokenizer = average_models(options.models)
    sources = "\n".join(f"- {folder}" for folder in options.models)
    card = f"# Cooperation claims: average of {len(options.models)} models\n\n{sources}\n"
    save_model_folder(options.output, model, tokenizer, {"README.md": card, "scores.json": "{}\n"})
    print(options.output)
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from coopclaims.evaluation.gold import existing_splits, of_split, read_usable
    from coopclaims.model.features import Featuriser
    from coopclaims.model.folder import load_model_folder, store_temperatures
    from coopclaims.model.temperature import fit_temperatures
    from coopclaims.model.torch_scorer import TorchScorer

    model, tokenizer = load_model_folder(options.model)
    found, _ = read_usable(options.data)
    (split,) = existing_splits(found, options.split)
    passages = of_split(found, split)
    if not passages:
        where = f" of split {split!r}" if found and split else ""
        raise UserError(f"no annotated passage{where} in {', '.join(map(str, options.data))}")
    fitted = fit_temperatures(TorchScorer(model), Featuriser(tokenizer, model.config), passages)
    store_temperatures(options.model, fitted)
    print("\n".join(f"{name}: temperature {value:.3f}" for name, value in fitted.items()))
    return 0


def _compile(options: argparse.Namespace) -> int:
    try:
        from coopclaims.compilation import CompileConfig, compile_model
    except ImportError as error:
        raise UserError("coopclaims compile needs more packages: pip install 'coopclaims[compile]'") from error
    names = ("data", "calibration_split", "calibration_passages", "split", "max_loss", "float_products")
    choices = {name: getattr(options, name) for name in names}
    print(compile_model(CompileConfig(options.model, options.output, **choices)))
    print(options.output)
    return 0


def _compare(options: argparse.Namespace) -> int:
    from coopclaims.evaluation.compare import compare
    from coopclaims.evaluation.sides import read_sides
    from coopclaims.evaluation.verdict import format_comparison

    if options.samples < 100:
        raise UserError(f"--samples {options.samples}: must be at least 100, or p could never be small")
    gold, sides = read_sides(options.data, options.split, options.runs)
    comparison = compare(gold, dict(zip(map(str, options.runs), sides, strict=True)), options.samples)
    print(format_comparison(comparison))
    if options.html:
        from coopclaims.evaluation.compare_page import render_comparison
        from coopclaims.files import atomic_write

        with atomic_write(options.html) as file:
            file.write(render_comparison(comparison))
    return 0


def _errors(options: argparse.Namespace) -> int:
    from coopclaims.evaluation.error_page import format_errors, render_errors
    from coopclaims.evaluation.errors_by_kind import errors
    from coopclaims.evaluation.pairing import pair_passages
    from coopclaims.evaluation.sides import read_sides
    from coopclaims.files import atomic_write

    gold, (predicted,) = read_sides(options.data, options.split, [options.run])
    found = errors(pair_passages(gold, predicted))
    print(format_errors(found))
    if options.html:
        with atomic_write(options.html) as file:
            file.write(render_errors(found, {passage.id: passage for passage in gold}))
    return 0
