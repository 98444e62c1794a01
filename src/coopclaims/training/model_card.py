"""The model card that a training writes into its model folder: front matter for the Hugging Face hub, then prose.

The prose is a template beside this module (``string.Template``: ``$name`` is filled in, ``$$`` is a dollar sign), or
one of the user's own: ``coopclaims train model_card.template=FILE``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from huggingface_hub import EvalResult, ModelCardData
from omegaconf import OmegaConf

from coopclaims.corpus.counts import count_passages
from coopclaims.errors import UserError
from coopclaims.schema import LANGUAGE_NAMES, LANGUAGES, TRIGGER, Passage
from coopclaims.training.config import ModelCardConfig, TrainConfig

CLAIMS_TEMPLATE = Path(__file__).with_name("model_card_claims.md")
TAGGER_TEMPLATE = Path(__file__).with_name("model_card_tagger.md")

# Figures of the model index and of the table, in this order; the hub shows the former.
INDEXED = ("span", "trigger", "argument", "soft_claim")
TABULATED = ("span", "trigger", "typed_trigger", "argument", "soft_claim", "typed_soft_claim")
# As corpus.counts names the language of passages that have none.
NO_LANGUAGE = "-"
COUNTED = ("passages", "documents", "claims", "spans")
# Settings that say where a run was, not how it trained.
LEFT_OUT = ("name", "output", "corpus", "tracker", "dry_run", "start_from", "model_card")


def model_card(config: TrainConfig, metrics: Mapping[str, Any], labels: Sequence[str]) -> str:
    """Markdown with front matter; every figure comes from ``metrics`` (the content of metrics.json).

    ``labels`` are the model's span labels; without TRIGGER it is a plain span tagger. Raises UserError for a template
    that cannot be filled.
    """
    finds_claims = TRIGGER in labels
    facts = metrics["facts"]
    languages = _languages(metrics)
    return read_template(config.model_card, finds_claims).substitute(
        front_matter=_front_matter(config, metrics, finds_claims).strip(),
        name=_plain(config.name or "model"),
        languages=_listed([LANGUAGE_NAMES.get(language, language) for language in languages]) or "any",
        labels=", ".join(map(_plain, labels)),
        scores=_score_tables(metrics, finds_claims),
        corpus=_corpus_table(config, facts),
        encoder=_plain(_without_folders(str(facts["encoder"].get("name") or facts["encoder"].get("kind")))),
        steps=f"{facts['training']['steps']:,}",
        best_epoch=facts["training"]["best_epoch"],
        seed=facts["seed"],
        precision={"no": "float32"}.get(facts["mixed_precision"], facts["mixed_precision"]),
        versions=", ".join(f"{name} {number}" for name, number in facts["versions"].items()),
        settings=_settings(config),
        licence=config.model_card.license,
    )


def read_template(config: ModelCardConfig, finds_claims: bool = True) -> Template:
    """The template of a card. Raises UserError for one that is not there or names what no card has."""
    path = Path(config.template) if config.template else CLAIMS_TEMPLATE if finds_claims else TAGGER_TEMPLATE
    try:
        template = Template(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"model_card.template={path}: cannot be read; give a Markdown file in UTF-8") from error
    known = set(Template(CLAIMS_TEMPLATE.read_text(encoding="utf-8")).get_identifiers())
    if not template.is_valid():
        raise UserError(f"model_card.template={path}: a $ that begins no name; write $$ for a dollar sign")
    if unknown := sorted(set(template.get_identifiers()) - known):
        names = ", ".join(f"${name}" for name in sorted(known))
        raise UserError(f"model_card.template={path}: no such name: ${unknown[0]}; there are {names}")
    return template


def corpus_counts(passages: Iterable[Passage]) -> dict[str, Any]:
    """Passages, documents, claims and spans, and passages by language, as JSON values."""
    total: Counter[str] = Counter()
    by_language: Counter[str] = Counter()
    for (language, _), counts in count_passages(passages).items():
        total.update({name: counts[name] for name in COUNTED})
        by_language[language] += counts["passages"]
    names = [name for name in (*LANGUAGES, *sorted(by_language.keys() - set(LANGUAGES))) if name in by_language]
    return {**{name: total[name] for name in COUNTED}, "by_language": {name: by_language[name] for name in names}}


def _front_matter(config: TrainConfig, metrics: Mapping[str, Any], finds_claims: bool) -> str:
    results = [
        _eval_result(config, split, metrics, figure)
        for split in _scored(metrics)
        for figure in (INDEXED if finds_claims else INDEXED[:1])
    ]
    tags = ["cooperation-claims", "event-extraction", "factuality"] if finds_claims else ["named-entity-recognition"]
    card = ModelCardData(
        language=_languages(metrics) or None,
        license=config.model_card.license,
        library_name="coopclaims",
        pipeline_tag="token-classification",
        tags=["information-extraction", *tags],
        metrics=["f1"],
        # The index needs a name exactly where it has results.
        model_name=(config.name or "model") if results else None,
        eval_results=results or None,
    )
    return str(card.to_yaml())


def _eval_result(config: TrainConfig, split: str, metrics: Mapping[str, Any], figure: str) -> EvalResult:
    low, high = metrics[split]["overall"][figure]["interval"]
    return EvalResult(
        task_type="token-classification",
        task_name="Cooperation claims" if config.model.labels is None else "Span tagging",
        dataset_type="annotated-passages",
        dataset_name=f"{_file_names(config, split)} ({split})",
        dataset_split=split,
        dataset_revision=metrics["facts"]["data_sha256"][split],
        metric_type="f1",
        metric_name=f"{figure.replace('_', ' ')} F1",
        metric_value=round(metrics[split]["overall"][figure]["f1"], 4),
        metric_args={"interval_95": [round(low, 4), round(high, 4)]},
    )


def _score_tables(metrics: Mapping[str, Any], finds_claims: bool) -> str:
    tables = [f"On the {split} passages:\n\n{_score_table(metrics[split], finds_claims)}" for split in _scored(metrics)]
    return "\n\n".join(tables) or "No annotated passages were given to score on."


def _score_table(scores: Mapping[str, Any], finds_claims: bool) -> str:
    sides = {"overall": scores["overall"], **scores["by_language"]}
    rows = [["passages", str(scores["passages"]), *map(str, scores["passages_by_language"].values())]]
    for figure in TABULATED if finds_claims else TABULATED[:1]:
        rows.append([figure.replace("_", " "), *(_cell(side[figure], "f1") for side in sides.values())])
    if finds_claims:
        alarms = scores["false_alarms"]
        rows.append(["false alarms", *(_cell(side, "rate") for side in (alarms, *alarms["by_language"].values()))])
    return _table(["", *sides], rows)


def _cell(figure: Mapping[str, Any], key: str) -> str:
    if figure[key] is None:
        return "–"
    low, high = figure["interval"]
    return f"{100 * figure[key]:.1f} ({100 * low:.1f}–{100 * high:.1f})"


def _corpus_table(config: TrainConfig, facts: Mapping[str, Any]) -> str:
    rows = [
        [
            split,
            _file_names(config, split),
            *(f"{counts[name]:,}" for name in COUNTED),
            ", ".join(f"{language} {count:,}" for language, count in counts["by_language"].items()),
            f"`{facts['data_sha256'][split][:16]}`",
        ]
        for split, counts in facts["corpus"].items()
        if counts["passages"]
    ]
    return _table(["split", "files", *COUNTED, "passages by language", "SHA-256 of the files"], rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(map(_plain, row))} |" for row in [header, rule, *rows])


def _settings(config: TrainConfig) -> str:
    settings = OmegaConf.to_container(OmegaConf.structured(config))
    assert isinstance(settings, dict)
    kept = {key: _without_folders(value) for key, value in settings.items() if key not in LEFT_OUT}
    return OmegaConf.to_yaml(OmegaConf.create(kept)).strip()


def _without_folders(value: Any) -> Any:
    """A setting with full paths cut to their last name: the others are nobody's business on a public page."""
    if isinstance(value, dict):
        return {key: _without_folders(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_folders(part) for part in value]
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value


def _file_names(config: TrainConfig, split: str) -> str:
    return ", ".join(Path(path).resolve().name for path in getattr(config.corpus, split))


def _languages(metrics: Mapping[str, Any]) -> list[str]:
    return [language for language in metrics["facts"]["corpus"]["train"]["by_language"] if language != NO_LANGUAGE]


def _scored(metrics: Mapping[str, Any]) -> list[str]:
    return [split for split in ("dev", "test") if split in metrics]


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _plain(text: str) -> str:
    """Text that stays within its line and table cell."""
    return " ".join(text.split()).replace("|", r"\|")
