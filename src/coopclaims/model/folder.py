"""Model folders: safetensors, JSON and text only. Loading one unpickles nothing and runs no code from it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar, enable_progress_bar, is_progress_bar_enabled

from coopclaims.errors import UserError, first_line
from coopclaims.files import atomic_write, temporary_folder
from coopclaims.model.config import ClaimConfig
from coopclaims.model.network import ClaimModel
from coopclaims.model.settings import TAGS
from coopclaims.schema import STATUSES, TYPES

# As in inference/compiled/folder.py, which is a layer above.
COMPILED_MANIFEST = "compiled.json"
REQUIRED_FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")


def save_model_folder(
    folder: Path, model: ClaimModel, tokenizer: PreTrainedTokenizerFast, texts: dict[str, str] | None = None
) -> None:
    """Write a model folder that appears, or replaces the one before it, only when complete.

    ``texts`` are further files by name, such as the model card. Raises UserError where no folder can be made.
    """
    partial = temporary_folder(folder)
    try:
        with _without_progress_bars():
            model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        for name, text in (texts or {}).items():
            (partial / name).write_text(text, encoding="utf-8")
        partial.chmod(0o755)
        _replace(folder, partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _replace(folder: Path, new: Path) -> None:
    """Put ``new`` in the place of ``folder``, which is gone only when ``new`` stands there whole."""
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-old."))
    try:
        if folder.exists():
            folder.rename(old / "folder")
        new.rename(folder)
    except BaseException:
        if (old / "folder").exists() and not folder.exists():
            (old / "folder").rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def load_model_folder(folder: Path | str) -> tuple[ClaimModel, PreTrainedTokenizerFast]:
    """Load model (in evaluation mode) and tokenizer.

    Raises UserError where the folder is not a model folder of ours, lacks a file, or has other labels than this
    version of the guideline.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UserError(f"{folder}: no such model folder; train one with 'coopclaims train'")
    if (folder / COMPILED_MANIFEST).is_file():
        raise UserError(f"{folder}: a compiled model cannot be trained or changed; use the model that it was made from")
    for name in REQUIRED_FILES:
        if not (folder / name).is_file():
            raise UserError(f"{folder}: not a complete model folder, {name} is missing")
    config = _read_config(folder)
    try:
        with _without_progress_bars():
            model, report = ClaimModel.from_pretrained(
                folder, config=config, use_safetensors=True, local_files_only=True, output_loading_info=True
            )
        # The generic class, not AutoTokenizer: that would offer to run code that the folder brings.
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
    except Exception as error:
        raise UserError(f"{folder}: the model cannot be loaded: {first_line(error)}") from error
    if missing := sorted(report["missing_keys"]):
        raise UserError(f"{folder}: model.safetensors lacks {len(missing)} weights, such as {missing[0]}")
    return model.eval(), tokenizer


def store_temperatures(folder: Path, temperatures: Mapping[str, float]) -> None:
    """Write the temperatures of the heads into the configuration of a model folder."""
    path = folder / "config.json"
    values = json.loads(path.read_text(encoding="utf-8")) | {"temperatures": dict(temperatures)}
    with atomic_write(path) as file:
        file.write(json.dumps(values, ensure_ascii=False, indent=2) + "\n")


def to_named_device(model: ClaimModel, device: str | torch.device) -> None:
    """Move a model. Raises UserError for a device that does not exist here."""
    try:
        # Only a first computation shows whether the device works.
        model.to(torch.device(device)).transitions.detach().sum().item()
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"device {str(device)!r} cannot be used here: {first_line(error)}") from error


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    """Bars of transformers for work of a moment would only disturb ours."""
    shown = is_progress_bar_enabled()
    disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            enable_progress_bar()


def _read_config(folder: Path) -> ClaimConfig:
    try:
        fields, _ = ClaimConfig.get_config_dict(folder, local_files_only=True)
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UserError(f"{folder}/config.json: cannot be read: {first_line(error)}") from error
    if not isinstance(fields, dict):
        raise UserError(f"{folder}/config.json: must hold an object")
    if fields.get("model_type") != ClaimConfig.model_type:
        raise UserError(f"{folder}: a model of type {fields.get('model_type')!r}, not {ClaimConfig.model_type!r}")
    try:
        config = ClaimConfig.from_dict(fields)
    except Exception as error:
        raise UserError(f"{folder}/config.json: not a valid configuration: {first_line(error)}") from error
    if not config.finds_claims:
        return config
    expected = {"tags": list(TAGS), "claim_types": list(TYPES), "claim_statuses": list(STATUSES)}
    for name, labels in expected.items():
        if list(getattr(config, name)) != labels:
            raise UserError(f"{folder}: its {name} are not those of the guideline; expected {', '.join(labels)}")
    return config
