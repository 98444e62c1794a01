"""Compare our training with the usual Hugging Face token-classification loop, alternating in one run.

The usual loop: the same trimmed encoder with a linear tag head, all weights training, random batches of 16 passages
padded to the longest, AdamW, linear schedule, clipping, the encoder's own dropout. Ours: the joint model with all
weights training and with the default freezing (its one-off caching of what is frozen is charged over the default
epochs), each in fp32 and in bf16. Counted are non-padding tokens. The machine's rate is that of large fp32 matrix
products, measured between the rounds; executed arithmetic is counted by torch's FlopCounterMode.

Usage: python bench/training.py [--rounds 5] [--seconds 8] [--json FILE]
Leave the machine to it: with other load the figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch.utils.data import DataLoader
from torch.utils.flop_counter import FlopCounterMode
from transformers import BertForTokenClassification, DataCollatorForTokenClassification, get_scheduler

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.encoders.config import EncoderConfig
from coopclaims.encoders.load import load_encoder
from coopclaims.model.features import Featuriser
from coopclaims.model.settings import TAGS
from coopclaims.schema import Passage
from coopclaims.training.build import build_model
from coopclaims.training.config import OptimiserConfig, TrainConfig, TrainerConfig
from coopclaims.training.loop import Trainer

MATRIX = 2048
# A step returns its non-padding tokens.
Step = Callable[[], int]


@dataclass
class Contender:
    """One way to train, and what was measured of it."""

    name: str
    step: Step
    # Seconds to charge to each token for what happens once before training.
    once_per_token: float = 0.0
    rates: list[float] = field(default_factory=list)
    flops_per_token: float = 0.0

    def measure(self, seconds: float) -> None:
        """Run whole steps for about ``seconds``; adds one rate, tokens a second."""
        started, tokens = time.perf_counter(), 0
        while (spent := time.perf_counter() - started) < seconds:
            tokens += self.step()
        self.rates.append(1 / (spent / tokens + self.once_per_token))

    def count_flops(self, steps: int = 20) -> None:
        """Arithmetic of some steps by torch's counter (matrix products and attention)."""
        tokens = 0
        with FlopCounterMode(display=False) as counter:
            for _ in range(steps):
                tokens += self.step()
        self.flops_per_token = counter.get_total_flops() / tokens

    @property
    def rate(self) -> float:
        """Median tokens a second."""
        return statistics.median(self.rates)


def main() -> None:
    """Measure all contenders in turn and print one table."""
    options = _parse()
    passages = read_corpus([options.data])
    contenders = [
        Contender("usual loop, fp32", _usual(passages)),
        _ours("ours, all weights, fp32", passages, OptimiserConfig(freeze_layers=0, freeze_embeddings=False), "no"),
        _ours("ours, all weights, bf16", passages, OptimiserConfig(freeze_layers=0, freeze_embeddings=False), "bf16"),
        _ours("ours, default freezing, fp32", passages, OptimiserConfig(), "no"),
        _ours("ours, default freezing, bf16", passages, OptimiserConfig(), "bf16"),
    ]
    for contender in contenders:
        contender.count_flops()
    matrix_rates = []
    for _ in range(options.rounds):
        matrix_rates.append(_matrix_rate())
        for contender in contenders:
            contender.measure(options.seconds)
    matrix_rate = statistics.median(matrix_rates)
    print(f"{torch.get_num_threads()} threads; fp32 products of {MATRIX} x {MATRIX}: {matrix_rate / 1e9:.0f} GFLOP/s\n")
    print("| training | tokens/s (least to most) | against the usual loop | share of the matrix rate |")
    print("|---|---|---|---|")
    for contender in contenders:
        share = contender.rate * contender.flops_per_token / matrix_rate
        spread = f"{contender.rate:,.0f} ({min(contender.rates):,.0f}-{max(contender.rates):,.0f})"
        print(f"| {contender.name} | {spread} | {contender.rate / contenders[0].rate:.2f} | {100 * share:.0f} % |")
    if options.json:
        rows = {contender.name: contender.rates for contender in contenders}
        options.json.write_text(json.dumps({"matrix_flops": matrix_rates, "tokens_per_second": rows}, indent=2))


def _usual(passages: list[Passage]) -> Step:
    torch.manual_seed(0)
    encoder = load_encoder(EncoderConfig(attention_dropout=None))
    config = encoder.model.config
    config.num_labels = len(TAGS)
    model = BertForTokenClassification(config)
    model.bert = encoder.model
    model.train()
    rows = [{"input_ids": ids} for ids in encoder.tokenizer([p.text for p in passages], truncation=True).input_ids]
    for row in rows:
        row["labels"] = [0] * len(row["input_ids"])
    collator = DataCollatorForTokenClassification(encoder.tokenizer)
    loader = DataLoader(rows, batch_size=16, shuffle=True, collate_fn=collator)
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-5)
    schedule = get_scheduler("linear", optimiser, num_warmup_steps=100, num_training_steps=10_000)
    batches = _endless(loader)

    def step() -> int:
        batch = next(batches)
        model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        return int(batch["attention_mask"].sum())

    return step


def _ours(name: str, passages: list[Passage], optimiser: OptimiserConfig, precision: str) -> Contender:
    torch.manual_seed(0)
    config = TrainConfig(optimiser=optimiser, trainer=TrainerConfig(mixed_precision=precision))
    model, encoder = build_model(config)
    examples = Featuriser(encoder.tokenizer, model.config).examples(passages)
    # One process has one precision: start anew for each contender.
    AcceleratorState._reset_state(reset_partial_state=True)
    accelerator = Accelerator(mixed_precision=precision, cpu=True)
    trainer = Trainer(config, accelerator, model, encoder.tokenizer, examples, [], Path("unused"))
    started = time.perf_counter()
    trainer.feed.cache_frozen_states()
    seconds = time.perf_counter() - started
    tokens = sum(unit.pieces + 2 * len(unit.windows) for unit in trainer.feed.units)
    trainer.losses.train()
    steps = _endless_steps(trainer)

    def step() -> int:
        micro = next(steps)
        trainer._step(trainer._inputs(micro))
        # Which layers a step leaves out goes by its number.
        trainer.history.steps += 1
        units = [trainer.feed.units[index] for batch in micro for index in batch]
        return sum(unit.pieces + 2 * len(unit.windows) for unit in units)

    return Contender(name, step, seconds / (tokens * config.trainer.epochs))


def _endless(loader: DataLoader[object]) -> Iterator[object]:
    while True:
        yield from loader


def _endless_steps(trainer: Trainer) -> Iterator[list[list[int]]]:
    epoch = 0
    while True:
        epoch += 1
        yield from trainer.feed.plan(epoch)


def _matrix_rate() -> float:
    """FLOP/s of large fp32 products."""
    left, right = torch.randn(2, MATRIX, MATRIX)
    left @ right
    started = time.perf_counter()
    for _ in range(10):
        left @ right
    return 10 * 2 * MATRIX**3 / (time.perf_counter() - started)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="data", help="annotated passages (default: data)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds over all contenders (default: 5)")
    parser.add_argument("--seconds", type=float, default=8, help="seconds of each in a round (default: 8)")
    parser.add_argument("--json", type=Path, help="write all rates here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
