"""What a training does differently by hardware: kernels, compilation, and processes that share out the weights."""

from __future__ import annotations

import os

import psutil
import torch
from accelerate import Accelerator, PartialState
from accelerate.utils import DistributedType, parse_flag_from_env

from coopclaims.errors import UserError
from coopclaims.model.network import ClaimModel
from coopclaims.training.config import TrainConfig

# Ways of training in which no process holds all weights.
SHARDED = (DistributedType.FSDP, DistributedType.DEEPSPEED)

# oneDNN makes a kernel for each shape that it multiplies in bf16, and forgets all but the last 1,024 by itself; the
# batches of an epoch have several times as many shapes. Read by oneDNN when it makes its first kernel.
KERNELS_KEPT = 16_384
KERNELS_VARIABLE = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"


def tune(model: ClaimModel, config: TrainConfig, accelerator: Accelerator) -> None:
    """Switch on what saves memory or time on the way through the encoder."""
    if config.trainer.activation_checkpointing:
        model.encoder.activation_checkpointing_enable({"use_reentrant": False})
        # It also makes the embeddings' output require gradients, which only reentrant checkpointing needs, and which
        # would send the backward pass through all frozen layers.
        model.encoder.disable_input_require_grads()
    if config.trainer.compile:
        # Layer by layer: they are alike, so the compiler works once, and cached frozen states stay possible.
        for layer in model.encoder_layers():
            layer.compile(dynamic=True)
    os.environ.setdefault(KERNELS_VARIABLE, str(KERNELS_KEPT))
    if (
        accelerator.device.type == "cpu"
        and accelerator.mixed_precision == "bf16"
        and config.encoder.attention == "auto"
    ):
        # In bf16 on a CPU, the backward pass of the fused kernel takes three times as long as plain products do.
        model.encoder.set_attn_implementation("eager")


def check_deepspeed(config: TrainConfig, accelerator: Accelerator) -> None:
    """DeepSpeed wants a batch size, which it takes from a data loader that we do not have, and steps by itself."""
    if accelerator.distributed_type != DistributedType.DEEPSPEED:
        return
    if config.trainer.accumulation_steps > 1:
        raise UserError("trainer.accumulation_steps must be 1 with DeepSpeed; raise trainer.batch_pieces instead")
    accelerator.state.deepspeed_plugin.deepspeed_config["train_micro_batch_size_per_gpu"] = 1


def on_cpu(device: str) -> bool:
    """Whether to train on the CPU: as ``device`` (auto, cpu or gpu) and the launcher say, and where no GPU is there.

    Raises UserError where a GPU is asked for and none can be used.
    """
    unavailable = not torch.accelerator.is_available()
    if device == "gpu" and unavailable:
        raise UserError(
            "trainer.device=gpu: torch finds no GPU here; leave out trainer=gpu, or set trainer.device=auto"
        )
    return device == "cpu" or unavailable or bool(parse_flag_from_env("ACCELERATE_USE_CPU"))


def check_cores(state: PartialState) -> None:
    """Raise UserError where more processes than cores train on the CPUs of this machine."""
    cores = psutil.cpu_count() or 1
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    if state.device.type == "cpu" and processes > cores:
        raise UserError(f"{processes} processes on {cores} CPU cores: start at most {cores} on this machine")
