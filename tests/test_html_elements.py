from __future__ import annotations

import base64
import hashlib
import re

from coopclaims.html_elements import contents, page, section, table, table_script


def test_only_the_page_s_own_script_may_run() -> None:
    found = str(page("T", "text", script=table_script()))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', found)
    scripts = re.findall(r"<script>(.*?)</script>", found, re.S)
    assert policy
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode("utf-8")).digest()).decode("ascii")
    assert policy[1].split("script-src ")[1] == f"'sha256-{digest}'"
    assert found.index("Content-Security-Policy") < found.index("<script>")


def test_a_page_without_script_allows_none() -> None:
    found = str(page("T"))
    assert "script" not in found
    assert "default-src 'none'" in found


def test_contents_lead_to_sections() -> None:
    assert 'href="#spans-by-label"' in contents(["Spans by label"])
    assert 'id="spans-by-label"' in section("Spans by label")


def test_columns_of_words_stand_at_the_left_and_totals_last() -> None:
    found = table(["name", "meaning", "count"], [["<a>", "some words", "1"]], ["all", "", "1"])
    assert '<th scope="col" class="words">meaning</th><th scope="col">count</th>' in found
    assert '<tfoot><tr><th scope="row">all</th>' in found
    assert "&lt;a&gt;" in found
