"""Merging end to end: what comes together, and that order, steps and odd input do not matter."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import numpy as np
import pytest
from tests.records.merging.stories import OTHERS, lines, write

from coopclaims import cli
from coopclaims.corpus.markup import parse_markup
from coopclaims.errors import UserError
from coopclaims.records.aliases import load_aliases
from coopclaims.records.merging.features import FEATURES, pair_features
from coopclaims.records.merging.mention import mentions_of
from coopclaims.records.merging.run import merge_records, normalise_records
from coopclaims.records.values import Normaliser


def merge(tmp_path: Path, some: list[dict[str, object]], **options: object) -> list[dict[str, object]]:
    output = tmp_path / "merged.jsonl"
    merge_records([write(tmp_path / "in.jsonl", some)], str(output), **options)  # type: ignore[arg-type]
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def test_three_languages_become_one_record_with_its_conflicts(tmp_path: Path) -> None:
    records = merge(tmp_path, lines())
    assert [len(record["mentions"]) for record in records].count(3) == 1
    assert len(records) == 1 + len(OTHERS)
    record = next(record for record in records if len(record["mentions"]) == 3)
    assert (record["type"], record["status"], record["languages"]) == ("agreement", "actual", ["de", "en", "vi"])
    assert (record["time"]["start"], record["time"]["end"]) == ("2019-05-14", "2019-05-14")
    assert [told["status"] for told in record["status_over_time"]] == ["planned", "actual", "actual"]
    conflicts = {conflict["kind"]: conflict for conflict in record["conflicts"]}
    assert set(conflicts) == {"status", "amount"}
    assert [v["value"] for v in conflicts["amount"]["values"]] == ["2400000", "2500000"]
    assert conflicts["amount"]["values"][1]["mentions"] == ["sign-de:c1"]
    for mention in record["mentions"]:
        for argument in mention["arguments"]:
            assert argument["end"] - argument["start"] == len(argument["quote"])


def test_counts_of_different_things_are_no_conflict(tmp_path: Path) -> None:
    text = "[[PARTY 1|Chile]] [[TRIGGER 1 agreement actual|signed]] %s for [[FIELD 1|blimps]]."
    words = ["[[AMOUNT 1|3 pacts]]", "[[AMOUNT 1|5 whozits]]", "[[AMOUNT 1|3 zeppets]]", "[[AMOUNT 1|4 pacts]]"]
    some = [{"id": f"d{n}", "lang": "en", "marked": text % amount} for n, amount in enumerate(words)]
    [record] = merge(tmp_path, some)
    assert [(value["value"], value["unit_text"]) for value in record["amounts"]] == [
        *(("3", "pacts"), ("4", "pacts")),
        *(("5", "whozits"), ("3", "zeppets")),
    ]
    [conflict] = record["conflicts"]
    assert (conflict["unit"], [value["value"] for value in conflict["values"]]) == ("pacts", ["3", "4"])


def test_differing_amounts_are_decimals_and_ranges(tmp_path: Path) -> None:
    text = "[[PARTY 1|Chile]] [[TRIGGER 1 agreement actual|signed]] a levy of [[AMOUNT 1|%s]] for [[FIELD 1|blimps]]."
    amounts = ["2.5 percent", "3 to 4.5 percent"]
    [record] = merge(tmp_path, [{"id": f"d{n}", "lang": "en", "marked": text % told} for n, told in enumerate(amounts)])
    [conflict] = record["conflicts"]
    assert [value["value"] for value in conflict["values"]] == ["2.5", "3/4.5"]


@pytest.mark.parametrize("seed", range(5))
def test_order_does_not_matter(tmp_path: Path, seed: int) -> None:
    some = lines()
    expected = merge(tmp_path, some)
    random.Random(seed).shuffle(some)
    assert merge(tmp_path, some) == expected


@pytest.mark.parametrize("first", [1, 3, 6])
def test_step_by_step_is_all_at_once(tmp_path: Path, first: int) -> None:
    some = lines()
    expected = merge(tmp_path, some)
    merge(tmp_path, some[:first])
    earlier = tmp_path / "merged.jsonl"
    assert merge(tmp_path, some[first:], into=earlier) == expected
    assert merge(tmp_path, some[:2], into=earlier) == expected  # a document that comes again is replaced


def test_the_same_input_twice_counts_once(tmp_path: Path) -> None:
    assert merge(tmp_path, lines() + lines()) == merge(tmp_path, lines())


def test_a_copy_in_the_same_language_joins(tmp_path: Path) -> None:
    copy = {**lines()[0], "id": "reprint"}
    assert max(len(record["mentions"]) for record in merge(tmp_path, [*lines(), copy])) == 4


def test_claims_of_one_passage_stay_apart(tmp_path: Path) -> None:
    text = (
        "[[PARTY 1,2|Chile]] [[TRIGGER 1 dialogue actual|met]] [[PARTY 1,2|Peru]] and [[TRIGGER 2 dialogue actual|ate]]"
    )
    assert len(merge(tmp_path, [{"id": "a", "lang": "en", "marked": text}])) == 2


def test_claims_without_anything_and_unknown_languages(tmp_path: Path) -> None:
    odd = [
        {"id": "bare", "marked": "It [[TRIGGER 1 relation actual|works]]."},
        {"id": "french", "lang": "fr", "marked": "[[PARTY 1|La France]] [[TRIGGER 1 agreement actual|signe]]."},
        {"id": "no claims", "lang": "en", "text": "Nothing."},
        {
            "id": "date",
            "lang": "de",
            "date": 7,
            "marked": "[[DATE 1|31.02.2024]] [[TRIGGER 1 dialogue denied|nie]] 😀.",
        },
        {"id": "\u202e", "lang": "", "doc": "=1+1", "marked": "[[PARTY 1|=cmd()]] [[TRIGGER 1 dialogue denied|x]]"},
    ]
    assert len(merge(tmp_path, odd)) == 4
    assert merge(tmp_path, [odd[2]]) == []


TAGS = {"en": ["EN", "en-US", "eng"], "de": ["de_AT", "deu", "GER"], "vi": ["VI", "vie", "vi-VN"]}


@pytest.mark.parametrize("turn", range(3))
def test_tags_of_a_language_are_one_language(tmp_path: Path, turn: int) -> None:
    tagged = [{**line, "lang": TAGS[str(line["lang"])][turn]} for line in lines()]
    expected = merge(tmp_path, lines())
    assert merge(tmp_path, tagged) == expected
    earlier = tmp_path / "merged.jsonl"
    content = earlier.read_text(encoding="utf-8").replace('"lang": "en"', '"lang": "EN"')
    earlier.write_text(content, encoding="utf-8")
    merge_records([], str(tmp_path / "again.jsonl"), into=earlier)
    assert [json.loads(line) for line in (tmp_path / "again.jsonl").open(encoding="utf-8")] == expected


def test_records_with_an_unusable_date_are_counted(tmp_path: Path) -> None:
    dates = ["06.05.2024", "yesterday", 7, "2024-05-06"]
    some = [{**line, "date": date} for line, date in zip(lines(), dates, strict=False)]
    source = write(tmp_path / "in.jsonl", some)
    told = ", date is not ISO 8601 (YYYY-MM-DD): 3"
    assert str(normalise_records([source], str(tmp_path / "out"), None)).endswith(told)
    assert str(merge_records([source], str(tmp_path / "out"))).endswith(told)
    assert "ISO 8601" not in str(merge_records([write(tmp_path / "in.jsonl", lines())], str(tmp_path / "out")))


def test_csv_has_a_row_a_record_and_no_formulas(tmp_path: Path) -> None:
    some = [*lines(), {"id": "=x", "lang": "en", "marked": "[[PARTY 1|=cmd()]] [[TRIGGER 1 dialogue denied|x]]"}]
    output = tmp_path / "merged.csv"
    source = write(tmp_path / "in.jsonl", some)
    assert cli.main(["merge", source, "--output", str(output), "--format", "csv"]) == 0
    rows = list(csv.DictReader(output.open(encoding="utf-8-sig", newline="")))
    assert len(rows) == 2 + len(OTHERS)
    assert sorted(row["mentions"] for row in rows)[-1] == "3"
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_commands_tell_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "in.jsonl", lines())
    earlier = tmp_path / "earlier.jsonl"
    for content in ('{"id": "x"}', '{"mentions": [{"document": "d"}]}', '{"mentions": [3]}', "[]", "broken"):
        earlier.write_text(content, encoding="utf-8")
        assert cli.main(["merge", source, "--output", str(tmp_path / "o"), "--into", str(earlier)]) == 2
        assert f"{earlier}:1" in capsys.readouterr().err.splitlines()[-1]
    assert cli.main(["merge", source, "--output", source]) == 2
    assert cli.main(["merge", source, "--format", "xml"]) == 2


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("AMOUNT", {}),
        ("AMOUNT", {"kind": "money", "value": "1/0"}),
        ("AMOUNT", {"kind": "money", "low": "some", "high": "more"}),
        ("DATE", {"edtf": "2024", "precision": "year", "confidence": "likely", "start": "then"}),
        ("PARTY", {"kind": "country"}),
        ("PLACE", {"countries": [3]}),
        ("AMOUNT", {"kind": "count", "value": "3", "unit": ["ship"]}),
        ("AMOUNT", {"kind": "count", "value": 3}),
    ],
)
def test_a_merged_record_that_was_spoilt_is_named(tmp_path: Path, label: str, value: object) -> None:
    merge(tmp_path, lines())
    earlier = tmp_path / "merged.jsonl"
    record = json.loads(earlier.read_text(encoding="utf-8").splitlines()[0])
    earlier.write_text(json.dumps(record), encoding="utf-8")
    assert merge_records([write(tmp_path / "in.jsonl", lines()[:1])], str(tmp_path / "out"), into=earlier).merged
    record["mentions"][0]["arguments"][0] |= {"label": label, "value": value}
    earlier.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(UserError, match=r"merged\.jsonl:1: not a record"):
        merge_records([write(tmp_path / "in.jsonl", lines()[:1])], str(tmp_path / "out"), into=earlier)


def test_a_claim_of_a_long_document_has_the_parties_around_it_and_no_others() -> None:
    names = ("Chile", "Peru", "Ghana", "Togo", "Laos", "Cuba")
    marked = [
        f"[[PARTY {n}|{name}]] [[TRIGGER {n} dialogue actual|met]] us. {'Rain. ' * 70}"
        for n, name in enumerate(names, 1)
    ]
    passage = parse_markup("".join(marked), "p", "en")
    Normaliser(load_aliases()).add_values(passage)
    found = [{key for key in mention.context if key[0] == "@"} for mention in mentions_of(passage)]
    codes = ["@CL", "@PE", "@GH", "@TG", "@LA", "@CU"]
    assert found == [set(codes[max(0, n - 1) : n + 2]) for n in range(len(codes))]


def test_normalised_records_merge_to_the_same(tmp_path: Path) -> None:
    source, normalised = write(tmp_path / "in.jsonl", lines()), tmp_path / "normalised.jsonl"
    assert cli.main(["normalise", source, "--output", str(normalised)]) == 0
    assert '"edtf": "2019-05-14"' in normalised.read_text(encoding="utf-8")
    outputs = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for records, output in zip((source, str(normalised)), outputs, strict=True):
        assert cli.main(["merge", records, "--output", str(output)]) == 0
    assert outputs[0].read_text(encoding="utf-8") == outputs[1].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("english", "german", "meet"),
    [("29 October", "29. Oktober", 1.0), ("29 October", "29. Oktober 2025", 1.0), ("29 October", "30. Oktober", 0.0)],
)
def test_days_without_a_year_meet(english: str, german: str, meet: float) -> None:
    told = [
        parse_markup(f"[[PARTY 1|Chile]] [[TRIGGER 1 dialogue actual|met]] us on [[DATE 1|{english}]].", "a", "en"),
        parse_markup(f"[[PARTY 1|Chile]] [[TRIGGER 1 dialogue actual|traf]] uns am [[DATE 1|{german}]].", "b", "de"),
    ]
    for passage in told:
        Normaliser(load_aliases()).add_values(passage)
    features = pair_features([m for passage in told for m in mentions_of(passage)], np.array([[0, 1]]))
    assert features[0, FEATURES.index("dates_meet")] == meet
