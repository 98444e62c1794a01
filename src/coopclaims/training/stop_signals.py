"""SIGTERM (a spot machine that is taken back) and Ctrl-C: noted at once, obeyed when the loop has saved its state."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

from coopclaims.errors import Terminated

Handler = Callable[[int, FrameType | None], Any] | int | None

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class StopSignals:
    """Context in which the first SIGTERM or SIGINT is only noted in ``received``; a second one ends the program."""

    def __init__(self) -> None:
        self.received: int | None = None
        self._before: dict[signal.Signals, Handler] = {}

    def __enter__(self) -> Self:
        # Only the main thread may set handlers; elsewhere signals do what they did before.
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def obey(self) -> None:
        """Raise what ends the program: KeyboardInterrupt after Ctrl-C, else (also for another process's) Terminated."""
        if self.received == signal.SIGINT:
            raise KeyboardInterrupt
        raise Terminated

    def _note(self, number: int, _: FrameType | None) -> None:
        if self.received is not None:
            self.obey()
        self.received = number
