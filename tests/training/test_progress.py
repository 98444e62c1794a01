from __future__ import annotations

import json

from coopclaims.training.progress import History, Progress


def test_steps_count_for_the_epoch_and_for_the_history() -> None:
    progress = Progress()
    progress.add_step({"tags": 2.0}, 100, 0.5)
    progress.begin_epoch(2)
    progress.add_step({"tags": 1.0, "links": 3.0}, 30, 1.0)
    progress.add_step({"tags": 2.0, "links": 1.0}, 10, 1.0)
    assert progress.epoch_scalars() == {"loss/tags": 1.5, "loss/links": 2.0, "pieces_per_second": 20.0}
    assert (progress.history.steps, progress.history.pieces, progress.history.seconds) == (3, 140, 2.5)
    assert Progress.from_json(json.loads(json.dumps(progress.to_json()))) == progress


def test_patience_counts_from_the_highest_score_not_from_the_best_checkpoint() -> None:
    history = History([{"epoch": 1, "f1": 0.2}, {"epoch": 2}, {"epoch": 3, "f1": 0.4}, {"epoch": 4, "f1": 0.3}], 1, 0.2)
    assert history.epochs_since_best(5, "f1") == 2
    assert history.epochs_since_best(5, "absent") == 0
