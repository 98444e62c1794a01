"""A process that serves a model: its socket, and its end on a signal once everything in work is answered."""

from __future__ import annotations

import os
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

import uvicorn

from coopclaims.errors import Terminated, UserError
from coopclaims.inference.run import Extractor
from coopclaims.service.admission import Admission
from coopclaims.service.app import create_app
from coopclaims.service.extraction import ExtractionService
from coopclaims.service.limits import Limits

# Seconds that a client may take to fetch an answer once the service ends.
SEND_TIMEOUT = 10


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address, not listening yet; port 0 is any free one. Raises UserError where it cannot be."""
    if not 0 <= port < 2**16:  # The system would take the remainder.
        raise UserError(f"--port {port}: must be at least 0 and below 65536")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{host}:{port}: {reason}; choose another --host or --port") from error
    return bound


def address_of(bound: socket.socket) -> str:
    """The address of a bound socket as it stands in a URL."""
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if bound.family == socket.AF_INET6 else f"{host}:{port}"


def serve(extractor: Extractor, limits: Limits, bound: socket.socket) -> NoReturn:
    """Serve until a signal comes; raises KeyboardInterrupt (SIGINT) or Terminated (SIGTERM) when all is answered.

    From the signal on, new requests get status 503. A second signal ends at once.
    """
    service = ExtractionService(extractor, limits)
    config = uvicorn.Config(
        create_app(service),
        log_config=None,  # Warnings and errors go to standard error by Python's default.
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=SEND_TIMEOUT,
    )
    server = _Server(config, service.admission)
    server.run(sockets=[bound])
    if service.worker.alive:
        # Python cannot end under a thread that is inside torch: the process would abort with a core dump.
        _end_at_once(server.received)
    if server.received == signal.SIGINT:
        raise KeyboardInterrupt
    raise Terminated


def _end_at_once(received: int | None) -> NoReturn:
    # Unbuffered, because this may run in the handler of a signal.
    os.write(sys.stderr.fileno(), b"coopclaims: stopped during a run of the model\n")
    os._exit(128 + (received or signal.SIGTERM))


class _Server(uvicorn.Server):
    """uvicorn closes its socket at the first signal; this one first answers what is in work, and refuses the rest."""

    def __init__(self, config: uvicorn.Config, admission: Admission) -> None:
        super().__init__(config)
        self.received: int | None = None
        self._admission = admission

    def handle_exit(self, sig: int, _: FrameType | None) -> None:
        """Called for each signal."""
        if self.received is not None:
            _end_at_once(self.received)
        self.received = sig
        self._admission.stopping = True

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second; says whether to shut down."""
        self.should_exit = self.should_exit or self._admission.drained
        return await super().on_tick(counter)
