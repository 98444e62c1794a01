from __future__ import annotations

from pathlib import Path

import pytest
from tests.tiny_training import tiny_config

from coopclaims.errors import UserError
from coopclaims.training.run_folder import open_run_folder


def test_of_two_runs_that_make_a_folder_at_once_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other run makes the folder, and writes its settings, just after this one has looked for it."""
    exists = Path.exists

    def looked_too_early(path: Path) -> bool:
        found = exists(path)
        if path == tmp_path / "run":
            monkeypatch.undo()
            open_run_folder(tiny_config(tmp_path, seed=1))
        return found

    monkeypatch.setattr(Path, "exists", looked_too_early)
    with pytest.raises(UserError, match="this run exists"):
        open_run_folder(tiny_config(tmp_path, seed=2))
    assert "seed: 1" in (tmp_path / "run" / "config.yaml").read_text(encoding="utf-8")


def test_an_empty_folder_is_taken_and_a_file_is_not(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert open_run_folder(tiny_config(tmp_path)) == (tmp_path / "run", False)
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="this run exists"):
        open_run_folder(tiny_config(tmp_path, name="file"))
    with pytest.raises(UserError, match="cannot be written"):
        open_run_folder(tiny_config(tmp_path / "file"))
