import os
from pathlib import Path

import pytest

from coopclaims.files import file_hash
from coopclaims.provenance import usable_cores, weights_hash


def test_cores_are_counted_where_the_system_has_no_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5}, raising=False)
    assert usable_cores() == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores() == 1


def test_weights_are_known_by_all_their_files(tmp_path: Path) -> None:
    folder = str(tmp_path)
    assert weights_hash(folder) is None
    assert weights_hash(None) is None
    (tmp_path / "encoder.onnx").write_bytes(b"encoder")
    (tmp_path / "heads.onnx").write_bytes(b"heads")
    compiled = weights_hash(folder)
    (tmp_path / "heads.onnx").write_bytes(b"other heads")
    assert compiled != weights_hash(folder) is not None


def test_one_file_of_weights_has_its_own_hash(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"weights")
    assert weights_hash(str(tmp_path)) == file_hash(weights)
