"""The interface over HTTP: POST /extract, GET /health, GET /metrics, the page at / and the documentation at /docs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST

from coopclaims import __version__
from coopclaims.service.errors import add_error_handlers
from coopclaims.service.extraction import ExtractionService
from coopclaims.service.messages import ErrorResponse, ExtractRequest, HealthResponse, RecordsResponse, RowsResponse
from coopclaims.service.middleware import DOCS_POLICY, CountRequests, SecurityHeaders

STATIC = Path(str(files("coopclaims"))) / "service" / "static"
PAGE_STYLE = Path(str(files("coopclaims"))) / "page.css"

# Seconds that a run of the model may go on once the service ends.
CLOSE_TIMEOUT = 10.0

_ERRORS = {
    400: "not JSON in UTF-8",
    408: "the body did not arrive in time",
    413: "larger than a limit",
    415: "not application/json",
    422: "wrong keys or types",
    500: "a failure of the service",
    503: "too busy, or stopping; see Retry-After",
    504: "not done in time",
}


def create_app(service: ExtractionService) -> FastAPI:
    """The ASGI application around ``service``, which starts and ends with it."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.worker.start()
        yield
        service.worker.close(CLOSE_TIMEOUT)

    # FastAPI's own documentation page loads its script from a content delivery network; this one brings it along.
    app = FastAPIOffline(
        docs_url=None,
        redoc_url=None,
        static_url="/docs-assets",
        title="coopclaims",
        version=__version__,
        description="Cooperation claims in Vietnamese, German and English text.",
        lifespan=lifespan,
    )
    app.add_middleware(CountRequests, metrics=service.metrics, path="/extract")
    app.add_middleware(SecurityHeaders)
    add_error_handlers(app)
    _add_extract(app, service)
    _add_operation(app, service)
    _add_pages(app)
    return app


def _add_extract(app: FastAPI, service: ExtractionService) -> None:
    # Declared by hand, because the body is read by us: FastAPI would hold all of it before it looked at its size.
    body = {"required": True, "content": {"application/json": {"schema": ExtractRequest.model_json_schema()}}}
    responses: dict[int | str, dict[str, Any]] = {
        200: {"model": RecordsResponse | RowsResponse, "description": "the claims"},
        **{status: {"model": ErrorResponse, "description": text} for status, text in _ERRORS.items()},
    }

    @app.post("/extract", responses=responses, openapi_extra={"requestBody": body}, tags=["extraction"])
    async def extract(request: Request) -> Response:
        """The claims of one text or several. Offsets count the code points of each text as it was sent."""
        return await service.answer(request)


def _add_operation(app: FastAPI, service: ExtractionService) -> None:
    @app.get("/health", tags=["operation"], responses={200: {"model": HealthResponse}, 503: {"model": HealthResponse}})
    async def health() -> Response:
        """Status 200 if texts are accepted, 503 while the service stops or after its model has failed."""
        state = service.health()
        return JSONResponse(state, 200 if state["status"] == "ok" else 503)

    @app.get("/metrics", tags=["operation"])
    async def metrics() -> Response:
        """Counters for Prometheus."""
        return Response(service.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _add_pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(STATIC / "index.html")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return FileResponse(STATIC / "docs.html", headers={"Content-Security-Policy": DOCS_POLICY})

    @app.get("/page.css", include_in_schema=False)
    async def page_style() -> Response:
        return FileResponse(PAGE_STYLE)

    app.mount("/static", StaticFiles(directory=STATIC))
