"""What the service accepts, how much may wait, and how texts are put together for the model."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from coopclaims.errors import UserError


def _limit(default: float, help: str) -> int:
    return field(default=default, metadata={"help": help})  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the service; each is an option of ``coopclaims serve``, with the help given here.

    Raises UserError for a bound that is not above zero.
    """

    max_body_bytes: int = _limit(2**20, "largest request body, in bytes")
    max_texts: int = _limit(64, "most texts in a request")
    max_characters: int = _limit(50_000, "longest text, in characters")
    time_limit: float = _limit(60.0, "most seconds a request may take, from its first byte on")
    max_requests: int = _limit(128, "most requests at a time; more are answered with 503")
    max_waiting_characters: int = _limit(200_000, "most characters that may wait for the model; beyond it, 503")
    batch_characters: int = _limit(16_000, "characters that the model is given at a time")
    batch_milliseconds: float = _limit(5.0, "longest wait for more texts before the model is started")

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            # Written this way round, so that NaN is refused too.
            if not 0 < value < float("inf"):
                raise UserError(f"--{item.name.replace('_', '-')} {value}: must be a number above 0")
