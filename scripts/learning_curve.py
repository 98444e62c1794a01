"""Train on growing parts of the corpus with the same settings, score each model, and plot argument F1.

    python scripts/learning_curve.py --also ../shared/realnews/dev.jsonl

Runs are named outputs/curve-SHARE; one that is complete is not trained again, and an unfinished one goes on where it
stopped, so that the script can be stopped and started with the same settings. What follows the options goes to
`coopclaims train` as it is. Writes learning_curve.json and learning_curve.svg to the folder --output.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.evaluation.run import EvaluateConfig, evaluate
from coopclaims.files import atomic_write
from coopclaims.hydra_app import compose_config
from coopclaims.training.config import TrainConfig
from coopclaims.training.train import train

COLOURS = {"test": "#0072B2", "also": "#D55E00"}


def main() -> None:
    """Train what is missing, score, write the table and the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shares", nargs="+", type=int, default=[10, 25, 50, 100], help="percent of the training set")
    parser.add_argument("--also", help="annotated passages to score on besides the test split")
    parser.add_argument("--output", type=Path, default=Path("data"), help="folder of the results (default: data)")
    options, overrides = parser.parse_known_args()
    corpus = compose_config("train", overrides, TrainConfig).corpus
    total = len(read_corpus(corpus.train, split="train" if corpus.by_split else None))
    # The largest first: it is the one that people wait for.
    shares = sorted(options.shares, reverse=True)
    rows = [_row(share, round(total * share / 100), options.also, overrides) for share in shares][::-1]
    with atomic_write(options.output / "learning_curve.json") as file:
        json.dump(rows, file, indent=1)
        file.write("\n")
    _plot(rows, options.output / "learning_curve.svg")


def _row(share: int, passages: int, also: str | None, overrides: list[str]) -> dict[str, Any]:
    """Scores of the model trained on ``share`` percent."""
    limits = ["output=outputs", f"name=curve-{share}", f"corpus.limit={passages}", "trainer.resume=auto"]
    folder = train(compose_config("train", [*overrides, *limits], TrainConfig))
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    row = {"share": share, "passages": passages, "test": _figures(metrics["test"])}
    row["seconds"] = metrics["facts"]["training"]["seconds"]
    if also:
        row["also"] = _figures(evaluate(EvaluateConfig(model=str(folder / "model"), data=[also])))
    return row


def _figures(metrics: dict[str, Any]) -> dict[str, Any]:
    names = ("span", "trigger", "argument", "soft_claim")
    figures = {name: {key: metrics["overall"][name][key] for key in ("f1", "interval")} for name in names}
    return figures | {language: side["argument"]["f1"] for language, side in metrics["by_language"].items()}


def _plot(rows: list[dict[str, Any]], path: Path) -> None:
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.add_subplot()
    for side, title in (("test", "test split"), ("also", "real passages")):
        known = [row for row in rows if side in row]
        points = [row[side]["argument"] for row in known]
        lows, highs = ([abs(point["f1"] - point["interval"][end]) for point in points] for end in (0, 1))
        counts = [row["passages"] for row in known]
        scores = [point["f1"] for point in points]
        axes.errorbar(counts, scores, yerr=(lows, highs), marker="o", capsize=3, color=COLOURS[side], label=title)
    axes.set(xlabel="training passages", ylabel="argument F1", ylim=(0, 1))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
