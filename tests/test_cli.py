from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coopclaims import cli
from coopclaims.encoders.load import Encoder
from coopclaims.inference.formats.registry import FORMATS
from coopclaims.model.folder import save_model_folder
from coopclaims.model.network import ClaimModel
from coopclaims.training.states import find_damage, states

PASSAGES = str(Path(__file__).parent / "fixtures" / "passages.jsonl")


@pytest.fixture
def folder(tmp_path: Path, model: ClaimModel, tiny_encoder: Encoder) -> str:
    save_model_folder(tmp_path / "model", model, tiny_encoder.tokenizer)
    return str(tmp_path / "model")


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["extract", "x.txt", "--model", "nowhere"], "nowhere: no such model folder"),
        (["evaluate", "data=[x.jsonl]"], "give either model=DIR or predictions=FILE"),
        (["evaluate", "model=m"], "'data'"),
        (["evaluate", "model=nowhere", f"data=[{PASSAGES}]"], "nowhere"),
        (["evaluate", "predictions=none.jsonl", f"data=[{PASSAGES}]"], "none.jsonl"),
        (["train", "trainer.epoch=1"], "did you mean trainer.epochs"),
        (["train", "corpus=files", "corpus.train=[none.jsonl]", "corpus.dev=[]"], "none.jsonl: no such file"),
        (["extract", "x.txt", "--engine", "ray", "--resume"], "leave out --resume"),
        (["extract", "x.txt", "--ray-address", "auto"], "--engine ray"),
        (["extract", "x.txt", "--worker-cpus", "3"], "--worker-cpus is for --engine ray"),
        (["evaluate", f"predictions={PASSAGES}", f"data={PASSAGES}"], f"data must be a list: data=[{PASSAGES}]"),
        (["compare", PASSAGES, PASSAGES, "--data", PASSAGES, "--split", "nonsense"], "of split 'nonsense'"),
        (["errors", PASSAGES, "--data", PASSAGES, "--split", "nonsense"], "of split 'nonsense'"),
        (["data", "check", "nowhere"], "nowhere"),
        (["seeds", "verify", "--articles", "nowhere"], "nowhere"),
    ],
)
def test_mistakes_give_one_line_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def outputs_that_cannot_be_made(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    return {"below a file": str(tmp_path / "file" / "new" / "output"), "too long": str(tmp_path / ("n" * 300))}


COMMANDS_WITH_OUTPUT = [
    ["average", "MODEL", "MODEL", "--output"],
    ["compile", "--model", "MODEL", "--data", PASSAGES, "--output"],
    ["export", PASSAGES, "--to", "csv", "--output"],
    ["export", PASSAGES, "--to", "brat", "--output"],
    ["annotate", "prepare", PASSAGES, "--to", "doccano", "--output"],
    ["normalise", PASSAGES, "--output"],
    ["merge", PASSAGES, "--output"],
    ["errors", PASSAGES, "--data", PASSAGES, "--html"],
    ["data", "check", PASSAGES, "--html"],
    ["evaluate", f"predictions={PASSAGES}", f"data=[{PASSAGES}]", "output="],
    ["benchmark", "quality", f"data=[{PASSAGES}]", "systems=[crf]", "output="],
]


@pytest.mark.parametrize("place", ["below a file", "too long"])
@pytest.mark.parametrize("command", COMMANDS_WITH_OUTPUT, ids=lambda command: command[0])
def test_an_output_that_cannot_be_made_is_one_line_and_exit_code_2(
    command: list[str], place: str, folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    *arguments, last = [folder if argument == "MODEL" else argument for argument in command]
    output = outputs_that_cannot_be_made(tmp_path)[place]
    before = sorted(tmp_path.rglob("*"))
    assert cli.main([*arguments, last + output] if last.endswith("=") else [*arguments, last, output]) == 2
    line = last_line(capsys)
    assert line.startswith(f"coopclaims: {output}")
    assert line.endswith(("choose another output", "choose another path"))
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("command", COMMANDS_WITH_OUTPUT[:2], ids=["average", "compile"])
def test_a_file_in_the_place_of_a_folder_stays(
    command: list[str], folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    arguments = [folder if argument == "MODEL" else argument for argument in command]
    assert cli.main([*arguments, str(tmp_path / "file")]) == 2
    assert "exists already" in last_line(capsys)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


def test_a_benchmark_wants_no_file_as_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert cli.main(["benchmark", "quality", f"data=[{PASSAGES}]", "systems=[crf]", f"output={tmp_path / 'file'}"]) == 2
    assert "is a file" in last_line(capsys)


@pytest.mark.parametrize("arguments", [[], ["extrct"], ["extract", "--workers", "two"], ["data"]])
def test_bad_use_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main(arguments)
    assert exit_.value.code == 2


@pytest.mark.parametrize("command", [["extract"], ["data", "check"], ["calibrate", "--model", "m"]])
def test_an_unknown_option_shows_the_usage_of_its_command(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main([*command, "--formt"])
    error = capsys.readouterr().err
    assert error.startswith(f"usage: coopclaims {command[0]}")
    assert error.endswith("unrecognized arguments: --formt\n")


@pytest.mark.parametrize(
    ("command", "taught"),
    [
        ("export", list(FORMATS)),
        ("normalise", ["DATE, AMOUNT, PARTY, SOURCE and PLACE"]),
        ("calibrate", ["on all where none has one (default: dev)"]),
    ],
)
def test_help_leaves_nothing_out(command: str, taught: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert all(part in text for part in taught)


@pytest.mark.parametrize("command", [["--help"], ["extract", "--help"], ["data", "check", "--help"]])
def test_help_teaches(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main(command)
    assert exit_.value.code == 0
    assert "usage: coopclaims" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_hydra_help_shows_keys_and_examples(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coopclaims.cli", command, "--help"], capture_output=True, text=True, check=True
    )
    assert f"coopclaims {command}" in done.stdout
    assert "For example:" in done.stdout


@pytest.mark.parametrize("format_", ["records", "jsonl", "table"])
def test_extract_writes_every_format(folder: str, tmp_path: Path, format_: str) -> None:
    text = tmp_path / "a.txt"
    text.write_text("Vietnam und Dänemark unterzeichneten ein Abkommen.", encoding="utf-8")
    output = tmp_path / "out"
    assert cli.main(["extract", str(text), "--model", folder, "--format", format_, "--output", str(output)]) == 0
    assert output.exists()


def test_failures_of_ours_exit_with_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: object) -> int:
        raise RuntimeError("boom")

    monkeypatch.setattr(cli, "_run", broken)
    assert cli.main(["train"]) == 1
    assert "report" in last_line(capsys)


def test_a_full_disk_gives_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli, "_run", full)
    assert cli.main(["train"]) == 1
    error = capsys.readouterr().err
    assert "no space left" in error
    assert "Traceback" not in error


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_training_cleanly(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    command = [sys.executable, "-m", "coopclaims.cli", "train", "encoder=tiny", "corpus=files"]
    command += [f"corpus.train=[{PASSAGES}]", f"corpus.dev=[{PASSAGES}]", f"output={tmp_path}", "name=run"]
    command += ["trainer.epochs=100000", "trainer.patience=null", "tracker=none", "optimiser.freeze_layers=0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    checkpoints = tmp_path / "run" / "checkpoints"
    deadline = time.monotonic() + 120
    while not states(checkpoints) and time.monotonic() < deadline:
        time.sleep(0.2)
    process.send_signal(sent)
    _, error = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in error
    assert not list((tmp_path / "run").glob("**/.*"))
    assert not (tmp_path / "run" / "model").exists()
    assert "trainer.resume=auto name=run" in error
    assert find_damage(states(checkpoints)[0]) is None
