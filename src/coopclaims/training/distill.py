"""The teacher of a distillation, and texts without annotation that it annotates for its student."""

from __future__ import annotations

import logging

import torch
from transformers import PreTrainedTokenizerFast

from coopclaims.corpus.jsonl import Problem, read_corpus
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import load_model_folder, to_named_device
from coopclaims.model.predict import predict_passages
from coopclaims.model.soft_losses import Teacher
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
    texts = read_corpus(config.unlabelled, problems)
    for problem in problems:
        log.warning("skipped: %s", problem)
    log.info("unlabelled: %d passages, %d skipped", len(texts), len(problems))
    featuriser = Featuriser(tokenizer, teacher.model.config)
    return predict_passages(teacher.model, featuriser, texts, progress="the teacher annotates")
