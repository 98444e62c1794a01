"""``AutoModelForTokenClassification`` with the Hugging Face Trainer, on the encoder that our own model starts from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForTokenClassification,
    DataCollatorForTokenClassification,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
    set_seed,
)

from coopclaims.encoders.config import EncoderConfig
from coopclaims.encoders.load import load_encoder
from coopclaims.evaluation.baselines.tagging import TaggedText, valid_tags
from coopclaims.model.settings import TAGS

IGNORED = -100


class TokenClassifier:
    """The first piece of each word carries its tag; texts beyond the encoder's length are cut, as is usual."""

    def __init__(self, encoder: EncoderConfig, epochs: float = 6, learning_rate: float = 2e-4, seed: int = 0) -> None:
        self.encoder = encoder
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(self, train: Sequence[TaggedText], dev: Sequence[TaggedText], folder: Path) -> None:
        """Train with the Trainer's defaults but for epochs, rate and batches of like lengths.

        The best epoch on ``dev`` by loss is kept.
        """
        loaded = load_encoder(self.encoder, self.seed)
        self.tokenizer = loaded.tokenizer
        loaded.model.save_pretrained(folder / "encoder")
        # The head is made before the Trainer sets its seed.
        set_seed(self.seed)
        self.model = AutoModelForTokenClassification.from_pretrained(folder / "encoder", num_labels=len(TAGS))
        arguments = TrainingArguments(
            output_dir=str(folder / "runs"),
            num_train_epochs=self.epochs,
            learning_rate=self.learning_rate,
            per_device_train_batch_size=16,
            train_sampling_strategy="group_by_length",
            warmup_steps=0.1,
            eval_strategy="epoch" if dev else "no",
            save_strategy="epoch" if dev else "no",
            save_total_limit=1,
            load_best_model_at_end=bool(dev),
            report_to="none",
            seed=self.seed,
            dataloader_pin_memory=torch.cuda.is_available(),
        )
        Trainer(
            self.model,
            arguments,
            train_dataset=[self._row(text) for text in train],
            eval_dataset=[self._row(text) for text in dev],
            data_collator=DataCollatorForTokenClassification(self.tokenizer),
        ).train()

    @torch.inference_mode()
    def tag(self, texts: Sequence[Sequence[str]]) -> list[list[str]]:
        """The likeliest tag of each word's first piece; O for words that were cut off."""
        self.model.eval()
        return [self._tags(words) for words in texts]

    def _tags(self, words: Sequence[str]) -> list[str]:
        if not words:
            return []
        encoded = _encode(self.tokenizer, words)
        logits = (
            self.model(input_ids=torch.tensor([encoded["input_ids"]], device=self.model.device))
            .logits[0]
            .argmax(-1)
            .tolist()
        )
        tags = ["O"] * len(words)
        for piece, word in _first_pieces(encoded):
            tags[word] = TAGS[logits[piece]]
        return valid_tags(tags)

    def _row(self, text: TaggedText) -> dict[str, list[int]]:
        encoded = _encode(self.tokenizer, text.words)
        labels = [IGNORED] * len(encoded["input_ids"])
        for piece, word in _first_pieces(encoded):
            labels[piece] = TAGS.index(text.tags[word])
        return {"input_ids": encoded["input_ids"], "labels": labels}


def _encode(tokenizer: PreTrainedTokenizerFast, words: Sequence[str]) -> Any:
    return tokenizer(list(words), is_split_into_words=True, truncation=True)


def _first_pieces(encoded: Any) -> list[tuple[int, int]]:
    """(piece, word) of the first piece of each word."""
    found: dict[int, int] = {}
    for piece, word in enumerate(encoded.word_ids()):
        if word is not None:
            found.setdefault(word, piece)
    return [(piece, word) for word, piece in found.items()]
