from __future__ import annotations

from pathlib import Path

import pytest
import torch

from coopclaims.cli import main
from coopclaims.encoders.load import Encoder
from coopclaims.errors import UserError
from coopclaims.model.average import average_models
from coopclaims.model.config import ClaimConfig
from coopclaims.model.folder import load_model_folder, save_model_folder
from coopclaims.model.network import ClaimModel


@pytest.fixture
def folders(tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder) -> list[Path]:
    made = []
    for number in range(3):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.fill_(float(number))
        made.append(tmp_path / f"model-{number}")
        save_model_folder(made[-1], model, tiny_encoder.tokenizer)
    return made


def test_weights_are_means(folders: list[Path]) -> None:
    model, _ = average_models(folders)
    assert all(torch.equal(parameter, torch.ones_like(parameter)) for parameter in model.parameters())
    same, _ = average_models([folders[2], folders[2]])
    assert all(torch.equal(parameter, torch.full_like(parameter, 2)) for parameter in same.parameters())


def test_what_does_not_fit_is_refused(
    folders: list[Path], model: ClaimModel, tiny_encoder: Encoder, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="at least two"):
        average_models(folders[:1])
    other = ClaimModel(ClaimConfig.from_dict(model.config.to_dict() | {"span_size": 16}))
    save_model_folder(tmp_path / "other", other, tiny_encoder.tokenizer)
    with pytest.raises(UserError, match=r"not like .*model-0 in span_size;"):
        average_models([folders[0], tmp_path / "other"])


def test_settings_have_to_agree_and_temperatures_are_fitted_anew(
    folders: list[Path], model: ClaimModel, tiny_encoder: Encoder, tmp_path: Path
) -> None:
    model.config.temperatures = dict.fromkeys(model.config.temperatures, 3.0)
    save_model_folder(tmp_path / "calibrated", model, tiny_encoder.tokenizer)
    for order in ((folders[0], tmp_path / "calibrated"), (tmp_path / "calibrated", folders[0])):
        averaged, _ = average_models(order)
        assert set(averaged.config.temperatures.values()) == {1.0}
    model.config.link_threshold = 0.7
    save_model_folder(tmp_path / "stricter", model, tiny_encoder.tokenizer)
    with pytest.raises(UserError, match="in link_threshold;"):
        average_models([folders[0], tmp_path / "stricter"])


def test_command_writes_a_model_folder(folders: list[Path], tmp_path: Path) -> None:
    output = tmp_path / "averaged"
    assert main(["average", *map(str, folders), "--output", str(output)]) == 0
    model, _ = load_model_folder(output)
    assert all(torch.equal(parameter, torch.ones_like(parameter)) for parameter in model.parameters())
    assert str(folders[0]) in (output / "README.md").read_text(encoding="utf-8")
    assert main(["average", *map(str, folders), "--output", str(output)]) == 2
