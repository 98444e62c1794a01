from dataclasses import replace
from pathlib import Path

import pytest

from coopclaims.errors import UserError
from coopclaims.inference.distributed import folder as folder_module
from coopclaims.inference.distributed.folder import clear_leftovers, output_folder
from coopclaims.inference.distributed.job import Job
from coopclaims.inference.distributed.shards import Shard


@pytest.fixture
def plain(tmp_path: Path) -> Job:
    return Job("model", str(tmp_path / "out"), "records", str(tmp_path))


def test_a_folder_is_taken_up_again_with_the_same_settings_only(plain: Job):
    with output_folder(plain, []):
        pass
    with output_folder(replace(plain, cpus=4, device="cuda", batch_pieces=9), []):
        pass
    for change in ({"model": "other"}, {"format": "csv"}, {"language": "de"}, {"precision": "bf16"}, {"version": "9"}):
        [name] = change
        with pytest.raises(UserError, match=f"were made with {name}"), output_folder(replace(plain, **change), []):
            pass


def test_other_weights_at_the_same_path_are_other_settings(plain: Job, tmp_path: Path):
    weights = tmp_path / "model" / "model.safetensors"
    weights.parent.mkdir()
    weights.write_bytes(b"weights")
    job = replace(plain, model=str(weights.parent))
    with output_folder(job, []):
        pass
    weights.write_bytes(b"others")
    with pytest.raises(UserError, match="were made with weights_sha256"), output_folder(job, []):
        pass


def test_folders_of_other_things_are_not_touched(plain: Job, tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"), output_folder(plain, []):
        pass
    (tmp_path / "out" / "_run.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read as the settings"), output_folder(plain, []):
        pass
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["_run.json", "mine.txt"]


@pytest.mark.parametrize("inputs", [["."], ["out"], ["out/x.jsonl"], ["a.jsonl", "out/deep/x.jsonl"]])
def test_an_output_in_or_around_an_input_is_refused(plain: Job, tmp_path: Path, inputs: list[str]):
    paths = [str(tmp_path / name) for name in inputs]
    with pytest.raises(UserError, match="inside an input or around it"), output_folder(plain, paths):
        pass
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("output", ["-", "file"])
def test_the_output_must_be_a_folder(plain: Job, tmp_path: Path, output: str):
    (tmp_path / "file").touch()
    output = output if output == "-" else str(tmp_path / output)
    with pytest.raises(UserError, match="folder of shards"), output_folder(replace(plain, output=output), []):
        pass


def test_a_second_run_at_the_same_time_is_refused(plain: Job):
    with (
        output_folder(plain, []),
        pytest.raises(UserError, match="another run"),
        output_folder(plain, []),
    ):
        pass


def test_of_two_runs_that_begin_at_once_one_is_refused(plain: Job, monkeypatch: pytest.MonkeyPatch):
    write = folder_module.atomic_write

    def interrupted(path: Path):
        monkeypatch.undo()
        with pytest.raises(UserError, match="another run"), output_folder(replace(plain, format="csv"), []):
            pass
        return write(path)

    monkeypatch.setattr(folder_module, "atomic_write", interrupted)
    with output_folder(plain, []) as folder:
        assert '"format": "records"' in (folder / "_run.json").read_text(encoding="utf-8")


def test_only_leftovers_of_the_shards_are_removed(plain: Job):
    with output_folder(plain, []) as folder:
        gone = [".a-1.jsonl.x7_y", "_shards/.a-1.jsonl.json.abc", "_shards/a-1.jsonl.attempts"]
        stay = ["a-1.jsonl", ".mine", ".b-2.jsonl.abc", "_shards/a-1.jsonl.json"]
        for name in gone + stay:
            (folder / name).touch()
        (folder / ".a-1.jsonl.folder").mkdir()
        (folder / ".a-1.jsonl.folder" / "part").touch()
        clear_leftovers(folder, [Shard("a", 1, "a-1.jsonl")])
        left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert left == {*stay, "_run.json"}
