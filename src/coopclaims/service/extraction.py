"""What happens to a request for extraction, from its body to its answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from coopclaims import __version__
from coopclaims.inference.json_documents import Document
from coopclaims.inference.languages import is_readable, passed_through, with_language
from coopclaims.inference.run import Extractor
from coopclaims.inference.writers import claim_rows
from coopclaims.schema import Passage, passage_to_json
from coopclaims.service.admission import Admission
from coopclaims.service.body import read_request
from coopclaims.service.errors import CLIENT_CLOSED_REQUEST, ServiceError
from coopclaims.service.limits import Limits
from coopclaims.service.metrics import Metrics
from coopclaims.service.worker import Worker


class ExtractionService:
    """A model with all that stands between it and the requests."""

    def __init__(self, extractor: Extractor, limits: Limits) -> None:
        self.extractor = extractor
        self.limits = limits
        self.metrics = Metrics()
        self.worker = Worker(extractor, limits, self.metrics.count_batch)
        self.admission = Admission(limits.max_requests, self.worker.retry_after)
        self.metrics.watch("requests_in_flight", "Requests in work", lambda: self.admission.in_flight)
        self.metrics.watch(
            "waiting_characters", "Characters that wait for the model", lambda: self.worker.waiting_characters
        )

    async def answer(self, request: Request) -> JSONResponse:
        """The answer to a request to /extract; raises ServiceError where there is none."""
        with self.admission.admit():
            deadline = asyncio.get_running_loop().time() + self.limits.time_limit
            try:
                async with asyncio.timeout_at(deadline):
                    message = await read_request(request, self.limits)
            except TimeoutError as error:
                raise ServiceError(408, f"the body did not arrive within {self.limits.time_limit:g} s") from error
            # Takes milliseconds a text; the event loop must not stand still for those of a large request.
            documents = await asyncio.to_thread(_with_languages, message.documents())
            # An empty text keeps the place of what is not read.
            texts = [document.text if is_readable(document) else "" for document in documents]
            found = await self._extract(texts, request, deadline)
        passages = [_as_record(*pair) for pair in zip(documents, found, strict=True)]
        self.metrics.count_passages(passages)
        return JSONResponse(self._content(passages, message.format))

    def health(self) -> dict[str, Any]:
        """Whether texts are accepted, by which model, and how busy it is."""
        running = "stopping" if self.admission.stopping else "ok"
        return {
            "status": running if self.worker.alive else "failed",
            "model": self.extractor.name,
            "version": __version__,
            "requests": self.admission.in_flight,
            "waiting_characters": self.worker.waiting_characters,
        }

    async def _extract(self, texts: list[str], request: Request, deadline: float) -> list[Passage]:
        """Passages of ``texts``; gives up, and drops what still waits, at the deadline or when the client has gone."""
        result = asyncio.wrap_future(self.worker.submit(texts))
        gone = asyncio.ensure_future(_disconnection(request))
        seconds = deadline - asyncio.get_running_loop().time()
        try:
            either: set[asyncio.Future[Any]] = {result, gone}
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if result.done():
                return result.result()
            if gone.done():
                raise ServiceError(CLIENT_CLOSED_REQUEST, "the client went away")
            raise ServiceError(504, f"not done within {self.limits.time_limit:g} s; send less text, or try again later")
        finally:
            result.cancel()
            gone.cancel()

    def _content(self, passages: list[Passage], format: str) -> dict[str, Any]:
        name = self.extractor.name
        if format == "rows":
            return {"model": name, "rows": [row for passage in passages for row in claim_rows(passage, name)]}
        return {"model": name, "records": [passage_to_json(passage) for passage in passages]}


def _with_languages(documents: list[Document]) -> list[Document]:
    return [with_language(document) for document in documents]


def _as_record(document: Document, passage: Passage) -> Passage:
    """The passage with what its document says, or the note of a document in another language."""
    found = passage if is_readable(document) else passed_through(document)
    extra = {"date": document.date, **found.extra} if document.date is not None else found.extra
    return replace(found, id=document.id, lang=document.lang, extra=extra)


async def _disconnection(request: Request) -> None:
    """Return when the client has gone; its body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
