"""The report in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.browser import opened_page

from coopclaims.evaluation.evaluate import evaluate_passages
from coopclaims.evaluation.report import render_report
from coopclaims.schema import Passage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(passages: list[Passage], tmp_path_factory: pytest.TempPathFactory) -> Path:
    predicted = [
        replace(
            passage,
            spans=[replace(span, score=0.7) for span in passage.spans],
            claims=[replace(claim, score=0.6, status="denied") for claim in passage.claims],
        )
        for passage in passages
    ]
    file = tmp_path_factory.mktemp("report") / "report.html"
    facts = {"sha256": "0" * 64, "command": "evaluate " + "x" * 300}
    file.write_text(render_report(evaluate_passages(passages, predicted, 10), passages, predicted, facts), "utf-8")
    return file


@pytest.fixture(params=[1280, 390])
def opened(browser: Any, report: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    with opened_page(browser, report, request.param) as page:
        yield page


def test_nothing_is_wider_than_the_screen(opened: Any) -> None:
    assert opened.evaluate("document.documentElement.scrollWidth") <= opened.viewport_size["width"]
    widths = opened.eval_on_selector_all("svg", "all => all.map(one => one.getBoundingClientRect().right)")
    assert widths
    assert max(widths) <= opened.viewport_size["width"]


def test_tables_sort_by_click_and_by_keyboard(opened: Any) -> None:
    table = opened.locator("#spans-by-label table")
    gold = table.locator("thead th", has_text="gold")

    def shown(column: int) -> list[str]:
        return [text.split()[0] for text in table.locator(f"tbody tr > :nth-child({column})").all_inner_texts()]

    before = shown(1)
    gold.get_by_role("button").click()
    numbers = [int(number) for number in shown(5)]
    assert numbers == sorted(numbers, reverse=True)
    assert gold.get_attribute("aria-sort") == "descending"
    gold.get_by_role("button").press("Enter")
    assert [int(number) for number in shown(5)] == sorted(numbers)
    assert gold.get_attribute("aria-sort") == "ascending"
    table.locator("thead th").first.get_by_role("button").press("Space")
    assert shown(1) == sorted(before)
    assert gold.get_attribute("aria-sort") is None


def test_examples_are_filtered_by_error_language_and_words(opened: Any) -> None:
    form = opened.locator(".filters")
    visible = opened.locator("article:visible")
    everything = visible.count()
    assert form.locator("output").inner_text() == f"{everything} of {everything} shown"
    form.get_by_label("Language").select_option("vi")
    assert set(visible.evaluate_all("all => all.map(one => one.dataset.language)")) == {"vi"}
    form.get_by_label("Language").select_option("all")
    form.get_by_label("Error").select_option("wrong status")
    kinds = visible.evaluate_all("all => all.map(one => one.dataset.kinds)")
    assert 0 < len(kinds) < everything
    assert all("wrong status" in names.split("|") for names in kinds)
    form.get_by_label("Error").select_option("all")
    form.get_by_label("Words").fill("HARBOUR WAS QUIET")
    assert visible.locator("h3").all_inner_texts()[0].startswith("en-2")
    assert visible.count() == 1


def test_the_page_is_complete_without_script(browser: Any, report: Path, passages: list[Passage]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert not page.locator(".filters").is_visible()
    assert page.locator("article:visible").count() == len(passages)
    context.close()
