"""Every promised encoder architecture trains, freezes, saves and comes back the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from accelerate import Accelerator, FullyShardedDataParallelPlugin
from tests.architectures import ARCHITECTURES, PASSAGES, save_encoder, words

from coopclaims.encoders import vocabulary
from coopclaims.encoders.config import EncoderConfig
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import load_model_folder
from coopclaims.model.layer_drop import drawn_layers
from coopclaims.model.predict import predict_passages
from coopclaims.model.tensors import to_tensors
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage
from coopclaims.training.build import build_model
from coopclaims.training.config import (
    CorpusConfig,
    LoraConfig,
    OptimiserConfig,
    TrackerConfig,
    TrainConfig,
    TrainerConfig,
)
from coopclaims.training.frozen_states import compute_frozen_states
from coopclaims.training.loop import Trainer
from coopclaims.training.lora import add_adapters, merged_model
from coopclaims.training.train import train

# The position embeddings of DeBERTa serve all layers, so what leaves its frozen layers does change.
CACHEABLE = {"bert": True, "xlm-roberta": True, "deberta-v3": False, "modernbert": True}
TRIMMED = {"bert": True, "xlm-roberta": True, "deberta-v3": True, "modernbert": False}


@pytest.fixture(scope="module", params=ARCHITECTURES)
def architecture(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(architecture: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(architecture, tmp_path_factory.mktemp("encoder") / architecture)


@pytest.fixture(autouse=True)
def _few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spell a dozen words when trimming, not a quarter of a million."""
    monkeypatch.setattr(vocabulary, "listed_words", lambda: iter([*words(), "Abkommen", "hợp", "tác"]))
    monkeypatch.setattr(vocabulary, "numbers", lambda: iter(["2026"]))


def config(folder: Path, output: Path, **settings: object) -> TrainConfig:
    trainer = {"epochs": 2, "batch_pieces": 120, "mixed_precision": "no"}
    return TrainConfig(
        name="run",
        output=str(output),
        encoder=EncoderConfig(kind="pretrained", name=str(folder)),
        corpus=CorpusConfig(train=[str(PASSAGES)], dev=[str(PASSAGES)]),
        optimiser=OptimiserConfig(learning_rate=1e-3, freeze_layers=1),
        trainer=TrainerConfig(**{**trainer, **settings}),
        tracker=TrackerConfig(name=None),
    )


def trainer_of(settings: TrainConfig, passages: list[Passage], tmp_path: Path) -> Trainer:
    torch.manual_seed(0)
    model, encoder = build_model(settings)
    add_adapters(model, settings.lora)
    examples = Featuriser(encoder.tokenizer, model.config).examples(passages)
    return Trainer(settings, Accelerator(cpu=True), model, encoder.tokenizer, examples, [], tmp_path)


def test_it_trains_and_comes_back_the_same(folder: Path, passages: list[Passage], tmp_path: Path) -> None:
    run = train(config(folder, tmp_path))
    model, tokenizer = load_model_folder(run / "model")
    again = predict_passages(TorchScorer(model), Featuriser(tokenizer, model.config), passages)
    best, best_tokenizer = load_model_folder(run / "checkpoints" / "best")
    assert again == predict_passages(TorchScorer(best), Featuriser(best_tokenizer, best.config), passages)


def test_trimming_keeps_what_the_texts_need(architecture: str, folder: Path, passages: list[Passage]) -> None:
    whole, encoder = build_model(config_with_trim(folder, False))
    small, trimmed = build_model(config_with_trim(folder, True))
    assert (len(trimmed.tokenizer) < len(encoder.tokenizer)) == TRIMMED[architecture]
    whole.eval()
    small.eval()
    states = []
    for model, tokenizer in ((whole, encoder.tokenizer), (small, trimmed.tokenizer)):
        featuriser = Featuriser(tokenizer, model.config)
        batch = to_tensors(featuriser.batch(featuriser.units([passage.text for passage in passages])))
        with torch.no_grad():
            states.append(model.encoder(batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state)
    torch.testing.assert_close(states[1], states[0])


def config_with_trim(folder: Path, trim: bool) -> TrainConfig:
    return TrainConfig(encoder=EncoderConfig(kind="pretrained", name=str(folder), trim=trim))


def test_cached_frozen_states_change_nothing(
    architecture: str, folder: Path, passages: list[Passage], tmp_path: Path
) -> None:
    trainer = trainer_of(config(folder, tmp_path), passages, tmp_path)
    trainer.model.eval()
    indices = list(range(len(passages)))
    plain = trainer._inputs([indices])[0]
    trainer.feed.cache_frozen_states()
    assert (trainer.feed.frozen_states is not None) == CACHEABLE[architecture]
    cached = trainer._inputs([indices])[0]
    assert (cached.batch.frozen_states is not None) == CACHEABLE[architecture]
    losses = [trainer.losses(micro.batch, micro.spans, micro.targets) for micro in (plain, cached)]
    for name, loss in losses[0].items():
        torch.testing.assert_close(losses[1][name], loss, rtol=1e-5, atol=1e-5)
    layers = trainer.model.encoder_layers()
    assert all("forward" not in layer.__dict__ for layer in layers)


def test_heads_compute_in_float32_under_autocast(
    folder: Path, passages: list[Passage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on half-precision states, as they are cached where all layers are frozen."""
    trainer = trainer_of(config(folder, tmp_path), passages, tmp_path)
    micro = trainer._inputs([list(range(len(passages)))])[0]
    encode_rows, seen = trainer.model._encode_rows, []
    monkeypatch.setattr(trainer.model, "_encode_rows", lambda *rows: encode_rows(*rows).bfloat16())
    trainer.model.type_head.register_forward_hook(lambda _, __, logits: seen.append(logits.dtype))
    with torch.autocast("cpu", torch.bfloat16):
        losses = trainer.losses(micro.batch, micro.spans, micro.targets)
    assert seen == [torch.float32]
    assert all(torch.isfinite(loss) for loss in losses.values())


def test_frozen_parts_do_not_move_and_the_rest_does(folder: Path, passages: list[Passage], tmp_path: Path) -> None:
    trainer = trainer_of(config(folder, tmp_path), passages, tmp_path)
    before = [layer_weights(layer) for layer in trainer.model.encoder_layers()]
    trainer.losses.train()
    for step in trainer.feed.plan(1):
        trainer._step(trainer._inputs(step))
    after = [layer_weights(layer) for layer in trainer.model.encoder_layers()]
    assert [torch.equal(*pair) for pair in zip(before, after, strict=True)] == [True, False, False]


def layer_weights(layer: torch.nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten().clone() for parameter in layer.parameters()])


def test_recomputed_activations_change_nothing(
    architecture: str, folder: Path, passages: list[Passage], tmp_path: Path
) -> None:
    gradients, forwards = [], []
    for recompute in (False, True):
        settings = config(folder, tmp_path, activation_checkpointing=recompute)
        settings.encoder.hidden_dropout = settings.model.head_dropout = 0.0
        trainer = trainer_of(settings, passages, tmp_path)
        trainer.losses.train()
        trainer._update = lambda: None  # type: ignore[method-assign]
        called: list[int] = []
        for number, layer in enumerate(trainer.model.encoder_layers()):
            # Inside the layer: recomputation does not go through the layer's own call.
            next(layer.children()).register_forward_hook(lambda *_, number=number, called=called: called.append(number))
        trainer._step(trainer._inputs([[0, 1, 2]]))
        forwards.append(list(called))
        gradients.append([p.grad.clone() for p in trainer.model.parameters() if p.grad is not None])
        trainer.feed.cache_frozen_states()
        assert (trainer.feed.frozen_states is not None) == CACHEABLE[architecture]
    assert forwards[0] == [0, 1, 2]
    assert sorted(forwards[1]) == [0, 1, 1, 2, 2]
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_layers_are_left_out_with_and_without_recomputed_activations(
    folder: Path, passages: list[Passage], tmp_path: Path
) -> None:
    gradients = []
    for recompute in (False, True):
        settings = config(folder, tmp_path, activation_checkpointing=recompute, layer_drop=0.5)
        settings.encoder.hidden_dropout = settings.model.head_dropout = 0.0
        trainer = trainer_of(settings, passages, tmp_path)
        trainer.losses.train()
        trainer._update = lambda: None  # type: ignore[method-assign]
        trainer.history.steps = next(step for step in range(99) if drawn_layers([1, 2], 0.5, 0, step) == {1})
        trainer._step(trainer._inputs([[0, 1, 2]]))
        gradients.append(
            [[p.grad for p in layer.parameters() if p.grad is not None] for layer in trainer.model.encoder_layers()]
        )
    for layers in gradients:
        assert layers[0] == layers[1] == []
        assert layers[2]
    for one, other in zip(gradients[0][2], gradients[1][2], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_adapters_train_and_merge(folder: Path, passages: list[Passage], tmp_path: Path) -> None:
    pytest.importorskip("peft", reason="the extra lora is not installed")
    settings = config(folder, tmp_path)
    settings.lora = LoraConfig(rank=2, alpha=4)
    settings.optimiser.freeze_layers = 0
    trainer = trainer_of(settings, passages, tmp_path)
    base = [name for name, p in trainer.model.encoder.named_parameters() if p.requires_grad and "lora_" not in name]
    assert base == []
    trainer.losses.train()
    for step in trainer.feed.plan(1):
        trainer._step(trainer._inputs(step))
    trainer.model.eval()
    merged = merged_model(trainer.model).eval()
    assert not any("lora" in name for name in merged.state_dict())
    predicted = [predict_passages(TorchScorer(m), trainer.featuriser, passages) for m in (trainer.model, merged)]
    assert [p.spans for p in predicted[0]] == [p.spans for p in predicted[1]]


def test_fsdp_finds_the_layers_to_share_out(folder: Path, passages: list[Passage], tmp_path: Path) -> None:
    """The one part of FSDP that needs no GPU: accelerate names the layer class by itself."""
    trainer = trainer_of(config(folder, tmp_path), passages, tmp_path)
    plugin = FullyShardedDataParallelPlugin(fsdp_version=2, auto_wrap_policy="transformer_based_wrap")
    plugin.set_auto_wrap_policy(trainer.losses)
    wrapped = plugin.auto_wrap_policy.keywords["transformer_layer_cls"]
    assert wrapped == {type(trainer.model.encoder_layers()[0])}


def test_compiled_layers_give_the_same_losses(folder: Path, passages: list[Passage], tmp_path: Path) -> None:
    trainer = trainer_of(config(folder, tmp_path), passages, tmp_path)
    trainer.model.eval()
    trainer.feed.cache_frozen_states()
    micro = trainer._inputs([[0, 1, 2]])[0]
    plain = trainer.losses(micro.batch, micro.spans, micro.targets)
    for layer in trainer.model.encoder_layers():
        layer.compile(dynamic=True, backend="eager")
    compiled = trainer.losses(micro.batch, micro.spans, micro.targets)
    for name, loss in plain.items():
        torch.testing.assert_close(compiled[name], loss)


def test_nothing_frozen_nothing_cached(folder: Path, passages: list[Passage], tmp_path: Path) -> None:
    settings = config(folder, tmp_path)
    settings.optimiser = OptimiserConfig(freeze_layers=0, freeze_embeddings=False)
    trainer = trainer_of(settings, passages, tmp_path)
    context = trainer.accelerator.autocast()
    assert compute_frozen_states(trainer.model, trainer.featuriser, trainer.feed.units, context, False) is None
