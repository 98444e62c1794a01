from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import EvalResult, ModelCard
from tests.tiny_training import PASSAGES, tiny_config

from coopclaims.encoders.config import EncoderConfig
from coopclaims.errors import UserError
from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.schema import LABELS, Passage
from coopclaims.training.config import ModelCardConfig, ModelConfig
from coopclaims.training.model_card import (
    CLAIMS_TEMPLATE,
    INDEXED,
    TAGGER_TEMPLATE,
    corpus_counts,
    model_card,
    read_template,
)
from coopclaims.training.train import train

HASH = "0123456789abcdef" * 4


def metrics(passages: list[Passage], scored: tuple[str, ...] = ("dev", "test")) -> dict[str, Any]:
    """What a training would have measured, had it predicted gold but for one passage."""
    splits = {"train": passages, "dev": passages, "test": passages if "test" in scored else []}
    facts = {
        "seed": 3,
        "data_sha256": dict.fromkeys(splits, HASH),
        "encoder": {"kind": "tiny"},
        "versions": {"torch": "2.0"},
        "mixed_precision": "bf16",
        "corpus": {split: corpus_counts(found) for split, found in splits.items()},
        "training": {"steps": 1234, "best_epoch": 2},
    }
    predicted = [Passage(p.id, p.text, p.lang, p.doc) if n == 0 else p for n, p in enumerate(passages)]
    return {"facts": facts, **{split: evaluate_passages(passages, predicted) for split in scored}}


def test_the_hub_reads_every_figure(tmp_path: Path, passages: list[Passage]) -> None:
    measured = metrics(passages)
    card = ModelCard(model_card(tiny_config(tmp_path, "my run"), measured, LABELS))
    assert card.data.language == ["vi", "de", "en"]
    assert (card.data.license, card.data.pipeline_tag) == ("apache-2.0", "token-classification")
    assert card.data.model_name == "my run"
    results = card.data.eval_results
    assert all(isinstance(result, EvalResult) for result in results)
    found = {(result.dataset_split, result.metric_name): result for result in results}
    assert len(found) == len(results) == 2 * len(INDEXED)
    for figure in INDEXED:
        wanted = measured["dev"]["overall"][figure]
        result = found["dev", f"{figure.replace('_', ' ')} F1"]
        assert result.metric_value == pytest.approx(wanted["f1"], abs=1e-4)
        assert result.metric_args["interval_95"] == pytest.approx(wanted["interval"], abs=1e-4)
        assert result.dataset_revision == HASH


def test_front_matter_is_yaml_whatever_the_run_is_called(tmp_path: Path, passages: list[Passage]) -> None:
    name = "a: [b] | 'c' # d \n---\n$steps"
    text = model_card(tiny_config(tmp_path, name), metrics(passages), LABELS)
    front = yaml.safe_load(text.split("---\n")[1]) if text.count("---\n") == 2 else ModelCard(text).data.to_dict()
    assert front["library_name"] == "coopclaims"
    assert "# Cooperation claims: a: [b] \\| 'c' # d --- $steps\n" in text


def test_prose_has_counts_hash_scores_and_settings(tmp_path: Path, passages: list[Passage]) -> None:
    measured = metrics(passages)
    config = tiny_config(tmp_path, encoder=EncoderConfig(kind="tiny", name=str(tmp_path / "secret" / "encoder")))
    text = model_card(config, measured, LABELS)
    argument = measured["test"]["overall"]["argument"]
    low, high = (100 * bound for bound in argument["interval"])
    assert f"| {100 * argument['f1']:.1f} ({low:.1f}–{high:.1f}) |" in text
    claims = sum(len(passage.claims) for passage in passages)
    assert f"| train | passages.jsonl | {len(passages)} |" in text
    assert f"| {claims} |" in text
    assert HASH[:16] in text
    assert "head_learning_rate: 0.001" in text
    assert "1,234 optimiser steps" in text
    # Folders of the machine are nobody's business.
    assert str(tmp_path) not in text
    assert str(Path(PASSAGES).parent) not in text
    assert "$" not in text


def test_without_scores_there_is_no_index(tmp_path: Path, passages: list[Passage]) -> None:
    card = ModelCard(model_card(tiny_config(tmp_path), metrics(passages, ()), LABELS))
    assert card.data.eval_results is None
    assert "No annotated passages were given" in card.text


def test_a_tagger_promises_no_claims(tmp_path: Path, passages: list[Passage]) -> None:
    config = tiny_config(tmp_path, model=ModelConfig(labels=["PER", "A|B"]))
    card = ModelCard(model_card(config, metrics(passages), ["PER", "A|B"]))
    assert [result.metric_name for result in card.data.eval_results] == ["span F1", "span F1"]
    assert "argument" not in card.text
    assert "PER, A\\|B" in card.text


def test_a_training_writes_the_card_from_a_template_of_the_user(tmp_path: Path) -> None:
    template = tmp_path / "card.md"
    template.write_text("---\n$front_matter\n---\n# Thẻ: ${name}, costs 5 $$\n\n$scores\n", encoding="utf-8")
    card = ModelCardConfig(template=str(template), license="cc-by-4.0")
    folder = train(tiny_config(tmp_path / "out", model_card=card))
    written = ModelCard.load(folder / "model" / "README.md")
    assert written.text.strip().startswith("# Thẻ: run, costs 5 $")
    assert written.data.license == "cc-by-4.0"
    scores = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["dev"]["overall"]
    assert written.data.eval_results[0].metric_value == pytest.approx(scores["span"]["f1"], abs=1e-4)


@pytest.mark.parametrize(
    ("content", "message"),
    [("$nme", r"no such name: \$nme; there are .*\$name"), ("5 $", r"write \$\$"), (None, "cannot be read")],
)
def test_a_template_that_cannot_be_filled_is_refused_before_training(
    content: str | None, message: str, tmp_path: Path
) -> None:
    template = tmp_path / "card.md"
    if content is not None:
        template.write_text(content, encoding="utf-8")
    config = tiny_config(tmp_path / "out", model_card=ModelCardConfig(template=str(template)))
    with pytest.raises(UserError, match=message):
        train(config)
    assert not (tmp_path / "out").exists()


def test_both_templates_use_the_same_names() -> None:
    names = {
        path: set(read_template(ModelCardConfig(template=str(path))).get_identifiers())
        for path in (CLAIMS_TEMPLATE, TAGGER_TEMPLATE)
    }
    assert names[CLAIMS_TEMPLATE] == names[TAGGER_TEMPLATE]
