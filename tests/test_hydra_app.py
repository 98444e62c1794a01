from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from coopclaims.errors import UserError
from coopclaims.evaluation.run import EvaluateConfig
from coopclaims.hydra_app import compose_config, config_folder, run_with_hydra
from coopclaims.training.config import TrainConfig
from coopclaims.training.sweep_config import SweepConfig

GROUPS = sorted(
    (path.parent.name, path.stem)
    for path in config_folder().rglob("*.yaml")
    if path.parent not in (config_folder(), config_folder() / "accelerate")
)


@pytest.mark.parametrize(("group", "option"), GROUPS)
def test_every_option_composes(group: str, option: str) -> None:
    if group == "sweep":
        assert isinstance(compose_config("sweep", [f"sweep={option}", "study=x"], SweepConfig), SweepConfig)
        return
    overrides = [f"{group}={option}"]
    text = (config_folder() / group / f"{option}.yaml").read_text(encoding="utf-8")
    missing = [key for key, value in yaml.safe_load(text).items() if value == "???"]
    overrides += [f"{group}.{key}={'[x.jsonl]' if group == 'corpus' else 'x'}" for key in missing]
    assert isinstance(compose_config("train", overrides, TrainConfig), TrainConfig)


def test_options_were_found() -> None:
    assert len(GROUPS) >= 15


@pytest.mark.parametrize("path", sorted(config_folder().rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_opens_with_what_it_is_for(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("trainer.epoch=3", "did you mean trainer.epochs"),
        ("learning_rate=1", "no key 'learning_rate'"),
        ("trainer.epochs=many", "trainer.epochs=many: Value 'many' of type 'str' could not be converted to Integer"),
        ("trainer.epochs=", "epochs"),
        ("trainer=3", "must be a string or a list"),
        ("corpus.train=x", "corpus.train must be a list: corpus.train=[x]"),
        ("encoder=nosuch", "nosuch"),
        ("corpus=files", "corpus.train"),
        ("seed=[1,2]", "seed"),
        ("=", "="),
    ],
)
def test_mistakes_give_one_line(override: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        compose_config("train", [override], TrainConfig)
    assert message in str(error.value)
    assert not re.search(r"\n|full_key|reference_type|object_type", str(error.value))


def test_defaults_of_schema_and_files_agree() -> None:
    assert compose_config("train", [], TrainConfig).trainer == TrainConfig().trainer
    assert compose_config("train", [], TrainConfig).encoder == TrainConfig().encoder
    assert compose_config("train", [], TrainConfig).lora == TrainConfig().lora
    assert compose_config("evaluate", ["data=[x]"], EvaluateConfig) == EvaluateConfig(data=["x"])
    assert compose_config("sweep", ["sweep=own", "study=x"], SweepConfig) == SweepConfig(study="x")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--multirun", "trainer.epoch=1,2"], "did you mean trainer.epochs"),
        (["--cfg", "job", "trainer.epoch=1"], "did you mean trainer.epochs"),
        (["--multirun", "corpus=files"], "corpus.train"),
        (["-m", "trainer.epochs=many,2"], "many"),
        (["-m", "seed=1,2", "--cfg", "job"], "Only one of --run, --multirun, --cfg"),
        (["--cfg", "jobs"], "invalid choice: 'jobs'"),
        (["--foo"], "there is no option --foo; settings are given as key=value"),
        (["seed=1", "--trainer.epochs", "3"], "use trainer.epochs=3"),
        (["--start-from=x"], "use start_from=x"),
        (["--corpus.train", "x", "seed=1"], "use corpus.train=[x]"),
        (["--name", "seed=1"], "use name=VALUE"),
        (["seed"], "'seed' is no setting"),
    ],
)
def test_mistakes_beside_a_flag_give_one_line(arguments: list[str], message: str) -> None:
    with pytest.raises(UserError) as error:
        run_with_hydra("train", arguments, TrainConfig, lambda _: None)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_sweep_runs_every_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[tuple[int, list[str]]] = []
    arguments = ["seed=1", "-m", "trainer.epochs=1,2", "corpus=files", "corpus.train=[a,b]", "corpus.dev=[c]"]
    run_with_hydra("train", arguments, TrainConfig, lambda c: seen.append((c.trainer.epochs, c.corpus.train)))
    assert seen == [(1, ["a", "b"]), (2, ["a", "b"])]


@pytest.mark.parametrize("values", ["range(1,4)", "choice(1,2,3)", "sort(3,1,2)"])
def test_a_sweep_takes_the_functions_of_hydra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: str) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[int] = []
    run_with_hydra("train", ["-m", f"trainer.epochs={values}"], TrainConfig, lambda c: seen.append(c.trainer.epochs))
    assert seen == [1, 2, 3]
