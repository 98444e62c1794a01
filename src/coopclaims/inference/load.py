"""Models by folder, in either form: the network of torch, or a compiled one."""

from __future__ import annotations

from pathlib import Path

from coopclaims.errors import UserError
from coopclaims.inference.compiled.folder import is_compiled, read_manifest, read_tokenizer
from coopclaims.model.features import Featuriser
from coopclaims.model.scoring import Scorer


def load_scorer(
    folder: Path | str, device: str = "cpu", threads: int = 0, precision: str = "auto", pieces_at_once: int = 0
) -> tuple[Scorer, Featuriser]:
    """What scores and what reads texts, by a model folder; a compiled one is loaded without torch.

    ``threads`` (0: all cores) are those of one call of a compiled model. ``precision`` (model/precision.py) and
    ``pieces_at_once``, the least that the encoder takes at a time of a batch with so many padded pieces, are for torch.
    Raises UserError where the folder holds no model, and for a device or precision that is not there for this model.
    """
    if not is_compiled(folder):
        return _load_network(folder, device, precision, pieces_at_once)
    if device != "cpu":
        raise UserError(f"{folder}: a compiled model runs on the CPU; on {device}, use the model that it was made from")
    if precision != "auto":
        raise UserError(f"{folder}: a compiled model has the precision it was compiled in; leave out --precision")
    # Imported here: a network of torch needs no onnxruntime.
    from coopclaims.inference.compiled.scorer import CompiledScorer

    manifest = read_manifest(Path(folder))
    scorer = CompiledScorer(Path(folder), manifest, threads)
    return scorer, Featuriser(read_tokenizer(Path(folder), manifest), manifest.settings)


def _load_network(folder: Path | str, device: str, precision: str, pieces_at_once: int) -> tuple[Scorer, Featuriser]:
    # Imported here: torch is slow to load, and of no use for a compiled model.
    from coopclaims.model.folder import load_model_folder, to_named_device
    from coopclaims.model.precision import autocast_type
    from coopclaims.model.torch_scorer import TorchScorer

    model, tokenizer = load_model_folder(folder)
    to_named_device(model, device)
    model.pieces_at_once = max(model.pieces_at_once, pieces_at_once)
    return TorchScorer(model, autocast_type(precision, model.device)), Featuriser(tokenizer, model.config)
