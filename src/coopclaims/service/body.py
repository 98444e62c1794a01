"""The body of a request: read under a limit while it streams in, then checked."""

from __future__ import annotations

from fastapi import Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from coopclaims.printable import printable
from coopclaims.service.errors import CLIENT_CLOSED_REQUEST, ServiceError
from coopclaims.service.limits import Limits
from coopclaims.service.messages import ExtractRequest

KEY_LENGTH = 80  # Characters of a key that an error shows.


async def read_request(request: Request, limits: Limits) -> ExtractRequest:
    """The checked body of ``request``; raises ServiceError (400, 413, 415, 422) for what cannot be used."""
    # A page of another site can send JSON under any other type without the browser asking us first (CORS).
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ServiceError(415, "the Content-Type must be application/json")
    message = parse_request(await _read_body(request, limits.max_body_bytes))
    _check_sizes([document.text for document in message.documents()], limits)
    return message


def parse_request(body: bytes) -> ExtractRequest:
    """Decode and check a body; raises ServiceError: 400 if it is not JSON in UTF-8, 422 if it has the wrong form."""
    try:
        return ExtractRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        # A key of a hostile body may be longer than anyone wants to read.
        where = printable(".".join(map(str, first["loc"]))[:KEY_LENGTH])
        line = f"{where}: {first['msg']}" if where else first["msg"]
        raise ServiceError(400 if first["type"] == "json_invalid" else 422, line) from error


async def _read_body(request: Request, limit: int) -> bytes:
    too_large = ServiceError(413, f"the body is larger than {limit} bytes; send fewer texts at a time")
    # A server has checked that this is a number; without it, the body is sent in chunks of unknown sum.
    if int(request.headers.get("content-length", 0)) > limit:
        raise too_large
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise too_large
    except ClientDisconnect as error:
        raise ServiceError(CLIENT_CLOSED_REQUEST, "the client went away while sending") from error
    return bytes(body)


def _check_sizes(texts: list[str], limits: Limits) -> None:
    if len(texts) > limits.max_texts:
        raise ServiceError(413, f"{len(texts)} texts in one request; at most {limits.max_texts} are allowed")
    for number, text in enumerate(texts):
        if len(text) > limits.max_characters:
            raise ServiceError(
                413, f"text {number} has {len(text)} characters; at most {limits.max_characters} are allowed"
            )
