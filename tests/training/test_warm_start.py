from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tests.tiny_training import tiny_config

from coopclaims.errors import UserError
from coopclaims.model.config import ClaimConfig
from coopclaims.model.folder import load_model_folder
from coopclaims.model.network import ClaimModel
from coopclaims.training.config import (
    ModelConfig,
    OptimiserConfig,
    TrainConfig,
    TrainerConfig,
)
from coopclaims.training.train import train
from coopclaims.training.warm_start import copy_heads


def config(output: Path, name: str, **changes: object) -> TrainConfig:
    defaults: dict[str, object] = {
        "model": ModelConfig(span_size=32),
        "optimiser": OptimiserConfig(freeze_layers=0, learning_rate=1e-12, head_learning_rate=1e-12),
        "trainer": TrainerConfig(epochs=1, max_steps=1, batch_pieces=80, mixed_precision="no"),
    }
    return tiny_config(output, name, **defaults | changes)


def other_labels(model: ClaimModel, labels: list[str]) -> ClaimModel:
    fields = model.config.to_dict()
    tags = ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]
    fields |= {"id2label": dict(enumerate(tags)), "label2id": {tag: index for index, tag in enumerate(tags)}}
    torch.manual_seed(7)
    return ClaimModel(ClaimConfig.from_dict(fields), model.encoder)


def test_a_training_goes_on_from_an_earlier_model(tmp_path: Path) -> None:
    first = train(config(tmp_path, "first"))
    second = train(config(tmp_path, "second", start_from=str(first / "model"), seed=5))
    fresh = train(config(tmp_path, "fresh", seed=5))
    predicted = [(folder / "predictions" / "dev.jsonl").read_bytes() for folder in (first, second, fresh)]
    # Hardly a step was taken, so the second model is the first one; another seed alone is not.
    assert predicted[0] == predicted[1] != predicted[2]


def test_another_order_keeps_the_fresh_heads(tmp_path: Path) -> None:
    first, second, other = (
        load_model_folder(train(config(tmp_path, name, **seeds)) / "model")[0]
        for name, seeds in (("a", {}), ("b", {"order_seed": 1}), ("c", {"seed": 1}))
    )
    assert torch.allclose(first.tag_head.weight, second.tag_head.weight, atol=1e-6)
    assert not torch.allclose(first.tag_head.weight, other.tag_head.weight, atol=1e-3)


def test_heads_are_matched_by_name(model: ClaimModel) -> None:
    torch.nn.init.normal_(model.transitions)
    changed = other_labels(model, ["PLACE", "TRIGGER", "GENE"])
    random_row = changed.tag_head.weight[changed.config.tags.index("B-GENE")].clone()
    copy_heads(changed, model)
    for tag in ("O", "B-PLACE", "I-TRIGGER"):
        new, old = changed.config.tags.index(tag), model.config.tags.index(tag)
        assert torch.equal(changed.tag_head.weight[new], model.tag_head.weight[old])
        assert changed.transitions[new, 0] == model.transitions[old, 0]
    assert torch.equal(changed.tag_head.weight[changed.config.tags.index("B-GENE")], random_row)
    assert torch.equal(changed.label_embedding.weight[0], model.label_embedding.weight[7])
    assert torch.equal(changed.span_projection.weight, model.span_projection.weight)


def test_heads_without_a_common_label_stay_fresh(model: ClaimModel) -> None:
    changed = other_labels(model, ["GENE"])
    row = changed.label_embedding.weight.clone()
    copy_heads(changed, model)
    assert torch.equal(changed.label_embedding.weight, row)
    assert torch.equal(changed.tag_head.weight[0], model.tag_head.weight[0])


def test_heads_of_another_size_are_refused(tmp_path: Path) -> None:
    first = train(config(tmp_path, "first"))
    with pytest.raises(UserError, match="span_size=64: the earlier model has 32"):
        train(config(tmp_path, "second", start_from=str(first / "model"), model=ModelConfig(span_size=64)))
    with pytest.raises(UserError, match="no such model folder"):
        train(config(tmp_path, "third", start_from=str(tmp_path / "nothing")))
