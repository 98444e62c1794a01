"""Every command that the README shows, run for one step with a random encoder, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopclaims.corpus.jsonl import read_passages, write_passages
from coopclaims.schema import Passage

ROOT = Path(__file__).parent.parent
BRIEFS = ROOT / "seeds" / "briefs"
COOPCLAIMS = (sys.executable, "-m", "coopclaims.cli")
ACCELERATE = (sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch")

pytestmark = pytest.mark.slow


def run(*command: str, text: str | None = None, folder: Path = ROOT) -> str:
    """Standard output of a command that must succeed, run in the repository without a network."""
    done = subprocess.run(
        command, cwd=folder, input=text, capture_output=True, text=True, timeout=300, env=os.environ | OFFLINE
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    return done.stdout


OFFLINE = {"HF_HUB_OFFLINE": "1"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run folder ``first``, as ``coopclaims train experiment=smoke`` leaves it."""
    output = tmp_path_factory.mktemp("outputs")
    run(*COOPCLAIMS, "train", "experiment=smoke", f"output={output}", "name=first")
    return output


def metrics(folder: Path) -> dict[str, object]:
    """The scores of a run, without what differs from run to run (times, command)."""
    content = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return {split: content[split] for split in ("dev", "test")}


def test_run_folder_holds_what_the_design_promises(runs: Path) -> None:
    names = {str(path.relative_to(runs / "first")) for path in (runs / "first").rglob("*") if path.is_file()}
    assert {
        "config.yaml",
        "log.txt",
        "metrics.json",
        "report.html",
        "predictions/dev.jsonl",
        "predictions/test.jsonl",
        "model/config.json",
        "model/model.safetensors",
        "model/tokenizer.json",
        "model/README.md",
        "model/scores.json",
        "checkpoints/best/model.safetensors",
    } <= names
    assert any("tfevents" in name for name in names)
    suffixes = {path.suffix for path in (runs / "first" / "model").iterdir()}
    assert suffixes <= {".json", ".safetensors", ".md"}


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "scripts/train.py"),
        (*ACCELERATE, "--config_file", "configs/accelerate/one_cpu.yaml", "scripts/train.py"),
    ],
    ids=["script", "accelerate"],
)
def test_every_way_to_train_does_the_same(runs: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    run(*command, "experiment=smoke", f"output={tmp_path}", "name=other")
    assert metrics(tmp_path / "other") == metrics(runs / "first")


def test_a_named_run_is_started_and_gone_on_with_by_one_command(tmp_path: Path) -> None:
    command = (*COOPCLAIMS, "train", "experiment=smoke", f"output={tmp_path}", "name=long", "trainer.resume=auto")
    assert run(*command) == run(*command) == f"{tmp_path / 'long'}\n"


def test_a_sweep_leaves_a_table(tmp_path: Path) -> None:
    own = ROOT / "tests" / "fixtures" / "passages.jsonl"
    data = f'"corpus=files","corpus.train=[{own}]","corpus.dev=[{own}]","corpus.test=[]","optimiser.freeze_layers=0"'
    fixed = f'fixed=["encoder=tiny","tracker=none","trainer.epochs=1",{data}]'
    space = "+space={schedule.warmup_share: {low: 0.0, high: 0.3}}"
    table = run(*COOPCLAIMS, "sweep", "study=x", f"output={tmp_path}", "trials=2", "sweep=own", space, fixed).strip()
    assert Path(table).read_text(encoding="utf-8").count("complete") == 2


def test_training_on_own_data(tmp_path: Path) -> None:
    own = ROOT / "tests" / "fixtures" / "passages.jsonl"
    data = ("corpus=files", f"corpus.train=[{own}]", f"corpus.dev=[{own}]")
    run(*COOPCLAIMS, "train", "experiment=smoke", *data, f"output={tmp_path}", "name=own")
    assert (tmp_path / "own" / "model" / "model.safetensors").is_file()


@pytest.mark.parametrize(("tool", "suffix"), [("labelstudio", ".json"), ("doccano", ".jsonl")])
def test_the_annotation_loop(runs: Path, tmp_path: Path, tool: str, suffix: str) -> None:
    """From a model's records by way of corrected tasks to a model that starts from it, as docs/annotation.md shows."""
    found, tasks = tmp_path / "found.jsonl", tmp_path / f"tasks{suffix}"
    write_passages(found, scored_passages())
    run(*COOPCLAIMS, "annotate", "prepare", str(found), "--to", tool, "--limit", "5", "--output", str(tasks))
    export = tmp_path / f"project-1{suffix}"
    export.write_text(CORRECTED[tool](tasks.read_text(encoding="utf-8")), encoding="utf-8")
    corrected = tmp_path / "corrected.jsonl"
    run(*COOPCLAIMS, "import", str(export), "--from", tool, "--output", str(corrected))
    records = [json.loads(line) for line in corrected.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 5
    assert {claim["status"] for record in records for claim in record["claims"]} == {"denied"}
    assert "score" not in corrected.read_text(encoding="utf-8")
    assert "0 errors" in run(*COOPCLAIMS, "data", "check", str(corrected))
    start = f"start_from={runs / 'first' / 'model'}"
    data = ("corpus=files", f"corpus.train=[{corrected}]", f"corpus.dev=[{corrected}]")
    run(*COOPCLAIMS, "train", "experiment=smoke", start, *data, f"output={tmp_path}", "name=second")
    assert (tmp_path / "second" / "model" / "model.safetensors").is_file()


def scored_passages() -> Iterator[Passage]:
    """The fixture passages with scores, as a trained model gives them; the model of one step finds nothing."""
    for number, passage in enumerate(read_passages(ROOT / "tests" / "fixtures" / "passages.jsonl")):
        for part in (*passage.spans, *passage.claims):
            part.score = 0.9 - number / 10
        yield passage


def submitted(text: str) -> str:
    """Tasks of Label Studio as it exports them once a person has denied every claim and submitted."""
    tasks = json.loads(text)
    for number, task in enumerate(tasks, 1):
        (prediction,) = task.pop("predictions")
        for result in prediction["result"]:
            if result.get("from_name") == "status":
                result["value"]["choices"] = ["denied"]
        annotation = {"id": number, "was_cancelled": False, "updated_at": "2026-01-01", "result": prediction["result"]}
        task.update(id=number, annotations=[annotation], predictions=[number], drafts=[], meta={})
    return json.dumps(tasks)


def approved(text: str) -> str:
    """Examples of doccano as it exports them once a person has denied every claim: with numbers of its own."""
    lines = []
    for number, example in enumerate(map(json.loads, text.splitlines()), 1):
        for entity in example["entities"]:
            kind, *rest = entity["label"].split("|")
            entity.update(id=entity["id"] + 40 * number, label="|".join([kind, rest[0], "denied"] if rest else [kind]))
        for relation in example["relations"]:
            relation.update({end: relation[end] + 40 * number for end in ("from_id", "to_id")})
        lines.append(json.dumps({"id": number, **example, "Comments": []}))
    return "\n".join(lines)


CORRECTED = {"labelstudio": submitted, "doccano": approved}


def test_evaluate(runs: Path, tmp_path: Path) -> None:
    model = f"model={runs / 'first' / 'model'}"
    table = run(*COOPCLAIMS, "evaluate", model, "data=[data]", "split=test", f"output={tmp_path / 'scores'}")
    assert "argument" in table
    assert (tmp_path / "scores" / "report.html").is_file()
    script = run(sys.executable, "scripts/evaluate.py", model, "data=[data]", "split=test")
    assert script == table
    records = f"predictions={tmp_path / 'scores' / 'predictions.jsonl'}"
    assert run(*COOPCLAIMS, "evaluate", records, "data=[data]", "split=test") == table


def test_extract_from_files_folders_json_lines_and_standard_input(runs: Path, tmp_path: Path) -> None:
    extract = (*COOPCLAIMS, "extract", "--model", str(runs / "first" / "model"))
    folder = run(*extract, str(BRIEFS), "--format", "records")
    records = [json.loads(line) for line in folder.splitlines()]
    assert len(records) == len(list(BRIEFS.rglob("*.txt")))
    for record in records:
        assert record["text"] == Path(record["id"]).read_bytes().decode("utf-8")

    lines = "".join(json.dumps({"id": r["id"], "text": r["text"]}) + "\n" for r in records)
    (tmp_path / "texts.jsonl").write_text(lines, encoding="utf-8")
    assert run(*extract, "-", "--format", "records", text=lines) == run(
        *extract, str(tmp_path / "texts.jsonl"), "--format", "records"
    )
    one = Path(records[0]["id"])
    from_file = json.loads(run(*extract, str(one), "--format", "records"))
    from_input = json.loads(run(*extract, "--format", "records", text=one.read_text(encoding="utf-8")))
    assert from_file["claims"] == from_input["claims"] == records[0]["claims"]

    run(sys.executable, "scripts/extract.py", str(BRIEFS), *extract[-2:], "--format", "table")
    run(*extract, str(BRIEFS), "--format", "jsonl", "--output", str(tmp_path / "claims.jsonl"))
    assert (tmp_path / "claims.jsonl").is_file()


def test_data_check() -> None:
    assert "0 errors" in run(*COOPCLAIMS, "data", "check", "data")


def test_benchmark_prints_its_figures() -> None:
    printed = run(sys.executable, "bench/throughput.py", "--encoder", "tiny", "--steps", "1")
    assert all(word in printed for word in ("training:", "inference:", "peak memory:"))


def test_installed_wheel_works_outside_the_repository(tmp_path: Path) -> None:
    """The wheel carries configs/, page.css and a model, so that the command does not need the checkout."""
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), ".")
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from coopclaims.cli import main; sys.exit(main())"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    own = ROOT / "tests" / "fixtures" / "passages.jsonl"
    data = ("corpus=files", f"corpus.train=[{own}]", f"corpus.dev=[{own}]")
    command = (sys.executable, "-I", "-c", code, str(tmp_path / "installed"))
    run(*command, "train", "experiment=smoke", *data, "name=wheel", folder=elsewhere)
    assert (elsewhere / "outputs" / "wheel" / "report.html").is_file()
    text = (BRIEFS / "en" / "newyork-roundtable.txt").read_text(encoding="utf-8")
    assert "Nvidia" in run(*command, "extract", "--format", "jsonl", text=text, folder=elsewhere)
