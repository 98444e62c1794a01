"""Two processes over gloo train what one process trains with the doubled batch, and survive the same signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from coopclaims.training.states import states

ROOT = Path(__file__).parents[2]
PASSAGES = ROOT / "tests" / "fixtures" / "passages.jsonl"
LAUNCH = (sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch")
TWO = (*LAUNCH, "--config_file", "configs/accelerate/two_cpu_processes.yaml", "scripts/train.py")
ONE = (sys.executable, "scripts/train.py")

pytestmark = pytest.mark.slow


def command(launcher: tuple[str, ...], output: Path, name: str, *overrides: str) -> list[str]:
    return [
        *launcher,
        *("encoder=tiny", "corpus=files", f"corpus.train=[{PASSAGES}]", f"corpus.dev=[{PASSAGES}]", "tracker=none"),
        *("optimiser.freeze_layers=0", "trainer.epochs=4", "trainer.batch_pieces=80", "trainer.mixed_precision=no"),
        *("optimiser.head_learning_rate=1e-2", f"output={output}", f"name={name}", *overrides),
    ]


def run(*arguments: str) -> None:
    subprocess.run(arguments, check=True, cwd=ROOT, capture_output=True, timeout=300)


def metrics(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "metrics.json").read_text(encoding="utf-8")))


def test_two_processes_are_one_with_the_doubled_batch(tmp_path: Path) -> None:
    """Same losses within 1e-5 (sums in another order), same dev scores and predictions, one run folder."""
    no_dropout = ("model.head_dropout=0", "encoder.hidden_dropout=0")
    run(*command(TWO, tmp_path, "two", *no_dropout))
    run(*command(ONE, tmp_path, "one", "trainer.accumulation_steps=2", *no_dropout))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
    facts = {name: metrics(tmp_path / name)["facts"] for name in ("one", "two")}
    assert (facts["one"]["processes"], facts["two"]["processes"]) == (1, 2)
    for one, two in zip(*(facts[name]["training"]["epochs"] for name in ("one", "two")), strict=True):
        speed = {"pieces_per_second"}
        assert {k: v for k, v in two.items() if k not in speed} == pytest.approx(
            {k: v for k, v in one.items() if k not in speed}, rel=1e-5
        )
    assert metrics(tmp_path / "two")["dev"] == metrics(tmp_path / "one")["dev"]
    texts = [json.loads(line)["id"] for line in (tmp_path / "two" / "predictions" / "dev.jsonl").open(encoding="utf-8")]
    assert texts == [json.loads(line)["id"] for line in PASSAGES.open(encoding="utf-8")]


def test_terminated_processes_go_on_bit_for_bit(tmp_path: Path) -> None:
    """The launcher passes SIGTERM on; all processes save one state and end, and the next launch continues it."""
    long = ("trainer.epochs=40", "trainer.patience=null", "trainer.evaluate_every=10", "trainer.save_steps=5")
    run(*command(TWO, tmp_path, "whole", *long))
    resumable = command(TWO, tmp_path, "stopped", *long, "trainer.resume=auto")
    process = subprocess.Popen(resumable, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    checkpoints = tmp_path / "stopped" / "checkpoints"
    for _ in range(3000):
        if states(checkpoints) or process.poll() is not None:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) != 0
    assert not (tmp_path / "stopped" / "model").exists()
    assert states(checkpoints)
    assert not list(checkpoints.glob(".*partial"))
    run(*resumable)
    facts = metrics(tmp_path / "stopped")["facts"]
    assert facts["resumed_at_step"] > 0
    weights = [tmp_path / name / "model" / "model.safetensors" for name in ("whole", "stopped")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_layers_are_not_left_out_by_several_processes(tmp_path: Path) -> None:
    """Gradients that are missing in all processes at once cannot be reduced."""
    arguments = command(TWO, tmp_path, "two", "trainer.layer_drop=0.5")
    failed = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert failed.returncode != 0
    assert "coopclaims: trainer.layer_drop: several processes need" in failed.stderr
