"""What a client is told when there is no result: a status and one line, as JSON."""

from __future__ import annotations

import logging
from math import ceil

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

log = logging.getLogger(__name__)

# Not in the standard; used by nginx where the client went away, so that logs and metrics can tell it apart.
CLIENT_CLOSED_REQUEST = 499


class ServiceError(Exception):
    """A request that gets no result: ``status`` of HTTP, one line, and after how many seconds to try again."""

    def __init__(self, status: int, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error of ``app`` with ``{"error": line}``, those of the framework included."""
    app.add_exception_handler(ServiceError, _answer_service_error)
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(Exception, _answer_failure)


def _answer_service_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceError)
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(error.retry_after)))
    if error.status == 408:
        headers["Connection"] = "close"  # The rest of its body is not waited for.
    return JSONResponse({"error": str(error)}, error.status, headers)


def _answer_http_exception(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    message = f"{error.detail}; see /docs" if error.status_code in (404, 405) else str(error.detail)
    return JSONResponse({"error": message}, error.status_code, error.headers)


def _answer_failure(_: Request, error: Exception) -> JSONResponse:
    log.error("a request failed: %r", error)
    return JSONResponse({"error": "the service failed; its log says why"}, 500)
