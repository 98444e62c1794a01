from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx2
import pytest
from tests.service.fakes import FakeExtractor

from coopclaims.service.app import create_app
from coopclaims.service.extraction import ExtractionService
from coopclaims.service.limits import Limits

Running = Callable[..., AbstractAsyncContextManager[tuple[httpx2.AsyncClient, ExtractionService]]]


@pytest.fixture
def extractor() -> FakeExtractor:
    return FakeExtractor()


@pytest.fixture
def running(extractor: FakeExtractor) -> Running:
    """Opens a client of a running service with the given limits; the requests of one test share an event loop."""

    @asynccontextmanager
    async def run(**limits: float) -> AsyncIterator[tuple[httpx2.AsyncClient, ExtractionService]]:
        service = ExtractionService(extractor, Limits(**limits))
        app = create_app(service)
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
        ):
            yield client, service
            extractor.gate.set()

    return run


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
