"""The command ``coopclaims``: parse, call one function, exit with the right code."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from tqdm import tqdm

from coopclaims import __version__
from coopclaims.cli_data import add_data_commands
from coopclaims.cli_extract import add_extract_command
from coopclaims.cli_models import add_model_commands, sweep_report
from coopclaims.cli_records import add_record_commands
from coopclaims.cli_serve import add_serve_command
from coopclaims.errors import Terminated, UserError

_DESCRIPTION = "Extract cooperation claims from Vietnamese, German and English text, and train the model that does."
_EPILOG = """examples:
  coopclaims train experiment=demo                                   train a model in a few minutes
  coopclaims evaluate model=outputs/demo/model data=[data] split=test   score it
  coopclaims extract article.txt --model outputs/demo/model          print its claims as a table
  coopclaims extract news/ --model outputs/demo/model --format jsonl --output claims.jsonl
  coopclaims data check data                                         check annotated passages

exit codes: 0 done, 1 a failure of ours, 2 bad use, configuration or input, 130 Ctrl-C, 143 terminated"""

# What a file system forbids, of whatever file a command meets first.
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    _log_to_stderr()
    try:
        return _run(arguments)
    except UserError as error:
        return _fail(str(error), 2)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except Terminated:
        return _fail("terminated", 143)
    except BrokenPipeError:
        # The reader of our output has gone; keep Python from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:
        if _disk_is_full(error):
            return _fail("no space left on the device; nothing was left half-written", 1)
        if isinstance(error, OSError) and error.errno in _FORBIDDEN and isinstance(error.filename, str):
            return _fail(f"{error.filename}: {error.strerror}; choose another path", 2)
        traceback.print_exc()
        return _fail("this is a failure of coopclaims, please report it with the lines above", 1)


class _Parser(argparse.ArgumentParser):
    """Refuses what it does not know itself, so that the usage shown is that of the command."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Known arguments only: argparse would leave unknown ones of a command to the parser of all commands."""
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return options, unknown


def build_parser() -> argparse.ArgumentParser:
    """The argument parser of all commands."""
    parser: argparse.ArgumentParser = _Parser(
        "coopclaims",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"coopclaims {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in (
        ("train", "fine-tune a model: coopclaims train [group=option] [key=value]; see 'coopclaims train --help'"),
        (
            "sweep",
            "search for training settings: coopclaims sweep study=NAME; 'coopclaims sweep report STUDY' shows it",
        ),
        ("benchmark", "train and score baselines; see 'coopclaims benchmark quality --help'"),
        ("evaluate", "score a model folder or predicted records; see 'coopclaims evaluate --help'"),
    ):
        # These belong to Hydra: _run hands them over before argparse sees their arguments.
        commands.add_parser(name, help=text, add_help=False)
    add_extract_command(commands)
    add_model_commands(commands)
    add_record_commands(commands)
    add_serve_command(commands)
    add_data_commands(commands)
    return parser


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["train"]:
        return _train(arguments[1:])
    if arguments[:2] == ["sweep", "report"]:
        return sweep_report(arguments[2:])
    if arguments[:1] == ["sweep"]:
        return _sweep(arguments[1:])
    if arguments[:1] == ["evaluate"]:
        return _evaluate(arguments[1:])
    if arguments[:1] == ["benchmark"]:
        return _benchmark(arguments[1:])
    options = build_parser().parse_args(arguments)
    handler: Callable[[argparse.Namespace], int] = options.handler
    return handler(options)


def _train(arguments: Sequence[str]) -> int:
    from coopclaims.hydra_app import run_with_hydra
    from coopclaims.training.config import TrainConfig

    def task(config: TrainConfig) -> None:
        # Imported after the configuration is known to be good: torch takes seconds.
        from coopclaims.training.train import train

        folder = train(config)
        if _is_first_process() and not config.dry_run:
            print(folder)

    run_with_hydra("train", arguments, TrainConfig, task)
    return 0


def _sweep(arguments: Sequence[str]) -> int:
    from coopclaims.hydra_app import run_with_hydra
    from coopclaims.training.sweep_config import SweepConfig

    configs: list[SweepConfig] = []
    run_with_hydra("sweep", arguments, SweepConfig, configs.append)
    # Outside of Hydra's run: each trial composes a configuration of its own.
    for config in configs:
        from coopclaims.training.sweep import sweep

        print(sweep(config, arguments) / "trials.csv")
    return 0


def _benchmark(arguments: Sequence[str]) -> int:
    from coopclaims.evaluation.benchmark import BenchmarkConfig, benchmark
    from coopclaims.hydra_app import run_with_hydra

    if not arguments or arguments[0] in ("-h", "--help"):
        print("usage: coopclaims benchmark quality [key=value ...]; see 'coopclaims benchmark quality --help'")
        return 0 if arguments else 2
    if arguments[0] != "quality":
        raise UserError("what to benchmark? coopclaims benchmark quality")
    run_with_hydra("benchmark", arguments[1:], BenchmarkConfig, benchmark)
    return 0


def _evaluate(arguments: Sequence[str]) -> int:
    from coopclaims.evaluation.run import EvaluateConfig, evaluate
    from coopclaims.hydra_app import run_with_hydra

    run_with_hydra("evaluate", arguments, EvaluateConfig, evaluate)
    return 0


class _ProgressHandler(logging.Handler):
    """Writes log lines to standard error without breaking a progress bar."""

    def emit(self, record: logging.LogRecord) -> None:
        tqdm.write(self.format(record), file=sys.stderr)


def _is_first_process() -> bool:
    """Whether this is the first of the processes that a launcher has started, or the only one."""
    return os.environ.get("RANK", "0") == "0"


def _log_to_stderr() -> None:
    logger = logging.getLogger("coopclaims")
    # Of several training processes, only the first one talks.
    logger.setLevel(logging.INFO if _is_first_process() else logging.ERROR)
    if not any(isinstance(handler, _ProgressHandler) for handler in logger.handlers):
        logger.addHandler(_ProgressHandler())


def _terminate(*_: object) -> None:
    raise Terminated


def _fail(message: str, code: int) -> int:
    print(f"coopclaims: {message}", file=sys.stderr)
    return code


def _disk_is_full(error: Exception) -> bool:
    return (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "No space left" in str(error)


if __name__ == "__main__":
    sys.exit(main())
