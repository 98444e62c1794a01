from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coopclaims.cli import main
from coopclaims.corpus.jsonl import write_passages
from coopclaims.errors import UserError
from coopclaims.evaluation.bootstrap import holm, randomisation_p
from coopclaims.evaluation.compare import COMPARED, OVERALL, Differences, compare
from coopclaims.evaluation.verdict import format_comparison
from coopclaims.schema import Passage


def without_claims(passages: list[Passage]) -> list[Passage]:
    return [replace(passage, spans=[], claims=[]) for passage in passages]


def differences(gold: list[Passage], first: list[Passage], second: list[Passage]) -> Differences:
    return compare(gold, {"a": first, "b": second}, 500).differences[0]


def test_the_better_system_is_ahead_whichever_comes_first(passages: list[Passage]) -> None:
    # Enough of them for a difference to be more than chance.
    passages = [replace(p, id=f"{p.id}-{n}", doc=f"{p.id}-{n}") for p in passages for n in range(3)]
    nothing = without_claims(passages)
    ahead = differences(passages, nothing, passages)[OVERALL]["argument"]
    behind = differences(passages, passages, nothing)[OVERALL]["argument"]
    assert (ahead.points, behind.points) == (100, -100)
    assert ahead.shown
    assert behind.shown


def test_equal_systems_differ_by_nothing(passages: list[Passage]) -> None:
    same = differences(passages, passages, passages)
    assert all(found.interval == (0, 0) and found.p == 1 for figures in same.values() for found in figures.values())


def test_order_of_records_changes_nothing(passages: list[Passage]) -> None:
    system = [*without_claims(passages[::2]), *passages[1::2]]
    assert differences(passages, passages, system) == differences(passages[::-1], passages, system[::-1])


def test_samples_are_paired(passages: list[Passage]) -> None:
    """Two systems that miss the same passages differ by nothing in every sample, however hard these are."""
    one = [*without_claims(passages[::2]), *passages[1::2]]
    other = [replace(passage, doc="x") for passage in one]
    found = differences(passages, one, other)[OVERALL]["argument"]
    assert found.first < 1
    assert found.interval == (0, 0)


def test_every_language_is_compared_where_there_are_several(passages: list[Passage]) -> None:
    found = differences(passages, passages, without_claims(passages))
    assert list(found) == [OVERALL, "vi", "de", "en"]
    assert sum(figures["argument"].passages for name, figures in found.items() if name != OVERALL) == len(passages)
    german = [passage for passage in passages if passage.lang == "de"]
    assert list(differences(german, german, without_claims(german))) == [OVERALL]


def test_passages_of_one_document_are_no_independent_witnesses(passages: list[Passage]) -> None:
    """Twenty passages of three documents, all won, are three wins: p is about 2/2³, whatever their number."""
    apart = [replace(p, id=f"{n}", doc=None) for n, p in enumerate(passages * 20)][:20]
    together = [replace(p, doc=f"d{n % 3}") for n, p in enumerate(apart)]
    alone = differences(apart, without_claims(apart), apart)[OVERALL]["span"]
    found = differences(together, without_claims(together), together)[OVERALL]["span"]
    assert (alone.passages, alone.documents, found.passages, found.documents) == (20, 20, 20, 3)
    assert (found.first, found.second) == (alone.first, alone.second)
    assert alone.shown
    assert found.p == pytest.approx(2 / 2**3, abs=0.06)


def test_intervals_widen_with_passages_that_are_alike_in_documents(passages: list[Passage]) -> None:
    apart = [replace(p, id=f"{n:02}", doc=None) for n, p in enumerate(passages * 8)]
    system = [*without_claims(apart[: len(apart) // 2]), *apart[len(apart) // 2 :]]
    gold = [replace(p, doc=f"d{n // len(passages)}") for n, p in enumerate(apart)]
    (low, high), (lower, higher) = (
        differences(side, without_claims(side), system)[OVERALL]["span"].interval for side in (apart, gold)
    )
    assert higher - lower > 1.3 * (high - low)


@pytest.mark.parametrize("count", [1, 4, 12])
def test_p_is_that_of_a_sign_test_where_all_passages_agree(count: int) -> None:
    """With n equal differences only all signs alike reach the observed one: 2 of 2ⁿ ways."""
    better = np.tile([[[2.0, 2.0, 2.0]]], (count, 1, 1))
    worse = np.tile([[[1.0, 2.0, 2.0]]], (count, 1, 1))
    found = randomisation_p(worse, better, samples=4000)
    assert found[0] == pytest.approx(2 / 2**count, abs=0.03)
    assert randomisation_p(better, better)[0] == 1


def test_spurious_claims_where_gold_has_none_are_more_than_chance(passages: list[Passage]) -> None:
    """F1 falls from 1 (nothing to find, nothing found) to 0."""
    wrong = [replace(p, id=f"{p.id}-{n}", doc=None) for p in passages for n in range(5)]
    gold = without_claims(wrong)
    found = differences(gold, gold, wrong)[OVERALL]["argument"]
    assert (found.points, found.interval) == (-100, (-1, -1))
    assert found.shown


def test_holm_corrects_as_in_its_definition() -> None:
    # Worked by hand: 4·0.01, 3·0.02, 2·0.03 = 0.06, and 0.04 may not fall below it.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_p_is_corrected_within_its_family(passages: list[Passage]) -> None:
    """On all passages over runs × figures; by language over runs × figures × languages."""
    third = [*without_claims(passages[:1]), *passages[1:]]
    found = compare(passages, {"a": without_claims(passages), "b": third, "c": passages}, 500).differences
    for overall in (True, False):
        tests = [
            difference
            for run in found
            for side, figures in run.items()
            for difference in figures.values()
            if (side == OVERALL) == overall
        ]
        assert [test.corrected for test in tests] == holm([test.p for test in tests])
    alone = compare(passages, {"a": without_claims(passages), "c": passages}, 500).differences[0]
    for figure in COMPARED:
        assert alone[OVERALL][figure].p == found[1][OVERALL][figure].p
        assert alone[OVERALL][figure].corrected <= found[1][OVERALL][figure].corrected


def test_taggers_are_compared_by_their_spans_alone(passages: list[Passage]) -> None:
    spans_only = [replace(passage, claims=[]) for passage in passages]
    comparison = compare(spans_only, {"a": without_claims(passages), "b": spans_only}, 500)
    assert comparison.figure == "span"
    assert all(list(figures) == ["span"] for figures in comparison.differences[0].values())


def test_errors_are_what_one_side_lacks(passages: list[Passage]) -> None:
    comparison = compare(passages, {"a": without_claims(passages), "b": passages}, 500)
    arguments = [len({(c.trigger, a) for c in gold.claims for a in c.args}) for gold in comparison.gold]
    assert comparison.errors.tolist() == [arguments, [0] * len(arguments)]


def test_command_prints_table_and_verdict_and_writes_the_page(
    tmp_path: Path, passages: list[Passage], capsys: pytest.CaptureFixture[str]
) -> None:
    write_passages(tmp_path / "gold.jsonl", passages)
    write_passages(tmp_path / "empty.jsonl", without_claims(passages))
    files = [str(tmp_path / name) for name in ("empty.jsonl", "gold.jsonl")]
    page = tmp_path / "new" / "page.html"
    command = ["compare", *files, "--data", files[1], "--samples", "100"]
    assert main([*command, "--html", str(page)]) == 0
    comparison = compare(passages, dict(zip(files, (without_claims(passages), passages), strict=True)), 100)
    assert capsys.readouterr().out.strip() == format_comparison(comparison)
    assert "Passages won" in page.read_text(encoding="utf-8")
    assert main([*command, "--html", str(tmp_path)]) == 2
    assert main(["compare", files[0], "--data", files[1]]) == 2
    assert main(["compare", files[0], files[0], "--data", files[1]]) == 2
    assert main(["compare", *files, "--data", files[1], "--samples", "99"]) == 2


def test_without_passages_there_is_nothing_to_compare() -> None:
    with pytest.raises(UserError, match="no passage"):
        compare([], {"a": [], "b": []})
