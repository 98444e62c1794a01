"""Models by folder, in either form: the network of torch, or a compiled one."""

from __future__ import annotations

from pathlib import Path

from coopclaims.errors import UserError
from coopclaims.inference.compiled.folder import is_compiled, read_manifest, read_tokenizer
from coopclaims.model.features import Featuriser
from coopclaims.model.scoring import Scorer


def load_scorer(folder: Path | str, device: str = "cpu", threads: int = 0) -> tuple[Scorer, Featuriser]:
    """What scores and what reads texts, by a model folder; a compiled one is loaded without torch.

    ``threads`` (0: all cores) are those of one call of a compiled model. Raises UserError where the folder holds no
    model, and for a device that does not exist, or is none for a compiled model.
    """
    if not is_compiled(folder):
        return _load_network(folder, device)
    if device != "cpu":
        raise UserError(f"{folder}: a compiled model runs on the CPU; on {device}, use the model that it was made from")
    # Imported here: a network of torch needs no onnxruntime.
    from coopclaims.inference.compiled.scorer import CompiledScorer

    manifest = read_manifest(Path(folder))
    scorer = CompiledScorer(Path(folder), manifest, threads)
    return scorer, Featuriser(read_tokenizer(Path(folder), manifest), manifest.settings)


def _load_network(folder: Path | str, device: str) -> tuple[Scorer, Featuriser]:
    # Imported here: torch is slow to load, and of no use for a compiled model.
    from coopclaims.model.folder import load_model_folder, to_named_device
    from coopclaims.model.torch_scorer import TorchScorer

    model, tokenizer = load_model_folder(folder)
    to_named_device(model, device)
    return TorchScorer(model), Featuriser(tokenizer, model.config)
