"""What every worker of a run has to know."""

from __future__ import annotations

from dataclasses import dataclass

from coopclaims import __version__
from coopclaims.inference import released
from coopclaims.provenance import weights_hash


@dataclass(frozen=True)
class Job:
    """The settings of a run, the same for all its shards.

    ``model`` (None: the one that comes with the package), ``output`` and the inputs are paths as given; relative ones
    are relative to ``directory``. ``cpus`` are the cores of one worker; ``device``, ``precision`` and ``batch_pieces``
    are those of ``Extractor.from_pretrained``.
    """

    model: str | None
    output: str
    format: str
    directory: str
    language: str | None = None
    strict: bool = False
    device: str = "cpu"
    precision: str = "auto"
    batch_pieces: int | None = None
    cpus: int = 1
    version: str = __version__

    def identity(self) -> dict[str, object]:
        """What decides about the content of the output, in the form that JSON gives back."""
        return {
            "model": self.model or released.NAME,
            "weights_sha256": weights_hash(self.model or str(released.released_model())),
            "format": self.format,
            "language": self.language,
            "precision": self.precision,
            "version": self.version,
        }
