from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForTokenClassification, pipeline

from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError
from coopclaims.model.collation import span_batch, target_batch
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import load_model_folder, save_model_folder, to_named_device
from coopclaims.model.losses import WEIGHTS, LossModule, continuation_tags, loss_counts, weighted_total
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import predict
from coopclaims.model.settings import TAGS
from coopclaims.model.soft_losses import COUNTED_AS
from coopclaims.model.tensors import TensorBatch, TensorSpans, TensorTargets, to_tensors
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage


def inputs(featuriser: Featuriser, passages: list[Passage]) -> tuple[TensorBatch, TensorSpans, TensorTargets]:
    examples = featuriser.examples(passages)
    targets = [example.targets for example in examples]
    return (
        to_tensors(featuriser.batch([example.unit for example in examples])),
        to_tensors(span_batch([target.spans for target in targets])),
        to_tensors(target_batch(targets)),
    )


def test_loss_is_a_sum_over_passages(model: ClaimModel, featuriser: Featuriser, passages: list[Passage]) -> None:
    losses = LossModule(model)
    together = losses(*inputs(featuriser, passages))
    alone = [losses(*inputs(featuriser, [passage])) for passage in passages]
    assert together.keys() == WEIGHTS.keys() - COUNTED_AS.keys()
    for name in together:
        torch.testing.assert_close(together[name], torch.stack([loss[name] for loss in alone]).sum())


def test_counts_match_the_annotation(featuriser: Featuriser, passages: list[Passage]) -> None:
    batch, _, targets = inputs(featuriser, passages)
    counts = loss_counts(batch, targets)
    claims = [claim for passage in passages for claim in passage.claims]
    assert counts["types"] == counts["statuses"] == len(claims)
    assert targets.links.sum() == sum(len(claim.args) for claim in claims)
    tags = continuation_tags(batch, targets)
    assert len(tags) == counts["continuations"]
    assert not any(TAGS[tag].startswith("B-") for tag in tags)


def test_frozen_parts_get_no_gradient_and_no_dropout(
    model: ClaimModel, featuriser: Featuriser, passages: list[Passage]
) -> None:
    model.freeze(embeddings=True, layers=1)
    model.train()
    batch, spans, targets = inputs(featuriser, passages)
    seen = []
    model.encoder_layers()[0].register_forward_hook(lambda *arguments: seen.append(arguments[2]))
    weighted_total(LossModule(model)(batch, spans, targets), loss_counts(batch, targets)).backward()
    output = seen[0][0] if isinstance(seen[0], tuple) else seen[0]
    assert not output.requires_grad
    frozen = [*model.encoder.embeddings.parameters(), *model.encoder_layers()[0].parameters()]
    assert all(parameter.grad is None for parameter in frozen)
    assert all(parameter.grad is not None for parameter in model.encoder_layers()[1].parameters())
    assert not any(module.training for module in model.encoder_layers()[0].modules())
    assert model.encoder_layers()[1].training


def test_saved_and_loaded_models_agree(
    tmp_path: Path, model: ClaimModel, featuriser: Featuriser, tiny_encoder: Encoder
) -> None:
    texts = ["Vietnam und Dänemark unterzeichneten ein Abkommen.", "Hai bên ký kết 2030."]
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer, {"README.md": "card"})
    names = {path.suffix for path in (tmp_path / "model").iterdir()}
    assert names <= {".json", ".safetensors", ".md", ".txt"}
    loaded, tokenizer = load_model_folder(tmp_path / "model")
    assert predict(TorchScorer(loaded), Featuriser(tokenizer, loaded.config), texts) == predict(
        TorchScorer(model), featuriser, texts
    )
    for name in ("tags", "claim_types", "window_pieces", "window_overlap", "link_threshold", "fallback_threshold"):
        assert getattr(loaded.config, name) == getattr(model.config, name)


def test_serves_the_hugging_face_pipeline(tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder) -> None:
    text = "Vietnam und Dänemark unterzeichneten ein Abkommen."
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    assert type(AutoModelForTokenClassification.from_pretrained(tmp_path / "model")) is ClaimModel
    found = pipeline("token-classification", str(tmp_path / "model"), aggregation_strategy="simple")(text)
    assert found
    for entity in found:
        assert 0 <= entity["start"] < entity["end"] <= len(text)


@pytest.mark.parametrize("order", ["import coopclaims, transformers", "import transformers, coopclaims"])
def test_importing_coopclaims_registers_the_model_and_stays_quick(order: str) -> None:
    code = f"""
import sys, coopclaims
assert "torch" not in sys.modules and "transformers" not in sys.modules
{order}
from transformers import AutoConfig
assert AutoConfig.for_model("coopclaims", encoder={{"model_type": "bert"}}).tags[0] == "O"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
def test_incomplete_folders_are_named(tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder, missing: str) -> None:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    (tmp_path / "model" / missing).unlink()
    with pytest.raises(UserError, match=missing):
        load_model_folder(tmp_path / "model")


def test_foreign_and_damaged_folders_are_refused(tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder) -> None:
    folder = tmp_path / "model"
    with pytest.raises(UserError, match="no such model folder"):
        load_model_folder(folder)
    save_model_folder(folder, model, tiny_encoder.tokenizer)
    config = (folder / "config.json").read_text()
    (folder / "config.json").write_text(config.replace('"coopclaims"', '"bert"'))
    with pytest.raises(UserError, match="type 'bert'"):
        load_model_folder(folder)
    (folder / "config.json").write_text(config.replace('"dialogue"', '"chat"'))
    with pytest.raises(UserError, match="claim_types"):
        load_model_folder(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(UserError, match=r"config\.json"):
        load_model_folder(folder)
    (folder / "config.json").write_text(config)
    (folder / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(UserError, match="cannot be loaded"):
        load_model_folder(folder)


def test_a_failed_save_keeps_the_folder_before_it(
    tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer, {"README.md": "first"})

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(tiny_encoder.tokenizer), "save_pretrained", full_disk)
    with pytest.raises(OSError, match="No space"):
        save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer, {"README.md": "second"})
    assert (tmp_path / "model" / "README.md").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_replaced_folder_comes_back_when_the_new_one_cannot_take_its_name(
    tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer, {"README.md": "first"})
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if target == tmp_path / "model" and path.name != "folder":
            raise SystemExit
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(SystemExit):
        save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer, {"README.md": "second"})
    assert (tmp_path / "model" / "README.md").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_folder_cannot_bring_code(
    tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    save_model_folder(folder, model, tiny_encoder.tokenizer)
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nclass Evil: pass\n")
    for name, key in (("tokenizer_config.json", "AutoTokenizer"), ("config.json", "AutoModel")):
        content = json.loads((folder / name).read_text())
        content["auto_map"] = {key: ["evil.Evil", "evil.Evil"] if key == "AutoTokenizer" else "evil.Evil"}
        (folder / name).write_text(json.dumps(content))
    # Whoever is asked whether to trust the code says yes.
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    load_model_folder(folder)
    assert not (tmp_path / "ran").exists()


def test_an_unknown_device_is_one_line(model: ClaimModel) -> None:
    for device in ("nonsense", "cuda:99"):
        with pytest.raises(UserError, match=f"device '{device}' cannot be used here") as error:
            to_named_device(model, device)
        assert "\n" not in str(error.value)
