"""The best checkpoint so far: a model folder that a full disk may keep from being replaced, but not damage."""

from __future__ import annotations

import logging
from pathlib import Path

from accelerate import Accelerator
from transformers import PreTrainedTokenizerFast

from coopclaims.errors import first_line
from coopclaims.model.folder import save_model_folder
from coopclaims.model.network import ClaimModel
from coopclaims.training.gradients import summed_over_processes

log = logging.getLogger(__name__)

BEST = "best"


def save_best(
    folder: Path, accelerator: Accelerator, model: ClaimModel, tokenizer: PreTrainedTokenizerFast, epoch: int
) -> bool:
    """Let the main process write ``folder/best``; every process calls it and learns whether that went well.

    Where the disk is full or the like, the log says what was not saved, and the checkpoint before it stays.
    """
    failure = None
    if accelerator.is_main_process:
        try:
            save_model_folder(folder / BEST, model, tokenizer)
        except Exception as error:  # safetensors and tokenizers raise errors of their own for a full disk
            failure = first_line(error)
            kept = "the one before it stays" if (folder / BEST).is_dir() else "there is none yet"
            log.warning("the checkpoint of epoch %d, the best so far, was not saved: %s; %s", epoch, failure, kept)
    # The sum is a barrier too: nobody goes on before the checkpoint is there.
    return summed_over_processes(accelerator, {"failed": float(failure is not None)})["failed"] == 0
