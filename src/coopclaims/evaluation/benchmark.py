"""`coopclaims benchmark quality`: baselines trained on the same splits, scored on the same passages as our models."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from coopclaims.corpus.jsonl import read_corpus, write_passages
from coopclaims.encoders.config import EncoderConfig
from coopclaims.errors import UserError
from coopclaims.evaluation.baselines.crf_tagger import CrfTagger
from coopclaims.evaluation.baselines.nearest_trigger import NearestTrigger
from coopclaims.evaluation.baselines.spacy_tagger import SpacyTagger
from coopclaims.evaluation.baselines.tagging import SpanTagger, tagged_text, word_strings
from coopclaims.evaluation.baselines.token_classifier import TokenClassifier
from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.evaluation.gold import read_usable
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.files import atomic_write
from coopclaims.model.alignment import find_words
from coopclaims.provenance import data_hash, weights_hash
from coopclaims.schema import Passage

log = logging.getLogger(__name__)

COLUMNS = ("span", "trigger", "argument", "soft_claim")


@dataclass
class BenchmarkConfig:
    """Which systems, on which passages, and where to write."""

    # Corpus with the splits train, dev and test; baselines are trained on train.
    data: list[str] = field(default_factory=lambda: ["data"])
    # Further annotated files that all systems are scored on.
    also: list[str] = field(default_factory=list)
    # Baselines: crf, spacy, token_classifier. The last two may choose their best state on dev.
    systems: list[str] = field(default_factory=lambda: ["crf", "spacy", "token_classifier"])
    # Model folders of ours to score beside them.
    models: list[str] = field(default_factory=list)
    output: str = "outputs/benchmark"
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    # Epochs of the token classifier, and spaCy's most steps.
    epochs: float = 6
    spacy_steps: int = 20_000
    # Train on N passages only, the first by a hash of their ids (None: all).
    limit: int | None = None
    seed: int = 0
    bootstrap_samples: int = 1000


def benchmark(config: BenchmarkConfig) -> dict[str, Any]:
    """Train and score every system; writes predictions, benchmark.json and benchmark.md, and prints the latter.

    A system whose predictions are there already, from a run on the same data, is only scored again.
    """
    _check(config)
    folder = Path(config.output)
    train, dev, sets = _read(config)
    _claim_folder(folder, config)
    results: dict[str, Any] = {}
    for name in config.systems:
        results[name] = _baseline(config, folder / name, name, train, dev, sets)
    for model in config.models:
        place = folder / "models" / f"{_model_name(model)}-{_model_hash(model)}"
        results[model] = _scored(config, place, sets, partial(_our_predictions, model, sets))
    with atomic_write(folder / "benchmark.json") as file:
        json.dump({"settings": asdict(config), "results": results}, file, ensure_ascii=False, indent=2)
    table = format_benchmark(results)
    with atomic_write(folder / "benchmark.md") as file:
        file.write(table + "\n")
    print(table)
    return results


def format_benchmark(results: dict[str, Any]) -> str:
    """A Markdown table for each scored set: F1 with its interval, and argument F1 by language."""
    lines: list[str] = []
    sets = dict.fromkeys(name for system in results.values() for name in system["scores"])
    for name in sets:
        passages = {system["scores"][name]["passages"] for system in results.values()}
        lines += [f"On {name} ({', '.join(map(str, sorted(passages)))} passages):", ""]
        lines += [f"| system | {' | '.join(COLUMNS)} | argument by language |", "|---" * (len(COLUMNS) + 2) + "|"]
        for system, found in results.items():
            scores = found["scores"][name]
            cells = [_cell(scores["overall"][column]) for column in COLUMNS]
            languages = ", ".join(
                f"{language} {figures['argument']['f1']:.2f}" for language, figures in scores["by_language"].items()
            )
            lines.append(f"| {system} | {' | '.join(cells)} | {languages} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def _baseline(
    config: BenchmarkConfig,
    folder: Path,
    name: str,
    train: Sequence[Passage],
    dev: Sequence[Passage],
    sets: dict[str, list[Passage]],
) -> dict[str, Any]:
    def predict() -> dict[str, list[Passage]]:
        tagger = _taggers(config)[name]()
        log.info("%s: training on %d passages", name, len(train))
        tagger.fit([tagged_text(passage) for passage in train], [tagged_text(passage) for passage in dev], folder)
        rule = NearestTrigger(train)
        return {key: _tagged(tagger, rule, passages) for key, passages in sets.items()}

    return _scored(config, folder, sets, predict)


def _taggers(config: BenchmarkConfig) -> dict[str, Callable[[], SpanTagger]]:
    return {
        "crf": CrfTagger,
        "spacy": lambda: SpacyTagger(config.spacy_steps, config.seed),
        "token_classifier": lambda: TokenClassifier(config.encoder, config.epochs, seed=config.seed),
    }


def _tagged(tagger: SpanTagger, rule: NearestTrigger, passages: Sequence[Passage]) -> list[Passage]:
    words = [word_strings(find_words(passage.text)) for passage in passages]
    return [rule.passage(passage, tags) for passage, tags in zip(passages, tagger.tag(words), strict=True)]


def _our_predictions(model: str, sets: dict[str, list[Passage]]) -> dict[str, list[Passage]]:
    from coopclaims.inference.load import load_scorer
    from coopclaims.model.predict import predict_passages

    scorer, featuriser = load_scorer(model)
    return {key: predict_passages(scorer, featuriser, passages, progress=key) for key, passages in sets.items()}


def _scored(
    config: BenchmarkConfig,
    folder: Path,
    sets: dict[str, list[Passage]],
    predict: Callable[[], dict[str, list[Passage]]],
) -> dict[str, Any]:
    """Scores of a system by set, and the seconds that it took; its predictions stay for ``coopclaims compare``."""
    files = {key: folder / "predictions" / f"{key}.jsonl" for key in sets}
    facts = folder / "seconds.json"
    if not (facts.is_file() and all(file.is_file() for file in files.values())):
        folder.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        for key, predicted in predict().items():
            write_passages(files[key], predicted)
        with atomic_write(facts) as file:
            json.dump(round(time.perf_counter() - started, 1), file)
    scores = {
        key: evaluate_passages(passages, read_corpus([files[key]]), config.bootstrap_samples, config.seed)
        for key, passages in sets.items()
    }
    return {"seconds": json.loads(facts.read_text(encoding="utf-8")), "scores": scores}


def _check(config: BenchmarkConfig) -> None:
    for name in config.systems:
        if name not in _taggers(config):
            raise UserError(f"systems: {name!r} is none of {', '.join(_taggers(config))}")
    if not config.systems and not config.models:
        raise UserError("nothing to score: name systems=[…] or models=[…]")
    stems = ["test", *(Path(path).stem for path in config.also)]
    if len(set(stems)) < len(stems):
        raise UserError("also: the names of the files must differ, and none may be 'test'")
    for key in ("epochs", "spacy_steps", "limit", "bootstrap_samples"):
        value = getattr(config, key)
        if value is not None and value <= 0:
            raise UserError(f"{key}={value}: must be above 0")
    if config.seed < 0:
        raise UserError(f"seed={config.seed}: must not be below 0")
    for model in config.models:
        _model_hash(model)


def _claim_folder(folder: Path, config: BenchmarkConfig) -> None:
    """Write down what the folder's predictions belong to; raises UserError for a folder of other data or settings."""
    settings = {
        **{key: getattr(config, key) for key in ("data", "also", "epochs", "spacy_steps", "limit", "seed")},
        "encoder": asdict(config.encoder),
        "sha256": data_hash([*config.data, *config.also]),
    }
    file = folder / "settings.json"
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: is a file; choose a folder with output=DIR")
    if file.is_file():
        if json.loads(file.read_text(encoding="utf-8")) != json.loads(json.dumps(settings)):
            raise UserError(f"{folder}: holds a benchmark of other data or settings; choose another output=DIR")
    elif folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder}: is not empty; choose another with output=DIR")
    with atomic_write(file) as stream:
        json.dump(settings, stream, ensure_ascii=False, indent=2)


def _read(config: BenchmarkConfig) -> tuple[list[Passage], list[Passage], dict[str, list[Passage]]]:
    """Passages to train on, to choose by, and to score on by name; raises UserError for what cannot be used."""
    corpus, _ = read_usable(config.data)
    train, dev, test = ([p for p in corpus if p.extra.get("split") == split] for split in ("train", "dev", "test"))
    train = sorted(train, key=lambda passage: hashlib.sha256(passage.id.encode()).hexdigest())[: config.limit]
    if not train or not test:
        raise UserError(f"{', '.join(config.data)}: the benchmark needs passages of the splits train and test")
    sets = {"test": test} | {Path(path).stem: read_usable([path])[0] for path in config.also}
    for name, passages in sets.items():
        if not passages:
            raise UserError(f"also: no passages in {name}")
        pair_passages(passages, passages)
    return train, dev, sets


def _model_name(model: str) -> str:
    """The name of a model: of its run (outputs/NAME/model), or of its folder."""
    path = Path(model).resolve()
    return path.parent.name if path.name == "model" else path.name


def _model_hash(model: str) -> str:
    """A short hash of a model's weights, so that a model trained anew under the same name is scored anew."""
    weights = weights_hash(model)
    if weights is None:
        raise UserError(f"{model}: no model folder; train one with 'coopclaims train'")
    return weights[:12]


def _cell(figure: dict[str, Any]) -> str:
    low, high = figure["interval"]
    return f"{figure['f1']:.2f} ({low:.2f}–{high:.2f})"
