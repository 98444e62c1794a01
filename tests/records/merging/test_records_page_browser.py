"""The pages of merged records and of claims in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser import opened_page
from tests.records.merging.stories import OTHERS, hostile_lines, lines, write

from coopclaims import cli

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    source = write(folder / "in.jsonl", [*lines(), *hostile_lines()])
    assert cli.main(["merge", source, "--format", "html", "--output", str(folder / "acts.html")]) == 0
    assert cli.main(["export", source, "--to", "html", "--output", str(folder / "claims.html")]) == 0
    return folder


@pytest.fixture(params=[1280, 390])
def acts(browser: Any, folder: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    with opened_page(browser, folder / "acts.html", request.param) as page:
        yield page


@pytest.fixture(params=[1280, 390])
def claims(browser: Any, folder: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    with opened_page(browser, folder / "claims.html", request.param) as page:
        yield page


def test_nothing_is_wider_than_the_screen(acts: Any) -> None:
    for button in acts.locator(".grouped > tbody button").all():
        button.press("Enter")
    assert acts.locator("article:visible").count() == 3 + 3 + len(OTHERS)
    widths = acts.eval_on_selector_all(
        ".grouped, .grouped *", "all => all.map(one => one.getBoundingClientRect().right)"
    )
    assert max(widths) <= acts.viewport_size["width"]


def test_rows_unfold_by_keyboard_and_fold_again(acts: Any) -> None:
    row = acts.locator(".grouped > tbody", has_text="Norvik")
    button = row.get_by_role("button")
    assert button.get_attribute("aria-expanded") == "false"
    assert not row.locator("article").first.is_visible()
    button.press("Space")
    assert button.get_attribute("aria-expanded") == "true"
    assert row.locator("article:visible").count() == 3
    button.press("Enter")
    assert row.locator("article:visible").count() == 0


def test_records_are_filtered_and_counted(acts: Any) -> None:
    form, visible = acts.locator(".filters"), acts.locator(".grouped > tbody:visible")
    everything = 2 + len(OTHERS)
    assert form.locator("output").inner_text() == f"{everything} of {everything} shown"
    for name, value, count in (("conflict", "amount", 2), ("conflict", "none", 4), ("type", "capacity", 1)):
        form.locator(f"[name={name}]").select_option(value)
        assert visible.count() == count
        form.locator(f"[name={name}]").select_option("all")
    form.locator("[name=language]").select_option("vi")
    form.locator("[name=status]").select_option("planned")
    assert visible.count() == 1
    form.locator("[name=language]").select_option("all")
    form.locator("[name=status]").select_option("all")
    form.get_by_label("Words").fill("RAHMENVEREINBARUNG")  # stands in a telling that is folded
    assert visible.count() == 1
    assert form.locator("output").inner_text() == f"1 of {everything} shown"


def test_a_cell_of_the_matrix_shows_the_records_of_its_pair(acts: Any) -> None:
    box, form, visible = acts.get_by_role("region"), acts.locator(".filters"), acts.locator(".grouped > tbody:visible")
    assert acts.evaluate("document.documentElement.scrollWidth") <= acts.viewport_size["width"]
    cells = box.get_by_role("button")
    assert cells.count() == 2 * 3  # each pair on both sides of the diagonal
    assert box.locator("button[tabindex='-1']").count() == 3
    pair = box.get_by_role("button", name="Peru and Chile: 1 act; show")
    for choose in (pair.click, lambda: pair.press("Enter")):
        choose()
        assert form.locator("output").inner_text() == f"1 of {2 + len(OTHERS)} shown"
        assert "discussed" in str(visible.text_content())
        assert form.locator("[name=country]").first.evaluate("one => one === document.activeElement")
        form.get_by_role("button", name="Show all").click()
        assert visible.count() == 2 + len(OTHERS)
    assert box.locator("thead button").count() == 0  # sorting would part rows and columns


def test_sorting_keeps_rows_and_what_they_unfold_together(acts: Any) -> None:
    def shown() -> list[str]:
        return acts.locator(".grouped > tbody").evaluate_all("all => all.map(one => one.id)")  # type: ignore[no-any-return]

    before = shown()
    for name in ("told", "amount", "date", "parties", "conflicts"):
        heading = acts.locator(".grouped > thead th", has_text=name)
        heading.get_by_role("button").click()
        assert heading.get_attribute("aria-sort") in ("ascending", "descending")
        assert sorted(shown()) == sorted(before)
    acts.locator(".grouped > thead th", has_text="told").get_by_role("button").click()
    numbers = acts.locator("td[data-column=told]").evaluate_all("all => all.map(one => Number(one.dataset.value))")
    assert numbers == sorted(numbers, reverse=True)
    assert acts.locator(".grouped > tbody").evaluate_all("all => all.every(one => one.rows.length === 2)")


def test_documents_with_their_claims(claims: Any) -> None:
    assert claims.evaluate("document.documentElement.scrollWidth") <= claims.viewport_size["width"]
    visible = claims.locator("article:visible")
    assert visible.count() == 3 + 3 + len(OTHERS)
    claims.get_by_label("Type").select_option("capacity")
    assert visible.count() == 1
    claims.get_by_label("Type").select_option("all")
    claims.get_by_label("Language").select_option("other")
    assert visible.count() == 1


def test_a_claim_shows_its_spans_and_a_span_its_claims(claims: Any) -> None:
    article = claims.locator("article", has_text="anchovies")
    shown, item = article.locator(".text mark.on"), article.locator("li")
    assert shown.count() == 0
    item.focus()
    assert shown.count() == 4
    item.blur()
    assert shown.count() == 0
    article.locator(".text mark").first.hover()
    assert shown.count() == 4
    assert "on" in str(item.get_attribute("class"))
    claims.locator("h1").hover()
    assert shown.count() == claims.locator(".linked").count() == 0


def test_pages_are_complete_without_script(browser: Any, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for name in ("acts.html", "claims.html"):
        page.goto((folder / name).as_uri())
        assert not page.locator(".filters").is_visible()
        assert page.locator("article:visible").count() == 3 + 3 + len(OTHERS)
    context.close()
