"""The teacher of a distillation, and texts without annotation that it annotates for its student."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerFast

from coopclaims.corpus.jsonl import Problem, corpus_files, read_json_lines, report
from coopclaims.errors import UserError
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import load_model_folder, to_named_device
from coopclaims.model.predict import predict_passages
from coopclaims.model.soft_losses import Teacher
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.schema import Passage
from coopclaims.training.config import DistillationConfig

log = logging.getLogger(__name__)


def load_teacher(config: DistillationConfig, device: torch.device) -> Teacher | None:
    """The configured teacher on ``device``, or None."""
    if config.teacher is None:
        return None
    model, _ = load_model_folder(config.teacher)
    to_named_device(model, device)
    return Teacher(model.requires_grad_(False), config.temperature)


def annotated_by_teacher(
    teacher: Teacher | None, tokenizer: PreTrainedTokenizerFast, config: DistillationConfig
) -> list[Passage]:
    """The texts of ``config.unlabelled`` with the teacher's claims; bad records are logged and skipped."""
    if teacher is None or not config.unlabelled:
        return []
    problems: list[Problem] = []
    texts = [passage for file in corpus_files(config.unlabelled) for passage in _texts(file, problems)]
    for problem in problems:
        log.warning("skipped: %s", problem)
    if not texts:
        raise UserError(f"no texts in {', '.join(config.unlabelled)}; expected JSON Lines with 'text'")
    log.info("unlabelled: %d passages, %d skipped", len(texts), len(problems))
    featuriser = Featuriser(tokenizer, teacher.model.config)
    return predict_passages(TorchScorer(teacher.model), featuriser, texts, progress="the teacher annotates")


def _texts(file: Path, problems: list[Problem]) -> Iterator[Passage]:
    for number, value in read_json_lines(file, problems):
        text = value.get("text") if isinstance(value, dict) else None
        if isinstance(text, str) and text.strip():
            yield Passage(f"{file.stem}-{number}", text, value.get("lang"))
        else:
            report(problems, Problem(str(file), number, None, "no 'text'"))
