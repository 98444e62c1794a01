from __future__ import annotations

import re
from dataclasses import replace

from coopclaims.evaluation.compare import compare
from coopclaims.evaluation.compare_page import EXAMPLES, render_comparison
from coopclaims.evaluation.verdict import family_note, verdict
from coopclaims.html_elements import joined
from coopclaims.schema import Passage

HOSTILE = "</section><script>alert(1)</script>&amp;"


def test_nothing_of_a_document_or_a_name_is_markup(passages: list[Passage]) -> None:
    gold = [replace(p, id=f"{HOSTILE}{p.id}", text=p.text + HOSTILE, lang=HOSTILE) for p in passages]
    nothing = [replace(p, spans=[], claims=[]) for p in gold]
    html = render_comparison(compare(gold, {f"a{HOSTILE}": nothing, "b": gold}, 100))
    assert "<script" not in html
    assert html.count("</section>") == html.count("<section")
    assert html.count("&lt;/section&gt;&lt;script&gt;") > len(gold)


def test_won_and_lost_passages_are_shown_largest_difference_first(passages: list[Passage]) -> None:
    gold = [replace(p, id=f"p{n:02}-{p.id}") for n in range(4) for p in passages]
    empty = [replace(p, spans=[], claims=[]) for p in gold]
    comparison = compare(gold, {"base": empty, "run": [*gold[:-1], empty[-1]], "worse": empty}, 100)
    html = render_comparison(comparison)
    won = html.split("Passages won")[1].split("Passages lost")[0]
    shown = re.findall("<article><h3>(.*?)</h3>", won)
    errors = {p.id: count for p, count in zip(comparison.gold, comparison.errors[0], strict=True)}
    assert len(shown) == EXAMPLES
    assert [errors[name] for name in shown] == sorted(errors.values(), reverse=True)[:EXAMPLES]
    assert won.count("Nothing missed.") == EXAMPLES
    assert won.count("<h4>Missed</h4>") == EXAMPLES
    lost = html.split("Passages lost")[1]
    assert lost.split("</section>")[0].count("<article>") == 0


def test_verdicts_and_family_are_on_the_page(passages: list[Passage]) -> None:
    empty = [replace(p, spans=[], claims=[]) for p in passages]
    comparison = compare(passages, {"base": empty, "run": passages, "same": empty}, 100)
    html = render_comparison(comparison)
    for name, found in zip(comparison.names[1:], comparison.differences, strict=True):
        assert joined([verdict("base", name, found)]) in html
    assert "2 runs × 4 figures = 8 tests" in family_note(comparison)
    assert joined([family_note(comparison)]) in html
