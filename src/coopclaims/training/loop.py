"""The training loop: epochs of optimiser steps, dev scores, early stopping, the best checkpoint, resume states."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from accelerate import Accelerator
from torch.optim.lr_scheduler import LRScheduler
from tqdm import tqdm
from transformers import PreTrainedTokenizerFast

from coopclaims.errors import UserError
from coopclaims.evaluation.evaluate import exact_f1
from coopclaims.model.features import Featuriser
from coopclaims.model.layer_drop import drawn_layers
from coopclaims.model.losses import WEIGHTS, LossModule, count_of
from coopclaims.model.network import ClaimModel
from coopclaims.model.soft_losses import Teacher
from coopclaims.model.units import Example
from coopclaims.schema import Passage
from coopclaims.training.batches import padding_share
from coopclaims.training.best_checkpoint import save_best
from coopclaims.training.config import TrainConfig, order_seed
from coopclaims.training.divergence import check_finite
from coopclaims.training.feed import Feed
from coopclaims.training.gradients import accumulate_gradients, summed_over_processes
from coopclaims.training.hardware import check_deepspeed, tune
from coopclaims.training.micro_batch import MicroBatch
from coopclaims.training.optimiser import build_optimiser, build_schedule
from coopclaims.training.prefetch import prefetched
from coopclaims.training.progress import History, Progress
from coopclaims.training.sharded import predict_in_shards
from coopclaims.training.states import newest_whole_state, random_state_is_back, read_progress, write_state
from coopclaims.training.stop_signals import StopSignals
from coopclaims.training.tracking import StepMeans, log_scalars
from coopclaims.training.whole_model import whole_model

log = logging.getLogger(__name__)

# Figures that are watched on dev, the deciding one first.
DEV_FIGURES = ("argument", "span", "trigger", "typed_trigger")

# Called with the number of an epoch and its dev argument F1; may raise to end the run.
Watch = Callable[[int, float], None]


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
        watch: Watch | None = None,
        teacher: Teacher | None = None,
    ) -> None:
        self.config = config
        self.accelerator = accelerator
        self.model = model
        self.tokenizer = tokenizer
        self.featuriser = Featuriser(tokenizer, model.config)
        self.feed = Feed(config, accelerator, model, self.featuriser, examples)
        self.figures = DEV_FIGURES if model.config.finds_claims else ("span",)
        # What decides which checkpoint is best.
        self.dev_key = f"dev/{self.figures[0]}_f1"
        self.dev = dev
        self.folder = folder
        self.watch = watch
        self.progress = Progress()
        self.stop = StopSignals()
        self.identity: dict[str, Any] = {}
        self.recent = StepMeans()
        self.optimiser = build_optimiser(model, config.optimiser)
        tune(model, config, accelerator)
        self.total_steps = self.feed.total_steps()
        self.schedule: LRScheduler = build_schedule(self.optimiser, config.schedule, self.total_steps)
        check_deepspeed(config, accelerator)
        self.losses, self.optimiser, self.schedule = accelerator.prepare(
            LossModule(model, teacher), self.optimiser, self.schedule
        )

    @property
    def history(self) -> History:
        """What happened so far."""
        return self.progress.history

    def resume(self, identity: Mapping[str, Any]) -> None:
        """Go on from the newest whole state in the run folder, if there is one.

        Raises UserError where the state was written under another ``identity`` (data, batches a step).
        """
        state = newest_whole_state(self.folder / "checkpoints")
        if state is None:
            log.info("no state to go on from in %s: starting at step 0", self.folder)
            return
        saved = read_progress(state)
        for name, value in identity.items():
            if saved["identity"].get(name) != value:
                raise UserError(f"{state}: written with another {name}; restore it, or start a run of another name")
        self.accelerator.load_state(str(state))
        self.progress = Progress.from_json(saved["progress"])
        if not random_state_is_back(state, self.accelerator.process_index):
            log.warning("%s: the random state could not be restored; the run goes on, but not bit for bit", state)
        log.info("going on from %s: epoch %d, step %d", state, self.progress.epoch, self.history.steps)

    def run(self, identity: Mapping[str, Any] | None = None) -> History:
        """Train until the last epoch, the last step, or until dev scores stop rising.

        ``identity`` goes into the resume states. After SIGTERM or Ctrl-C the step under way is finished, a state is
        saved, and Terminated or KeyboardInterrupt raised.
        """
        finished = self.progress.finished
        if finished:
            return self.history
        self.identity = dict(identity or {})
        self._report_earlier_epochs()
        self.feed.cache_frozen_states()
        shown = self.accelerator.is_local_main_process
        with (
            self.stop,
            tqdm(
                total=self.total_steps, initial=self.history.steps, desc="training", unit="step", disable=not shown
            ) as bar,
        ):
            while not finished:
                self._epoch(bar)
                finished = self._close_epoch()
                # A signal since the last step; the state is saved already.
                if self._sums({"stop": float(self.stop.received is not None)})["stop"]:
                    self._end()
        return self.history

    def _epoch(self, bar: tqdm[Any]) -> None:
        """The steps that are left of the epoch under way."""
        progress, history = self.progress, self.history
        history.padding = padding_share(self.feed.units, self.feed.batches(progress.epoch))
        left = self.feed.plan(progress.epoch)[progress.epoch_steps :][: self.total_steps - history.steps]
        self.losses.train()
        for number, step in enumerate(prefetched(left, self._inputs, self.config.trainer.prefetch), 1):
            started = time.perf_counter()
            means, pieces, stop = self._step(step)
            seconds = time.perf_counter() - started
            progress.add_step(means, pieces, seconds)
            self.recent.add(means, pieces, seconds)
            if history.steps % self.config.tracker.every_steps == 0:
                self._track({})
            bar.update()
            loss = sum(WEIGHTS[name] * value for name, value in means.items())
            bar.set_postfix(epoch=progress.epoch, loss=f"{loss:.3f}", best=f"{max(history.best_score, 0):.3f}")
            if stop or (self._state_is_due() and number < len(left)):
                self._save_state()
            if stop:
                self._end()

    def _close_epoch(self) -> bool:
        """Means of the epoch, dev score, checkpoint, state; returns whether it was the last epoch."""
        progress, trainer, epoch = self.progress, self.config.trainer, self.progress.epoch
        scalars = progress.epoch_scalars() | {
            "padding_share": self.history.padding,
            "learning_rate": self._learning_rate(),
        }
        last = self.history.steps >= self.total_steps or epoch == trainer.epochs
        scored = epoch % trainer.evaluate_every == 0 or last
        if scored:
            scalars |= self._evaluate(epoch)
        self._record(epoch, scalars)
        progress.finished = last or (scored and self._out_of_patience(epoch))
        if progress.finished:
            self._check_best()
        progress.begin_epoch(epoch + 1)
        self._save_state()
        if scored and self.watch is not None and self.dev:
            self.watch(epoch, scalars[self.dev_key])
        return progress.finished

    def _report_earlier_epochs(self) -> None:
        """A resumed run tells its watcher what it scored before."""
        for scalars in self.history.epochs:
            if self.watch is not None and self.dev_key in scalars:
                self.watch(int(scalars["epoch"]), scalars[self.dev_key])

    def _inputs(self, step: Sequence[Sequence[int]]) -> list[MicroBatch]:
        return self.feed.micro_batches(step, self.progress.epoch)

    def _step(self, step: Sequence[MicroBatch]) -> tuple[dict[str, float], int, bool]:
        """One optimiser step; returns mean losses by head, pieces read, and whether a process was told to stop."""
        self.leave_layers_out(self.history.steps)
        counts = self._sums({name: sum(micro.counts[name] for micro in step) for name in step[0].counts})
        pieces = int(counts.pop("pieces"))
        sums = accumulate_gradients(self.accelerator, self.losses, step, counts)
        self._update()
        stop = float(self.stop.received is not None)
        totals = self._sums({**{name: float(loss) for name, loss in sums.items()}, "stop": stop})
        stopped = totals.pop("stop") > 0
        means = {name: total / count_of(counts, name) for name, total in totals.items()}
        examples = [self.feed.examples[index] for micro in step for index in micro.indices]
        check_finite(self.accelerator, means, examples, self.folder, self.history.steps + 1)
        return means, pieces, stopped

    def leave_layers_out(self, step: int) -> None:
        """Draw the encoder layers that the step of this number leaves out; the frozen ones always run."""
        layers = range(self.config.optimiser.freeze_layers, len(self.model.encoder_layers()))
        share = self.config.trainer.layer_drop
        self.model.left_out = drawn_layers(layers, share, order_seed(self.config), step)

    def _sums(self, values: Mapping[str, float]) -> dict[str, float]:
        return summed_over_processes(self.accelerator, values)

    def _update(self) -> None:
        clip = self.config.trainer.gradient_clip
        if clip is not None:
            self.accelerator.clip_grad_norm_(self.losses.parameters(), clip)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.schedule.step()

    def _evaluate(self, epoch: int) -> dict[str, float]:
        """The exact figures on dev, each process predicting a part.

        Saves the best checkpoint when this is it (by argument F1, span F1 of a plain tagger); without dev passages,
        the last one is the best.
        """
        checkpoints = self.folder / "checkpoints"
        whole = whole_model(
            self.accelerator, self.losses, self.model, self.tokenizer, self.config.lora, checkpoints / ".gathered"
        )
        scores: dict[str, float] = {}
        if self.dev:
            predicted = predict_in_shards(self.accelerator, whole, self.featuriser, self.dev)
            scores = {f"dev/{figure}_f1": exact_f1(self.dev, predicted, figure) for figure in self.figures}
        score = scores.get(self.dev_key, 0.0)
        better = score > self.history.best_score or not self.dev
        # What could not be saved is not the best: the next score above that of the folder is tried again.
        if better and save_best(checkpoints, self.accelerator, whole, self.tokenizer, epoch):
            self.history.best_epoch, self.history.best_score = epoch, score
        return scores

    def _state_is_due(self) -> bool:
        every = self.config.trainer.save_steps
        return every is not None and self.history.steps % every == 0

    def _save_state(self) -> None:
        """Save the state of the run."""
        saved = {"progress": self.progress.to_json(), "identity": self.identity}
        folder, keep = self.folder / "checkpoints", self.config.trainer.keep_states
        write_state(folder, self.accelerator, self.history.steps, saved, keep)

    def _end(self) -> None:
        """End the run as the signal asks, and say how to go on."""
        advice = f"the same command with trainer.resume=auto name={self.folder.name}"
        log.info("stopped at step %d; to go on: %s", self.history.steps, advice)
        self.stop.obey()

    def _record(self, epoch: int, scalars: dict[str, float]) -> None:
        self.history.epochs.append({"epoch": epoch, **{name: round(value, 6) for name, value in scalars.items()}})
        # Means over the epoch are for people; the tracker has had its losses step by step.
        by_epoch = {name: value for name, value in scalars.items() if name.startswith(("dev/", "padding"))}
        self._track({**by_epoch, "epoch": float(epoch)})
        text = ", ".join(f"{name} {value:.4g}" for name, value in scalars.items())
        log.info("epoch %d: %s", epoch, text)

    def _track(self, scalars: Mapping[str, float]) -> None:
        """Hand the tracker the means over the steps since the last time, and further scalars."""
        recent = self.recent.scalars()
        if recent:
            recent["learning_rate"] = self._learning_rate()
        log_scalars(self.accelerator, {**recent, **scalars}, self.history.steps)
        self.recent = StepMeans()

    def _learning_rate(self) -> float:
        """That of the heads; those of the layers keep their proportion to it."""
        return float(self.schedule.get_last_lr()[0])

    def _out_of_patience(self, epoch: int) -> bool:
        patience = self.config.trainer.patience
        if patience is None or self.history.epochs_since_best(epoch, self.dev_key) < patience:
            return False
        log.info("no better dev score for %d epochs: stopping", patience)
        return True

    def _check_best(self) -> None:
        """Raises UserError where no checkpoint was ever saved; before the last state, so that a resumed run tries."""
        if not self.history.best_epoch:
            raise UserError(
                f"{self.folder}: no checkpoint could be saved, so there is no model (the log says why); make room, "
                f"and give the same command with trainer.resume=auto name={self.folder.name}"
            )
