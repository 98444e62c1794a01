"""Typed training configuration; configs/train.yaml and its groups fill it, and unknown keys are refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from coopclaims.encoders.config import EncoderConfig


@dataclass
class CorpusConfig:
    """Files or folders of annotated passages."""

    train: list[str] = MISSING
    dev: list[str] = MISSING
    # Scored once at the end, with the best checkpoint; may be empty.
    test: list[str] = field(default_factory=list)
    # Take from each file only the passages whose key `split` is train, dev or test.
    by_split: bool = False
    # Stop at the first bad record instead of reporting and skipping it.
    strict: bool = False
    # Use only N training passages, drawn by a hash of their ids (None: all); a smaller N is a part of a larger one.
    limit: int | None = None


@dataclass
class ModelConfig:
    """Labels, and sizes of the heads and windows; see coopclaims.model.config.ClaimConfig."""

    # Labels of spans (None: the guideline's). A set without TRIGGER makes a plain span tagger.
    labels: list[str] | None = None

    window_pieces: int = 256
    window_overlap: int = 64
    span_size: int = 256
    head_dropout: float = 0.1
    link_threshold: float = 0.5
    fallback_threshold: float = 0.3


@dataclass
class OptimiserConfig:
    """AdamW (Loshchilov and Hutter 2019) with a learning rate for each layer."""

    # Learning rate of the top encoder layer.
    learning_rate: float = 3e-4
    # Each layer below learns this much slower than the one above it (ULMFiT, Howard and Ruder 2018).
    layer_decay: float = 0.85
    head_learning_rate: float = 1e-3
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    # Frozen parts cost no backward pass. Frozen layers lie above the embeddings, which are then frozen as well.
    freeze_embeddings: bool = True
    freeze_layers: int = 0


@dataclass
class DistillationConfig:
    """Training a smaller model, the student, to say what a trained one, the teacher, says."""

    # Model folder of the teacher (None: no distillation). The student starts from its weights.
    teacher: str | None = None
    # Encoder layers that the student keeps.
    layers: int = 6
    # The teacher's probabilities are softened by this.
    temperature: float = 2.0
    # JSON Lines with `text`, without annotation or with one that is not used: the teacher annotates them.
    unlabelled: list[str] = field(default_factory=list)


@dataclass
class LoraConfig:
    """Low-rank adapters beside the encoder's linear maps (needs the package peft)."""

    # Rank of the adapters; 0: none, the encoder's own weights train.
    rank: int = 0
    alpha: int = 16
    dropout: float = 0.0


@dataclass
class AugmentationConfig:
    """How training passages differ from epoch to epoch; the states of frozen layers are then not cached."""

    # Share of the names, places, dates and amounts that give way to others of their kind from the training passages.
    replace_mentions: float = 0.0
    # Share of the words that the encoder does not see.
    mask_words: float = 0.0


@dataclass
class ScheduleConfig:
    """Warm-up, then decay, by optimiser steps."""

    # linear, cosine, cosine_with_restarts, polynomial, constant or constant_with_warmup.
    name: str = "linear"
    warmup_share: float = 0.1


@dataclass
class TrainerConfig:
    """The loop."""

    epochs: int = 5
    # Stop after this many optimiser steps (None: by epochs).
    max_steps: int | None = None
    # Padded word pieces in one batch of one process.
    batch_pieces: int = 512
    accumulation_steps: int = 1
    # Largest norm of the gradient (None: no clipping).
    gradient_clip: float | None = 1.0
    # auto (a GPU if there is one), cpu, or gpu (stop if there is none).
    device: str = "auto"
    # auto (bf16 where the hardware multiplies it natively), no, bf16 or fp16.
    mixed_precision: str = "auto"
    # Epochs without a better dev argument F1 before training stops (None: never).
    patience: int | None = 4
    # Score the dev passages every so many epochs.
    evaluate_every: int = 1
    # never: refuse a run folder that exists. auto: go on from its newest whole state (needs name=NAME).
    resume: str = "never"
    # Save a resume state every so many steps (None: only after each epoch), and keep the newest ones.
    save_steps: int | None = 500
    keep_states: int = 2
    # Memory for hidden states of the frozen layers, so that they are computed once and not in every epoch (0: none).
    cache_frozen_gib: float = 2.0
    # Optimiser steps whose inputs are prepared ahead in a thread; pays on GPUs.
    prefetch: int = 0
    # Share of the trained encoder layers that a step leaves out, drawn anew for each step (0: none).
    layer_drop: float = 0.0
    # Recompute activations in the backward pass instead of keeping them: less memory, more time.
    activation_checkpointing: bool = False
    # Compile the encoder's layers with torch.compile (needs a C++ compiler on a CPU, triton on a GPU).
    compile: bool = False


@dataclass
class TrackerConfig:
    """Where scalars go while a run trains; see coopclaims.training.tracking."""

    # tensorboard, mlflow, wandb (Weights & Biases), or null for none. All write into the run folder.
    name: str | None = "tensorboard"
    # Send to a server instead: for mlflow that of MLFLOW_TRACKING_URI, for wandb the one that `wandb login` knows.
    online: bool = False
    # The experiment (mlflow) or project (wandb) that runs are filed under.
    project: str = "coopclaims"
    # Losses, learning rates and speed every so many optimiser steps; dev scores come after each epoch.
    every_steps: int = 20


@dataclass
class ModelCardConfig:
    """The model card, README.md of the model folder."""

    # Markdown with $names to fill in (None: the one that comes with the package); see coopclaims.training.model_card.
    template: str | None = None
    # Licence of the trained model, by its identifier on the Hugging Face hub.
    license: str = "apache-2.0"


@dataclass
class TrainConfig:
    """Everything that one training run depends on."""

    # Folder of the run below `output`; None names it by date and time.
    name: str | None = None
    output: str = "outputs"
    seed: int = 0
    # Seed for the order of passages, their variants and dropout, where it shall not be `seed`, which also makes the
    # fresh heads: models can be averaged (coopclaims average) if they began with the same heads.
    order_seed: int | None = None
    # Say what would be trained, how long it would take and how much memory, and stop; nothing is written.
    dry_run: bool = False
    # Model folder of an earlier training to go on from (None: fresh heads over the configured encoder). Its encoder and
    # tokenizer take the place of `encoder`; its heads are taken over label by label, type by type, by their names.
    start_from: str | None = None
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    corpus: CorpusConfig = field(default_factory=CorpusConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    distillation: DistillationConfig = field(default_factory=DistillationConfig)
    lora: LoraConfig = field(default_factory=LoraConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    model_card: ModelCardConfig = field(default_factory=ModelCardConfig)


def order_seed(config: TrainConfig) -> int:
    """The seed of everything but the fresh heads."""
    return config.seed if config.order_seed is None else config.order_seed
