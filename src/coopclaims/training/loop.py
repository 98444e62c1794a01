"""The training loop: epochs of optimiser steps, dev scores, early stopping, best and last checkpoints."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler
from tqdm import tqdm
from transformers import PreTrainedTokenizerFast

from coopclaims.errors import UserError
from coopclaims.evaluation.evaluate import argument_f1
from coopclaims.model.collation import Batch, SpanBatch, TargetBatch, span_batch, target_batch, to_device
from coopclaims.model.features import Featuriser
from coopclaims.model.folder import save_model_folder
from coopclaims.model.losses import WEIGHTS, LossModule, loss_counts, weighted_total
from coopclaims.model.network import ClaimModel
from coopclaims.model.predict import predict_passages
from coopclaims.model.units import Example
from coopclaims.schema import Passage
from coopclaims.training.batches import padding_share, plan_epoch, steps_of_rank
from coopclaims.training.config import TrainConfig
from coopclaims.training.optimiser import build_optimiser, build_schedule

log = logging.getLogger(__name__)


@dataclass
class History:
    """What happened: scalars of each epoch, and where the best dev score was."""

    epochs: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    best_score: float = -1.0
    steps: int = 0
    pieces: int = 0
    seconds: float = 0.0
    padding: float = 0.0


class Trainer:
    """Holds what one run needs; ``run`` is the loop."""

    def __init__(
        self,
        config: TrainConfig,
        accelerator: Accelerator,
        model: ClaimModel,
        tokenizer: PreTrainedTokenizerFast,
        examples: Sequence[Example],
        dev: Sequence[Passage],
        folder: Path,
    ) -> None:
        self.config = config
        self.accelerator = accelerator
        self.model = model
        self.tokenizer = tokenizer
        self.featuriser = Featuriser(tokenizer, model.config)
        self.examples = examples
        self.units = [example.unit for example in examples]
        self.dev = dev
        self.folder = folder
        self.history = History()
        self.optimiser = build_optimiser(model, config.optimiser)
        self.total_steps = self._total_steps()
        self.schedule: LRScheduler = build_schedule(self.optimiser, config.schedule, self.total_steps)
        self.losses, self.optimiser = accelerator.prepare(LossModule(model), self.optimiser)

    def run(self) -> History:
        """Train until the last epoch, the last step, or until dev scores stop rising."""
        trainer = self.config.trainer
        with tqdm(
            total=self.total_steps,
            desc="training",
            unit="step",
            disable=not self.accelerator.is_local_main_process,
        ) as bar:
            for epoch in range(1, trainer.epochs + 1):
                scalars = self._epoch(epoch, bar)
                last = self.history.steps >= self.total_steps
                scored = epoch % trainer.evaluate_every == 0 or last
                if scored:
                    scalars |= self._evaluate(epoch)
                self._record(epoch, scalars)
                if last or (scored and self._out_of_patience(epoch)):
                    break
        return self.history

    def _epoch(self, epoch: int, bar: tqdm[Any]) -> dict[str, float]:
        """One pass over the training passages; returns mean losses and speed."""
        started = time.perf_counter()
        steps = self._plan(epoch)
        self.losses.train()
        totals: dict[str, float] = {}
        pieces = done = 0
        for batches in steps[: self.total_steps - self.history.steps]:
            means, step_pieces = self._step(batches)
            pieces += step_pieces
            for name, value in means.items():
                totals[name] = totals.get(name, 0.0) + value
            done += 1
            self.history.steps += 1
            bar.update()
            loss = sum(WEIGHTS[name] * value for name, value in means.items())
            bar.set_postfix(epoch=epoch, loss=f"{loss:.3f}", best=f"{max(self.history.best_score, 0):.3f}")
        seconds = time.perf_counter() - started
        self.history.pieces += pieces
        self.history.seconds += seconds
        means = {f"loss/{name}": value / max(done, 1) for name, value in totals.items()}
        return means | {"pieces_per_second": pieces / seconds, "learning_rate": float(self.schedule.get_last_lr()[0])}

    def _plan(self, epoch: int) -> list[list[list[int]]]:
        batches = plan_epoch(self.units, self.config.trainer.batch_pieces, self.config.seed, epoch)
        self.history.padding = padding_share(self.units, batches)
        world = self.accelerator.num_processes
        return steps_of_rank(batches, self.accelerator.process_index, world, self.config.trainer.accumulation_steps)

    def _step(self, batches: Sequence[list[int]]) -> tuple[dict[str, float], int]:
        """One optimiser step over this process's batches; returns mean losses by head and the pieces read.

        Losses are divided by the counts of the whole step (all batches, all processes), so that the gradient does
        not depend on how the step was split. The unit that stands in for an empty batch counts for nothing.
        """
        inputs = [self._inputs(batch) for batch in batches]
        own = [loss_counts(batch, targets) for batch, _, targets in inputs]
        counts = self._sums({n: sum(c[n] for c, i in zip(own, batches, strict=True) if i) for n in own[0]})
        losses: dict[str, float] = dict.fromkeys(counts, 0.0)
        for number, (indices, (batch, spans, targets)) in enumerate(zip(batches, inputs, strict=True), 1):
            last = number == len(batches)
            with nullcontext() if last else self.accelerator.no_sync(self.losses), self.accelerator.autocast():
                sums = self.losses(batch, spans, targets)
                # A process without a batch left runs another one for nothing, to stay in step with the rest.
                total = weighted_total(sums, counts) * (self.accelerator.num_processes if indices else 0.0)
                self.accelerator.backward(total)
            self._check_finite(total.detach())
            if indices:
                for name, loss in sums.items():
                    losses[name] += float(loss.item())
        self._update()
        pieces = sum(self.units[index].pieces for batch in batches for index in batch)
        totals = self._sums({**losses, "pieces": pieces})
        return {name: totals[name] / max(counts[name], 1.0) for name in losses}, int(totals["pieces"])

    def _inputs(self, indices: Sequence[int]) -> tuple[Batch, SpanBatch, TargetBatch]:
        examples = [self.examples[index] for index in indices or [self._any_unit()]]
        targets = [example.targets for example in examples]
        device = self.accelerator.device
        return (
            to_device(self.featuriser.batch([example.unit for example in examples]), device),
            to_device(span_batch([target.spans for target in targets]), device),
            to_device(target_batch(targets), device),
        )

    def _sums(self, values: Mapping[str, float]) -> dict[str, float]:
        """Each value, added up over all processes."""
        local = torch.tensor(list(values.values()), dtype=torch.float32, device=self.accelerator.device)
        total = self.accelerator.reduce(local, reduction="sum")
        return dict(zip(values, total.tolist(), strict=True))

    def _update(self) -> None:
        clip = self.config.trainer.gradient_clip
        if clip is not None:
            self.accelerator.clip_grad_norm_(self.losses.parameters(), clip)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.schedule.step()

    def _evaluate(self, epoch: int) -> dict[str, float]:
        """Argument F1 on dev; saves the last checkpoint, and the best one when this is it.

        Without dev passages, the last checkpoint is the best.
        """
        self.model.eval()
        score = argument_f1(self.dev, predict_passages(self.model, self.featuriser, self.dev)) if self.dev else 0.0
        self._save("last")
        if score > self.history.best_score or not self.dev:
            self.history.best_epoch, self.history.best_score = epoch, score
            self._save("best")
        return {"dev/argument_f1": score} if self.dev else {}

    def _save(self, name: str) -> None:
        if self.accelerator.is_main_process:
            save_model_folder(self.folder / "checkpoints" / name, self.model, self.tokenizer)
        self.accelerator.wait_for_everyone()

    def _record(self, epoch: int, scalars: dict[str, float]) -> None:
        self.history.epochs.append({"epoch": epoch, **{name: round(value, 6) for name, value in scalars.items()}})
        self.accelerator.log(scalars, step=epoch)
        text = ", ".join(f"{name} {value:.4g}" for name, value in scalars.items())
        log.info("epoch %d: %s", epoch, text)

    def _out_of_patience(self, epoch: int) -> bool:
        patience = self.config.trainer.patience
        if patience is None or epoch - self.history.best_epoch < patience:
            return False
        log.info("no better dev score for %d epochs: stopping", patience)
        return True

    def _check_finite(self, loss: Tensor) -> None:
        if not math.isfinite(loss.item()):
            raise UserError(
                f"the loss became {loss.item()} at step {self.history.steps + 1}; lower optimiser.learning_rate "
                "or optimiser.head_learning_rate, or use trainer.mixed_precision=no"
            )

    def _any_unit(self) -> int:
        return next(index for index, unit in enumerate(self.units) if unit.windows)

    def _total_steps(self) -> int:
        total = sum(len(self._plan(epoch)) for epoch in range(1, self.config.trainer.epochs + 1))
        return min(total, self.config.trainer.max_steps or total)
