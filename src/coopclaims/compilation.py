"""``coopclaims compile``: an int8 form of a model for fast extraction, checked against the model itself."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from coopclaims import __version__
from coopclaims.errors import UserError
from coopclaims.evaluation.gold import existing_splits, of_split, read_usable
from coopclaims.evaluation.parity import Parity, parity
from coopclaims.files import atomic_path, file_hash
from coopclaims.inference.compiled.build import compile_graphs, write_manifest
from coopclaims.inference.compiled.folder import FILES, MANIFEST, read_manifest
from coopclaims.inference.compiled.scorer import CompiledScorer
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import load_model_folder
from coopclaims.model.predict import BATCH_PIECES, length_batches, predict_passages
from coopclaims.model.scoring import Scorer
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.provenance import data_hash, weights_hash
from coopclaims.schema import Passage

# Batches whose tag scores are compared one by one.
COMPARED_BATCHES = 10


@dataclass
class CompileConfig:
    """What to compile, and what that may cost."""

    model: Path
    output: Path
    # Annotated passages: those of ``calibration_split`` measure ranges, those of ``split`` are scored (empty: all).
    data: Sequence[Path] = (Path("data"),)
    calibration_split: str = "train"
    split: str = "test"
    calibration_passages: int = 300
    # Greatest loss of F1 (argument F1; span F1 of plain taggers) at which the folder is written.
    max_loss: float = 0.01
    # Products to keep in float (``build.compile_graphs``).
    float_products: Sequence[str] = field(default_factory=tuple)
    seed: int = 0


def compile_model(config: CompileConfig) -> Parity:
    """Compile a model folder; returns how the compiled form compares with the model.

    Raises UserError for models that cannot be compiled, an output that exists or cannot be made, and a loss above
    ``max_loss``; then nothing is left behind.
    """
    if config.output.exists():
        raise UserError(f"{config.output}: exists already; choose another folder with --output")
    if config.calibration_passages < 1:
        raise UserError(f"calibration_passages is {config.calibration_passages}; ranges need at least 1 to measure on")
    passages, _ = read_usable(config.data)
    calibration_split, split = existing_splits(passages, config.calibration_split, config.split)
    config = replace(config, calibration_split=calibration_split, split=split)
    calibration, gold = _chosen(config, passages)
    model, tokenizer = load_model_folder(config.model)
    featuriser = Featuriser(tokenizer, model.config)
    # Before the minutes that compiling takes: it shows whether the output can be written.
    with atomic_path(config.output) as partial:
        partial.mkdir()
        graphs = compile_graphs(model, tokenizer, [passage.text for passage in calibration], config.float_products)
        graphs.write(partial)
        scorers = TorchScorer(model), CompiledScorer(partial, read_manifest(partial), threads=0)
        before, after = (predict_passages(scorer, featuriser, gold, progress="scoring") for scorer in scorers)
        found = parity(gold, before, after)
        if found.loss > config.max_loss:
            raise UserError(_refusal(found, config.max_loss))
        facts = _facts(config, partial, found, largest_difference(scorers, featuriser, gold))
        write_manifest(partial, graphs.manifest, facts)
        (partial / "README.md").write_text(_card(config, found, facts), encoding="utf-8")
    return found


def largest_difference(scorers: Sequence[Scorer], featuriser: Featuriser, passages: Sequence[Passage]) -> float:
    """Largest difference of a tag score between two scorers, over some batches of ``passages``."""
    units = featuriser.units([passage.text for passage in passages])
    largest = 0.0
    for indices in islice(length_batches(units, BATCH_PIECES), COMPARED_BATCHES):
        batch = featuriser.batch([units[index] for index in indices])
        first, second = (scorer.score_words(batch).emissions for scorer in scorers)
        largest = max(largest, float(np.abs(first - second)[batch.word_mask.astype(bool)].max()))
    return largest


def _chosen(config: CompileConfig, passages: Sequence[Passage]) -> tuple[list[Passage], list[Passage]]:
    """What ranges are measured on, and what both forms are scored on."""
    names = ", ".join(map(str, config.data))
    if not passages:
        raise UserError(f"no annotated passage in {names}")
    calibration, gold = of_split(passages, config.calibration_split), of_split(passages, config.split)
    for split, chosen in ((config.calibration_split, calibration), (config.split, gold)):
        if not chosen:
            raise UserError(f"no passage of split {split!r} in {names}; name others with --calibration-split, --split")
    size = min(config.calibration_passages, len(calibration))
    return random.Random(config.seed).sample(calibration, size), gold


def _refusal(found: Parity, max_loss: float) -> str:
    return (
        f"the compiled model loses {100 * found.loss:.2f} points of F1, more than the {100 * max_loss:.2f} allowed; "
        "keep products in float (--float output), or allow more with --max-loss; nothing was written"
    )


def _facts(config: CompileConfig, folder: Path, found: Parity, difference: float) -> dict[str, Any]:
    libraries = ("onnx", "onnxruntime", "torch", "transformers")
    return {
        "model": str(config.model),
        "weights_sha256": weights_hash(str(config.model)),
        "files_sha256": {name: file_hash(folder / name) for name in FILES if name != MANIFEST},
        "data_sha256": data_hash(map(str, config.data)),
        "split": config.split,
        "calibration_passages": config.calibration_passages,
        "float_products": list(config.float_products),
        "largest_tag_score_difference": round(difference, 4),
        "parity": found.to_json(),
        "versions": {"coopclaims": __version__} | {name: version(name) for name in libraries},
    }


def _card(config: CompileConfig, found: Parity, facts: dict[str, Any]) -> str:
    """What was made and how it scores, then the card of the model it was made from, whose front matter stays on top."""
    table = "\n".join(f"    {line}" for line in str(found).splitlines())
    path = config.model / "README.md"
    front_matter, source = _split_card(path.read_text(encoding="utf-8") if path.is_file() else "")
    return f"""{front_matter}# Cooperation claims: compiled model

int8 ONNX graphs of a coopclaims model, for `coopclaims extract --model`. Made by `coopclaims compile` from weights
with the SHA-256 {facts["weights_sha256"]}.

Ranges of the int8 products were measured on {config.calibration_passages} passages{_in_card(config.calibration_split)}.
On the {found.deciding.passages} passages{_in_card(config.split)}, against the model in float32 (F1, model -> compiled):

{table}

Largest difference of a tag score: {facts["largest_tag_score_difference"]}.
{source}"""


def _in_card(split: str) -> str:
    return f" of the split `{split}`" if split else ""


def _split_card(card: str) -> tuple[str, str]:
    """Front matter of a card, and its prose under a heading of its own."""
    rule = "---\n"
    front_matter, prose = "", card
    if card.startswith(rule) and (end := card.find("\n" + rule, len(rule))) > 0:
        front_matter, prose = card[: end + len(rule) + 1] + "\n", card[end + len(rule) + 1 :]
    lowered = re.sub(r"^(#+ )", r"#\1", prose.strip(), flags=re.MULTILINE)
    return front_matter, f"\nThe card of the model that it was made from:\n\n{lowered}\n" if lowered else ""
