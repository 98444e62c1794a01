"""A real browser for pages. Needs playwright and a Chromium: its own, or one named by CHROMIUM or on the path."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def started_browser() -> Iterator[Any]:
    """A Chromium; skips the test where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra 'browser')")
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_api.sync_playwright() as playwright:
        try:
            # Chromium's sandbox does not start for root, as in many containers; the page is our own.
            started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except sync_api.Error as error:
            pytest.skip(f"no Chromium starts here: {str(error).splitlines()[0]}")
        yield started
        started.close()


@contextmanager
def opened_page(browser: Any, file: Path, width: int) -> Iterator[Any]:
    """The page at a width; whatever the browser complains of, and any dialog or request, fails the test."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda made: complaints.append(made.url) if not made.url.startswith("file:") else None)
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert complaints == []
